//! Sums of coefficients times wires (../matrices.rs) in lanes: a run in each lane. Runs of like length are side by
//! side, so that few lanes wait for others.
//!
//! Bounds. What is read from words is below a prime, which is 0.0118·ρ. So 256 products are at most 3.02·ρ primes, and
//! the reduction leaves at most 5.02. Times a number below the prime, that is 2.06 primes: settled. A column has at
//! most 2,304 halves of products, ten of the reduction and a carry: less than 2^64.

use super::columns::Columns;
use super::element::{Element, LIMBS, MOST_LANES};
use super::instructions::{Instructions, Job};
use super::integers::Integers;
use super::primes::Scalar;
use super::unsigned::Unsigned;
use crate::field::Words;
use crate::matrices::{Run, COEFFICIENT, VALUE_AT, WIRE_AT};
use std::marker::PhantomData;

/// The most terms of a run.
pub const MOST_TERMS: usize = 256;
/// The factors in lanes whose run has ended.
static NOTHING: Words = [0; 4];

/// The sum of each run, in Montgomery form. Longer runs are put before shorter ones. The wires of all terms are in the
/// witness.
pub fn sums<V: Integers, I: Instructions>(piece: &[u8], witness: &[Words], runs: &mut [Run]) -> Vec<Words> {
    sort(runs);
    let mut sums = vec![[0; 4]; runs.len()];
    // SAFETY: who calls has seen that the instructions are available, and that runs and wires are where they are said
    // to be.
    unsafe { I::with(Multiply::<V> { piece, witness, runs, sums: &mut sums, kind: PhantomData }) };
    sums
}

/// By length, the longest first.
fn sort(runs: &mut [Run]) {
    let mut places = [0; MOST_TERMS + 1];
    for run in runs.iter() {
        places[run.terms] += 1;
    }
    let mut before = 0;
    for place in places.iter_mut().rev() {
        (*place, before) = (before, before + *place);
    }
    for run in runs.to_vec() {
        let place = &mut places[run.terms];
        runs[*place] = run;
        *place += 1;
    }
}

struct Multiply<'a, V> {
    piece: &'a [u8],
    witness: &'a [Words],
    runs: &'a [Run],
    sums: &'a mut [Words],
    kind: PhantomData<V>,
}

/// Adds the products of the values and the wires at these places.
#[inline(always)]
unsafe fn add<V: Integers>(columns: &mut Columns<V>, places: &[[*const u64; MOST_LANES]; 2]) {
    let values = Unsigned::<V, Scalar>::from_words(places[0].as_ptr(), 0);
    let wires = Unsigned::<V, Scalar>::from_words(places[1].as_ptr(), 0);
    for k in 0..2 * LIMBS - 1 {
        columns.add_column(&values.limbs, &wires.limbs, k);
    }
}

impl<V: Integers> Multiply<'_, V> {
    /// Where a term has its value, and where its wire's is.
    #[inline(always)]
    unsafe fn factors(&self, term: *const u8) -> [*const u64; 2] {
        let wire = u32::from_le(term.add(WIRE_AT).cast::<u32>().read_unaligned());
        [term.add(VALUE_AT).cast(), self.witness.as_ptr().add(wire as usize).cast()]
    }

    /// The sums of at most as many runs as there are lanes, in the lanes.
    #[inline(always)]
    unsafe fn sum(&self, runs: &[Run]) -> Unsigned<V, Scalar> {
        let longest = runs[0].terms;
        let shortest = if runs.len() == V::LANES { runs[V::LANES - 1].terms } else { 0 };
        let mut columns = Columns::<V>::zero();
        let mut terms = [self.piece.as_ptr(); MOST_LANES];
        for (term, run) in terms.iter_mut().zip(runs) {
            *term = term.add(run.first * COEFFICIENT);
        }
        let mut places = [[NOTHING.as_ptr(); MOST_LANES]; 2];
        for _ in 0..shortest {
            for (lane, term) in terms.iter_mut().enumerate().take(V::LANES) {
                [places[0][lane], places[1][lane]] = self.factors(*term);
                *term = term.add(COEFFICIENT);
            }
            add(&mut columns, &places);
        }
        for step in shortest..longest {
            for (lane, run) in runs.iter().enumerate() {
                [places[0][lane], places[1][lane]] = if step < run.terms {
                    self.factors(self.piece.as_ptr().add((run.first + step) * COEFFICIENT))
                } else {
                    [NOTHING.as_ptr(); 2]
                };
            }
            add(&mut columns, &places);
        }
        for k in 0..LIMBS {
            columns.cancel::<Scalar>(k);
        }
        // At most 5.02 primes: not settled yet.
        Unsigned::carried(columns.upper())
    }
}

impl<V: Integers> Job for Multiply<'_, V> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        // From Σ c·R²·w/ρ to Σ c·w·R.
        let scale = Unsigned::<V, Scalar>::splat(&Unsigned::<V, Scalar>::inverse_scale());
        let mut stored = [0; MOST_LANES * LIMBS];
        for first in (0..self.runs.len()).step_by(V::LANES) {
            let end = self.runs.len().min(first + V::LANES);
            self.sum(&self.runs[first..end]).times(scale).store(stored.as_mut_ptr());
            for (lane, sum) in self.sums[first..end].iter_mut().enumerate() {
                *sum = Unsigned::<V, Scalar>::words(&std::array::from_fn(|limb| stored[limb * V::LANES + lane]));
            }
        }
    }
}
