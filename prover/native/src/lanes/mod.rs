//! Several elements of a field at a time, one in each lane of the processor's vectors, multiplied in lockstep.
//!
//! `Element` is what calculations need; an implementation has its own form of numbers. Which implementations this
//! processor can run is found at run time.

pub mod addition;
#[cfg(any(test, avx512))]
pub mod columns;
pub mod coordinates;
pub mod double_columns;
pub mod doubles;
#[cfg(all(test, target_arch = "x86_64"))]
mod doubles_tests;
pub mod element;
#[cfg(test)]
pub mod emulated;
pub mod instructions;
#[cfg(any(test, avx512))]
pub mod integers;
pub mod levels;
pub mod limbs;
#[cfg(any(test, avx512))]
pub mod limbs52;
pub mod primes;
#[cfg(any(test, avx512))]
pub mod runs;
pub mod sums;
pub mod transform;
#[cfg(any(test, avx512))]
pub mod unsigned;
#[cfg(test)]
mod unsigned_tests;
pub mod vector;

use crate::failure::Failure;
pub use element::Element;
use instructions::Instructions;

/// Names an implementation that is to be used instead of the fastest, for tests and measurements.
const VARIABLE: &str = "TIMEBANDITS_LANES";

/// The implementations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lanes {
    /// One element at a time.
    None,
    /// Four at a time, in doubles.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Eight at a time, in integers of 52 bits.
    #[cfg(all(target_arch = "x86_64", avx512))]
    Ifma,
}

impl Lanes {
    /// Those that this processor can run, the fastest first.
    pub fn here() -> Vec<Self> {
        let mut here = Vec::new();
        #[cfg(all(target_arch = "x86_64", avx512))]
        if instructions::Ifma::available() {
            here.push(Lanes::Ifma);
        }
        #[cfg(target_arch = "x86_64")]
        if instructions::Avx2::available() {
            here.push(Lanes::Avx2);
        }
        here.push(Lanes::None);
        here
    }

    /// The fastest, or the one that the environment names.
    pub fn chosen() -> Result<Self, Failure> {
        Self::choose(std::env::var_os(VARIABLE).as_deref().map(|name| name.to_string_lossy()).as_deref())
    }

    fn choose(name: Option<&str>) -> Result<Self, Failure> {
        let here = Self::here();
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Ok(here[0]);
        };
        here.iter().copied().find(|lanes| lanes.name() == name).ok_or_else(|| {
            let names: Vec<&str> = here.iter().map(|lanes| lanes.name()).collect();
            let names = names.join(", ");
            Failure::new(format!(
                "{VARIABLE} is {name:?}, and this program on this processor has {names}: name one of them"
            ))
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Lanes::None => "none",
            #[cfg(target_arch = "x86_64")]
            Lanes::Avx2 => "avx2",
            #[cfg(all(target_arch = "x86_64", avx512))]
            Lanes::Ifma => "ifma",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_is_chosen_unless_another_is_named() {
        let here = Lanes::here();
        assert_eq!(Lanes::choose(None).expect("one"), here[0]);
        assert_eq!(Lanes::choose(Some("")).expect("one"), here[0]);
        for lanes in here {
            assert_eq!(Lanes::choose(Some(lanes.name())).expect("it is here"), lanes);
        }
        let failed = Lanes::choose(Some("mmx")).expect_err("there is none").to_string();
        assert!(failed.contains(r#"TIMEBANDITS_LANES is "mmx""#) && failed.contains("none"), "{failed}");
    }
}
