//! Levels of a transform. Neighbouring values are in the lanes of one vector, so halves of at least a vector are joined and split
//! lane by lane; below that, two vectors exchange lanes first.

use super::element::{Element, Limbs, LIMBS, MOST_LANES};
use super::instructions::Job;
use std::marker::PhantomData;

/// Joins or splits two halves of vectors.
pub struct Level<'a, E> {
    pub low: &'a mut [u64],
    pub high: &'a mut [u64],
    pub f: &'a Limbs,
    pub joins: bool,
    pub kind: PhantomData<E>,
}

/// Remainders modulo X^(m/2) ∓ f, to the remainder modulo X^m − f², twice; or the reverse.
#[inline(always)]
unsafe fn butterfly<E: Element>(a: E, b: E, f: E, joins: bool) -> (E, E) {
    if joins {
        let (sum, difference) = a.sum_and_difference(b);
        (sum, difference.times(f))
    } else {
        a.sum_and_difference(b.times(f))
    }
}

#[inline(always)]
unsafe fn run_level<E: Element>(low: *mut u64, high: *mut u64, vectors: usize, f: &Limbs, joins: bool) {
    let f = E::splat_limbs(f);
    for vector in 0..vectors {
        let (at, to) = (low.add(vector * E::LANES * LIMBS), high.add(vector * E::LANES * LIMBS));
        let (a, b) = butterfly(E::load(at), E::load(to), f, joins);
        a.store(at);
        b.store(to);
    }
}

impl<E: Element> Job for Level<'_, E> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        let vectors = self.low.len() / (E::LANES * LIMBS);
        run_level::<E>(self.low.as_mut_ptr(), self.high.as_mut_ptr(), vectors, self.f, self.joins);
    }
}

/// All levels of a block, which is number `factor` of its level.
pub struct Levels<'a, E> {
    pub values: &'a mut [u64],
    pub factor: usize,
    pub factors: &'a [Limbs],
    pub joins: bool,
    pub kind: PhantomData<E>,
}

impl<E: Element> Levels<'_, E> {
    /// Level by level, blocks of `size` values that are at least two vectors.
    #[inline(always)]
    unsafe fn run_large(&mut self, size: usize) {
        let count = self.values.len() / LIMBS / size;
        let first = self.factor * count;
        let half = size / 2 * LIMBS;
        for block in 0..count {
            let low = self.values.as_mut_ptr().add(block * 2 * half);
            run_level::<E>(low, low.add(half), size / 2 / E::LANES, &self.factors[first + block], self.joins);
        }
    }

    /// Blocks of 2·HALF values, fewer than two vectors.
    #[inline(always)]
    unsafe fn run_small<const HALF: usize>(&mut self) {
        let words = E::LANES * LIMBS;
        let first = self.factor * (self.values.len() / LIMBS / (2 * HALF));
        for pair in 0..self.values.len() / (2 * words) {
            let at = self.values.as_mut_ptr().add(pair * 2 * words);
            let (a, b) = E::exchanged::<HALF>(E::load(at), E::load(at.add(words)));
            // The first halves are in a's lanes: those of the first vector where they were, then those of the second.
            let mut places = [std::ptr::null(); MOST_LANES];
            for (lane, place) in places.iter_mut().enumerate().take(E::LANES) {
                let moved = if lane & HALF == 0 { lane } else { lane - HALF + E::LANES };
                let block = (pair * 2 * E::LANES + moved) / (2 * HALF);
                *place = self.factors[first + block].as_ptr();
            }
            let f = E::gather(places.as_ptr(), 0);
            let (a, b) = butterfly(a, b, f, self.joins);
            let (a, b) = E::exchanged::<HALF>(a, b);
            a.store(at);
            b.store(at.add(words));
        }
    }

    #[inline(always)]
    unsafe fn run_smaller(&mut self) {
        if self.joins {
            self.run_small::<1>();
            self.run_small::<2>();
            if E::LANES == 8 {
                self.run_small::<4>();
            }
        } else {
            if E::LANES == 8 {
                self.run_small::<4>();
            }
            self.run_small::<2>();
            self.run_small::<1>();
        }
    }
}

impl<E: Element> Job for Levels<'_, E> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(mut self) {
        let whole = self.values.len() / LIMBS;
        if self.joins {
            self.run_smaller();
        }
        let smallest = 2 * E::LANES;
        for level in 0..=(whole / smallest).ilog2() {
            let size = if self.joins { smallest << level } else { whole >> level };
            self.run_large(size);
        }
        if !self.joins {
            self.run_smaller();
        }
    }
}
