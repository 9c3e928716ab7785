//! The coordinates of points of G1 and G2, on this program's own arithmetic, as the sums over many points need them.

use crate::field::{base, read_words, Words};
use crate::lanes::coordinates::{Complex, Coordinates, Simple};
use crate::lanes::Element;
use ark_bn254::{Fq, Fq2};
use ark_ff::{AdditiveGroup, BigInt, Field};

pub trait Coordinate: Copy + Send + Sync + PartialEq + std::fmt::Debug + 'static {
    const ZERO: Self;
    const ONE: Self;
    /// Size in a proving key.
    const BYTES: usize;
    /// Such coordinates in lanes.
    type InLanes<E: Element>: Coordinates<Single = Self>;

    fn plus(&self, other: &Self) -> Self;
    fn minus(&self, other: &Self) -> Self;
    fn times(&self, other: &Self) -> Self;
    fn squared(&self) -> Self;
    /// −self or self, without a branch: which of them is as good as random.
    fn negated_if(&self, negate: bool) -> Self;
    fn is_zero(&self) -> bool;
    /// 1/self; 0 for 0.
    fn inverted(&self) -> Self;
    /// From a proving key: little-endian, Montgomery form.
    fn read(bytes: &[u8], at: usize) -> Self;
    /// The bytes that `read` reads.
    fn write(&self, bytes: &mut Vec<u8>);
    /// Whether its numbers are below the prime.
    fn is_reduced(&self) -> bool;
}

#[inline(always)]
fn fq(words: Words) -> Fq {
    Fq::new_unchecked(BigInt(words))
}

#[inline(always)]
fn words(value: &Fq) -> &Words {
    &value.0 .0
}

impl Coordinate for Fq {
    const ZERO: Self = <Fq as AdditiveGroup>::ZERO;
    const ONE: Self = <Fq as Field>::ONE;
    const BYTES: usize = 32;
    type InLanes<E: Element> = Simple<E>;

    #[inline(always)]
    fn plus(&self, other: &Self) -> Self {
        fq(base::add(words(self), words(other)))
    }
    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        fq(base::sub(words(self), words(other)))
    }
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        fq(base::mul(words(self), words(other)))
    }
    #[inline(always)]
    fn squared(&self) -> Self {
        fq(base::mul(words(self), words(self)))
    }
    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        let (value, opposite) = (words(self), base::sub(&[0; 4], words(self)));
        let mask = u64::from(negate).wrapping_neg();
        fq(std::array::from_fn(|i| value[i] ^ ((value[i] ^ opposite[i]) & mask)))
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        words(self).iter().fold(0, |all, word| all | word) == 0
    }
    fn inverted(&self) -> Self {
        fq(base::inverse(words(self)))
    }
    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        fq(read_words(bytes, at))
    }
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(words(self).iter().flat_map(|word| word.to_le_bytes()));
    }
    fn is_reduced(&self) -> bool {
        base::is_reduced(words(self))
    }
}

/// c0 + c1·u with u² = −1.
impl Coordinate for Fq2 {
    const ZERO: Self = <Fq2 as AdditiveGroup>::ZERO;
    const ONE: Self = <Fq2 as Field>::ONE;
    const BYTES: usize = 64;
    type InLanes<E: Element> = Complex<E>;

    #[inline(always)]
    fn plus(&self, other: &Self) -> Self {
        Fq2::new(self.c0.plus(&other.c0), self.c1.plus(&other.c1))
    }
    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Fq2::new(self.c0.minus(&other.c0), self.c1.minus(&other.c1))
    }
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        let low = self.c0.times(&other.c0);
        let high = self.c1.times(&other.c1);
        let mixed = self.c0.plus(&self.c1).times(&other.c0.plus(&other.c1));
        Fq2::new(low.minus(&high), mixed.minus(&low).minus(&high))
    }
    #[inline(always)]
    fn squared(&self) -> Self {
        let product = self.c0.times(&self.c1);
        Fq2::new(self.c0.plus(&self.c1).times(&self.c0.minus(&self.c1)), product.plus(&product))
    }
    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        Fq2::new(self.c0.negated_if(negate), self.c1.negated_if(negate))
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        Coordinate::is_zero(&self.c0) && Coordinate::is_zero(&self.c1)
    }
    fn inverted(&self) -> Self {
        // The norm is 0 for 0 alone, because −1 is no square.
        let norm = self.c0.squared().plus(&self.c1.squared()).inverted();
        Fq2::new(self.c0.times(&norm), self.c1.times(&norm).negated_if(true))
    }
    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        Fq2::new(Fq::read(bytes, at), Fq::read(bytes, at + 32))
    }
    fn write(&self, bytes: &mut Vec<u8>) {
        self.c0.write(bytes);
        self.c1.write(bytes);
    }
    fn is_reduced(&self) -> bool {
        Coordinate::is_reduced(&self.c0) && Coordinate::is_reduced(&self.c1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn agrees_with_arkworks<C: Coordinate + Field>() {
        let mut random = ark_std::test_rng();
        let mut values = vec![<C as Coordinate>::ZERO, <C as Coordinate>::ONE, -<C as Coordinate>::ONE];
        values.extend((0..40).map(|_| C::rand(&mut random)));
        for a in &values {
            for b in &values {
                assert_eq!(a.plus(b), *a + *b);
                assert_eq!(a.minus(b), *a - *b);
                assert_eq!(a.times(b), *a * *b);
            }
            assert_eq!(a.squared(), a.square());
            assert_eq!(a.negated_if(true), -*a);
            assert_eq!(a.negated_if(false), *a);
            assert_eq!(Coordinate::is_zero(a), *a == <C as Coordinate>::ZERO);
            assert!(a.is_reduced());
            if !Coordinate::is_zero(a) {
                assert_eq!(a.inverted() * *a, <C as Coordinate>::ONE);
            }
        }
    }

    #[test]
    fn both_fields_agree_with_arkworks() {
        agrees_with_arkworks::<Fq>();
        agrees_with_arkworks::<Fq2>();
    }

    #[test]
    fn read_from_bytes() {
        let mut bytes = vec![0; 72];
        bytes[8] = 5;
        bytes[40] = 7;
        assert_eq!(
            Fq2::read(&bytes, 8),
            Fq2::new(Fq::new_unchecked(BigInt([5, 0, 0, 0])), Fq::new_unchecked(BigInt([7, 0, 0, 0])))
        );
    }
}
