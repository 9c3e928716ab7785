//! What `integers::ifma` is, one lane after the other: for tests on machines without AVX-512.

use super::instructions::{Instructions, Job};
use super::integers::Integers;
use super::limbs52::MASK;
use super::vector::Vector;

#[derive(Clone, Copy, Debug)]
pub struct Eight([u64; 8]);

#[derive(Clone, Copy)]
pub struct Anything;

impl Instructions for Anything {
    unsafe fn with<J: Job>(job: J) -> J::Output {
        job.run()
    }
    fn available() -> bool {
        true
    }
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a & MASK) * u128::from(b & MASK)
}

impl Eight {
    fn with(self, b: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Eight(std::array::from_fn(|lane| of(self.0[lane], b.0[lane])))
    }
    fn plus(self, add: impl Fn(usize) -> u64) -> Self {
        Eight(std::array::from_fn(|lane| self.0[lane].wrapping_add(add(lane))))
    }
}

impl Integers for Eight {
    unsafe fn splat(value: u64) -> Self {
        Eight([value; 8])
    }
    unsafe fn add_low(self, a: Self, b: Self) -> Self {
        self.plus(|lane| product(a.0[lane], b.0[lane]) as u64 & MASK)
    }
    unsafe fn add_high(self, a: Self, b: Self) -> Self {
        self.plus(|lane| (product(a.0[lane], b.0[lane]) >> 52) as u64)
    }
    unsafe fn add(self, b: Self) -> Self {
        self.with(b, u64::wrapping_add)
    }
    unsafe fn subtract(self, b: Self) -> Self {
        self.with(b, u64::wrapping_sub)
    }
    unsafe fn shift_right<const BITS: u32>(self) -> Self {
        Eight(self.0.map(|value| value >> BITS))
    }
    unsafe fn shift_right_signed<const BITS: u32>(self) -> Self {
        Eight(self.0.map(|value| (value as i64 >> BITS) as u64))
    }
    unsafe fn shift_left<const BITS: u32>(self) -> Self {
        Eight(self.0.map(|value| value << BITS))
    }
    unsafe fn and(self, b: Self) -> Self {
        self.with(b, |a, b| a & b)
    }
    unsafe fn or(self, b: Self) -> Self {
        self.with(b, |a, b| a | b)
    }
    unsafe fn looked_up(self, table: &[u64; 8]) -> Self {
        Eight(self.0.map(|value| table[value as usize & 7]))
    }
}

impl Vector for Eight {
    const LANES: usize = 8;
    unsafe fn load(at: *const u64) -> Self {
        Eight(std::array::from_fn(|lane| *at.add(lane)))
    }
    unsafe fn store(self, at: *mut u64) {
        for (lane, value) in self.0.into_iter().enumerate() {
            *at.add(lane) = value;
        }
    }
    unsafe fn gather_four(at: *const *const u64, offset: usize) -> [Self; 4] {
        std::array::from_fn(|word| Self::gather_one(at, offset + word))
    }
    unsafe fn gather_one(at: *const *const u64, offset: usize) -> Self {
        Eight(std::array::from_fn(|lane| (*at.add(lane)).add(offset).read_unaligned()))
    }
    unsafe fn scatter_four(values: [Self; 4], at: *const *mut u64, offset: usize) {
        for (word, value) in values.into_iter().enumerate() {
            value.scatter_one(at, offset + word);
        }
    }
    unsafe fn scatter_one(self, at: *const *mut u64, offset: usize) {
        for (lane, value) in self.0.into_iter().enumerate() {
            *(*at.add(lane)).add(offset) = value;
        }
    }
    unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self) {
        let second = |lane: usize| lane & HALF != 0;
        (
            Eight(std::array::from_fn(|lane| if second(lane) { b.0[lane - HALF] } else { a.0[lane] })),
            Eight(std::array::from_fn(|lane| if second(lane) { b.0[lane] } else { a.0[lane + HALF] })),
        )
    }
}
