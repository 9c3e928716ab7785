//! Coordinates of points of G1 and G2, one in each lane.

use super::element::{Element, Limbs, LIMBS};
use crate::coordinate::Coordinate;
use crate::field::Words;
use ark_bn254::{Fq, Fq2};
use ark_ff::BigInt;

/// Coordinates in lanes. Safety and settling are those of `Element`.
pub trait Coordinates: Copy {
    const LANES: usize;
    /// Words of a coordinate in memory.
    const SIZE: usize;
    /// One coordinate, outside of the lanes.
    type Single: Coordinate;
    unsafe fn one() -> Self;
    /// Words of a coordinate in a key are at `offset`.
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self;
    unsafe fn gather(at: *const *const u64, offset: usize) -> Self;
    unsafe fn scatter(self, at: *const *mut u64, offset: usize);
    unsafe fn load(at: *const u64) -> Self;
    unsafe fn store(self, at: *mut u64);
    unsafe fn negated_where(self, masks: *const u64) -> Self;
    unsafe fn minus(self, other: Self) -> Self;
    unsafe fn times(self, other: Self) -> Self;
    unsafe fn times_less(self, other: Self, less: Self) -> Self;
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self;
    /// From and to memory: SIZE words.
    fn single(memory: &[u64]) -> Self::Single;
    fn put(single: &Self::Single, memory: &mut [u64]);
    /// From an inverse in the key's radix to one for `times`.
    fn inverse_scaled(inverse: Self::Single) -> Self::Single;
}

/// Coordinates of G1.
#[derive(Clone, Copy)]
pub struct Simple<E>(E);

/// Coordinates of G2: c0 + c1·u with u² = −1.
#[derive(Clone, Copy)]
pub struct Complex<E>([E; 2]);

fn limbs(memory: &[u64]) -> &Limbs {
    memory[..LIMBS].try_into().expect("five limbs")
}

fn fq(words: Words) -> Fq {
    Fq::new_unchecked(BigInt(words))
}

fn fq_scaled<E: Element>(inverse: Fq) -> Fq {
    inverse.times(&fq(E::inverse_scale()))
}

impl<E: Element> Coordinates for Simple<E> {
    const LANES: usize = E::LANES;
    const SIZE: usize = LIMBS;
    type Single = Fq;
    #[inline(always)]
    unsafe fn one() -> Self {
        Simple(E::one())
    }
    #[inline(always)]
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self {
        Simple(E::from_words(at, offset))
    }
    #[inline(always)]
    unsafe fn gather(at: *const *const u64, offset: usize) -> Self {
        Simple(E::gather(at, offset))
    }
    #[inline(always)]
    unsafe fn scatter(self, at: *const *mut u64, offset: usize) {
        self.0.scatter(at, offset);
    }
    #[inline(always)]
    unsafe fn load(at: *const u64) -> Self {
        Simple(E::load(at))
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        self.0.store(at);
    }
    #[inline(always)]
    unsafe fn negated_where(self, masks: *const u64) -> Self {
        Simple(self.0.negated_where(masks))
    }
    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Simple(self.0.minus(other.0))
    }
    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        Simple(self.0.times(other.0))
    }
    #[inline(always)]
    unsafe fn times_less(self, other: Self, less: Self) -> Self {
        Simple(self.0.times_less(other.0, less.0))
    }
    #[inline(always)]
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self {
        Simple(self.0.slope_squared_less(less.0, more.0))
    }
    fn single(memory: &[u64]) -> Fq {
        fq(E::words(limbs(memory)))
    }
    fn put(single: &Fq, memory: &mut [u64]) {
        memory[..LIMBS].copy_from_slice(&E::limbs(&single.0 .0));
    }
    fn inverse_scaled(inverse: Fq) -> Fq {
        fq_scaled::<E>(inverse)
    }
}

impl<E: Element> Coordinates for Complex<E> {
    const LANES: usize = E::LANES;
    const SIZE: usize = 2 * LIMBS;
    type Single = Fq2;
    #[inline(always)]
    unsafe fn one() -> Self {
        Complex([E::one(), E::zero()])
    }
    #[inline(always)]
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self {
        Complex([E::from_words(at, offset), E::from_words(at, offset + 4)])
    }
    #[inline(always)]
    unsafe fn gather(at: *const *const u64, offset: usize) -> Self {
        Complex([E::gather(at, offset), E::gather(at, offset + LIMBS)])
    }
    #[inline(always)]
    unsafe fn scatter(self, at: *const *mut u64, offset: usize) {
        self.0[0].scatter(at, offset);
        self.0[1].scatter(at, offset + LIMBS);
    }
    #[inline(always)]
    unsafe fn load(at: *const u64) -> Self {
        Complex([E::load(at), E::load(at.add(LIMBS * E::LANES))])
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        self.0[0].store(at);
        self.0[1].store(at.add(LIMBS * E::LANES));
    }
    #[inline(always)]
    unsafe fn negated_where(self, masks: *const u64) -> Self {
        Complex([self.0[0].negated_where(masks), self.0[1].negated_where(masks)])
    }
    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Complex([self.0[0].minus(other.0[0]), self.0[1].minus(other.0[1])])
    }
    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        Complex(E::complex_times(self.0, other.0, None))
    }
    #[inline(always)]
    unsafe fn times_less(self, other: Self, less: Self) -> Self {
        Complex(E::complex_times(self.0, other.0, Some(less.0)))
    }
    #[inline(always)]
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self {
        Complex(E::complex_slope_squared_less(self.0, less.0, more.0))
    }
    fn single(memory: &[u64]) -> Fq2 {
        Fq2::new(fq(E::words(limbs(memory))), fq(E::words(limbs(&memory[LIMBS..]))))
    }
    fn put(single: &Fq2, memory: &mut [u64]) {
        memory[..LIMBS].copy_from_slice(&E::limbs(&single.c0.0 .0));
        memory[LIMBS..2 * LIMBS].copy_from_slice(&E::limbs(&single.c1.0 .0));
    }
    fn inverse_scaled(inverse: Fq2) -> Fq2 {
        Fq2::new(fq_scaled::<E>(inverse.c0), fq_scaled::<E>(inverse.c1))
    }
}
