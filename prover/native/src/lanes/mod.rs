//! Several elements of a field at a time, one in each lane of the processor's vectors, multiplied in lockstep.
//!
//! `Element` is what calculations need; an implementation has its own form of numbers. Which implementations this
//! processor can run is found at run time.

pub mod coordinates;
pub mod doubles;
pub mod element;
pub mod instructions;
pub mod primes;
pub mod sums;
pub mod transform;
pub mod vector;

pub use element::Element;
use instructions::Instructions;

/// The implementations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lanes {
    /// One element at a time.
    None,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Lanes {
    /// All that this processor can run, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        if instructions::Avx2::available() {
            all.push(Lanes::Avx2);
        }
        all.push(Lanes::None);
        all
    }

    /// The fastest that this processor can run.
    pub fn here() -> Self {
        Self::available()[0]
    }
}
