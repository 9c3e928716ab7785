//! Elements in five limbs of 51 bits, lowest first, in doubles; ρ = 2^255. What a product is made of: double_columns.rs.
//!
//! Bounds. *Settled* is an element of at most 0.51 primes either way, with limbs 0 to 3 of at most 2^50 either way; limb 4 is
//! below 2^49 then, because a prime is 0.378·2^255. What is read from words lies between −0.51 and 0.51 primes too, but its
//! limbs are below 2^51. So a difference has limbs of at most 2^52 and at most 1.02 primes, and may be multiplied with a
//! settled element.

use super::double_columns::{pieces, starts, Columns, D, EXPONENT, LIMB_BITS, MASK, PRODUCT, SQUARE, TWO_PRODUCTS};
use super::element::{Element, Limbs};
use super::limbs::{self, multiplied};
use super::primes::{Prime, RATIO};
use super::vector::Doubles;
use crate::field::Words;
use std::marker::PhantomData;

/// An element of the field of `P` in each lane of `V`.
#[derive(Clone, Copy)]
pub struct Fives<V, P> {
    limbs: [V; 5],
    prime: PhantomData<P>,
}

impl<V: Doubles, P: Prime> Fives<V, P> {
    #[inline(always)]
    fn of(limbs: [V; 5]) -> Self {
        Fives { limbs, prime: PhantomData }
    }

    #[inline(always)]
    unsafe fn product(a: &[V; 5], b: &[V; 5], starts: &[u64; 10], less: &[&[V; 5]]) -> Self {
        let mut columns = Columns::<V>::starting_with(starts);
        multiplied!(columns, P, |columns: &mut Columns<V>, k| columns.add_column(a, b, k));
        for less in less {
            columns.subtract(less);
        }
        Self::of(columns.settled::<P>())
    }

    /// a·b + c·d, with one reduction.
    #[inline(always)]
    unsafe fn two_products(f: [&[V; 5]; 4], starts: &[u64; 10], less: &[&[V; 5]]) -> Self {
        let mut columns = Columns::<V>::starting_with(starts);
        multiplied!(columns, P, |columns: &mut Columns<V>, k| {
            columns.add_column(f[0], f[1], k);
            columns.add_column(f[2], f[3], k);
        });
        for less in less {
            columns.subtract(less);
        }
        Self::of(columns.settled::<P>())
    }

    #[inline(always)]
    unsafe fn added(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        [a[0].add(b[0]), a[1].add(b[1]), a[2].add(b[2]), a[3].add(b[3]), a[4].add(b[4])]
    }

    #[inline(always)]
    unsafe fn subtracted(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        [a[0].subtract(b[0]), a[1].subtract(b[1]), a[2].subtract(b[2]), a[3].subtract(b[3]), a[4].subtract(b[4])]
    }

    #[inline(always)]
    unsafe fn opposite(a: &[V; 5]) -> [V; 5] {
        let sign = V::splat(-0.0);
        [a[0].xor(sign), a[1].xor(sign), a[2].xor(sign), a[3].xor(sign), a[4].xor(sign)]
    }

    /// A sum of two settled elements, settled.
    #[inline(always)]
    unsafe fn settle(mut limbs: [V; 5]) -> Self {
        let whole = |a: V, b: f64| a.multiply_add(V::splat(b), V::splat(D)).subtract(V::splat(D));
        let primes = whole(limbs[4], RATIO);
        for (i, limb) in limbs.iter_mut().enumerate() {
            *limb = primes.multiply_add(V::splat(-P::CENTRED[i]), *limb);
        }
        for i in 0..4 {
            let carry = whole(limbs[i], 1.0 / (1u64 << LIMB_BITS) as f64);
            limbs[i] = carry.multiply_add(V::splat(-((1u64 << LIMB_BITS) as f64)), limbs[i]);
            limbs[i + 1] = limbs[i + 1].add(carry);
        }
        Self::of(limbs)
    }
}

impl<V: Doubles, P: Prime> Element for Fives<V, P> {
    const LANES: usize = V::LANES;

    #[inline(always)]
    unsafe fn one() -> Self {
        let l = |i: usize| V::splat(P::ONE[i]);
        Self::of([l(0), l(1), l(2), l(3), l(4)])
    }

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self::of([V::splat(0.0); 5])
    }

    #[inline(always)]
    unsafe fn splat(words: &Words) -> Self {
        Self::splat_limbs(&Self::limbs(words))
    }

    #[inline(always)]
    unsafe fn splat_limbs(limbs: &Limbs) -> Self {
        let l = |i: usize| V::splat_bits(limbs[i]);
        Self::of([l(0), l(1), l(2), l(3), l(4)])
    }

    #[inline(always)]
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self {
        let w = V::gather_four(at, offset);
        let mask = V::splat_bits(MASK);
        let number = |bits: V| bits.or(V::splat(EXPONENT)).subtract(V::splat(EXPONENT));
        let limbs = [
            number(w[0].and(mask)),
            number(w[0].shift_right::<51>().or(w[1].shift_left::<13>()).and(mask)),
            number(w[1].shift_right::<38>().or(w[2].shift_left::<26>()).and(mask)),
            number(w[2].shift_right::<25>().or(w[3].shift_left::<39>()).and(mask)),
            number(w[3].shift_right::<12>()),
        ];
        // The prime is taken from the upper half of the values. Its limbs are positive here, so the differences stay below 2^51.
        let prime = pieces(&P::WORDS);
        let mask = limbs[4].above(V::splat((prime[4] / 2) as f64));
        let taken = |i: usize| limbs[i].subtract(mask.and(V::splat(prime[i] as f64)));
        Self::of([taken(0), taken(1), taken(2), taken(3), taken(4)])
    }

    #[inline(always)]
    unsafe fn gather(at: *const *const u64, offset: usize) -> Self {
        Self::of(limbs::gather(at, offset))
    }

    #[inline(always)]
    unsafe fn scatter(self, at: *const *mut u64, offset: usize) {
        limbs::scatter(self.limbs, at, offset);
    }

    #[inline(always)]
    unsafe fn load(at: *const u64) -> Self {
        Self::of(limbs::load(at))
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        limbs::store(self.limbs, at);
    }

    #[inline(always)]
    unsafe fn negated_where(self, masks: *const u64) -> Self {
        let sign = V::load(masks).and(V::splat(-0.0));
        Self::of(self.limbs.map(|limb| limb.xor(sign)))
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Self::of(Self::subtracted(&self.limbs, &other.limbs))
    }

    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        const STARTS: [u64; 10] = starts(PRODUCT, 0);
        Self::product(&self.limbs, &other.limbs, &STARTS, &[])
    }

    #[inline(always)]
    unsafe fn times_less(self, other: Self, less: Self) -> Self {
        const STARTS: [u64; 10] = starts(PRODUCT, 1);
        Self::product(&self.limbs, &other.limbs, &STARTS, &[&less.limbs])
    }

    /// 2^256/ρ = 2: the limbs of one factor are doubled. 0.378·2·0.51² + 0.5 + 2·0.51 = 1.72 primes.
    #[inline(always)]
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self {
        const STARTS: [u64; 10] = starts(SQUARE, 2);
        let twice = Self::added(&self.limbs, &self.limbs);
        let fourfold = Self::added(&twice, &twice);
        let mut columns = Columns::<V>::starting_with(&STARTS);
        multiplied!(columns, P, |columns: &mut Columns<V>, k| {
            columns.add_square_column(&self.limbs, &twice, &fourfold, k);
        });
        columns.subtract(&less.limbs);
        columns.subtract(&more.limbs);
        Self::of(columns.settled::<P>())
    }

    #[inline(always)]
    unsafe fn complex_times(a: [Self; 2], b: [Self; 2], less: Option<[Self; 2]>) -> [Self; 2] {
        const STARTS: [u64; 10] = starts(TWO_PRODUCTS, 0);
        const STARTS_LESS: [u64; 10] = starts(TWO_PRODUCTS, 1);
        let opposite = Self::opposite(&a[1].limbs);
        let real = [&a[0].limbs, &b[0].limbs, &opposite, &b[1].limbs];
        let imaginary = [&a[0].limbs, &b[1].limbs, &a[1].limbs, &b[0].limbs];
        match less {
            None => [Self::two_products(real, &STARTS, &[]), Self::two_products(imaginary, &STARTS, &[])],
            Some(less) => [
                Self::two_products(real, &STARTS_LESS, &[&less[0].limbs]),
                Self::two_products(imaginary, &STARTS_LESS, &[&less[1].limbs]),
            ],
        }
    }

    /// 2·(a0 + a1)·(a0 − a1) and 4·a0·a1, from 2^256/ρ = 2: 0.378·1.02·1.02 + 0.5 + 2·0.51 = 1.92 primes.
    #[inline(always)]
    unsafe fn complex_slope_squared_less(a: [Self; 2], less: [Self; 2], more: [Self; 2]) -> [Self; 2] {
        const STARTS: [u64; 10] = starts(PRODUCT, 2);
        let sum = Self::added(&a[0].limbs, &a[1].limbs);
        let difference = Self::subtracted(&a[0].limbs, &a[1].limbs);
        let twice = |a: &[V; 5]| Self::added(a, a);
        [
            Self::product(&Self::settle(sum).limbs, &twice(&difference), &STARTS, &[&less[0].limbs, &more[0].limbs]),
            Self::product(&twice(&a[0].limbs), &twice(&a[1].limbs), &STARTS, &[&less[1].limbs, &more[1].limbs]),
        ]
    }

    #[inline(always)]
    unsafe fn sum_and_difference(self, other: Self) -> (Self, Self) {
        (
            Self::settle(Self::added(&self.limbs, &other.limbs)),
            Self::settle(Self::subtracted(&self.limbs, &other.limbs)),
        )
    }

    #[inline(always)]
    unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self) {
        let (a, b) = limbs::exchanged::<V, HALF>(a.limbs, b.limbs);
        (Self::of(a), Self::of(b))
    }

    fn words(limbs: &Limbs) -> Words {
        let mut words = [0u64; 5];
        let mut carry = 0i64;
        for (i, limb) in limbs.iter().enumerate() {
            carry += f64::from_bits(*limb) as i64;
            let low = (carry as u64) & MASK;
            carry >>= LIMB_BITS;
            let at = i * LIMB_BITS as usize;
            words[at / 64] |= low << (at % 64);
            if at % 64 + LIMB_BITS as usize > 64 {
                words[at / 64 + 1] |= low >> (64 - at % 64);
            }
        }
        let mut number = [words[0], words[1], words[2], words[3]];
        if carry < 0 {
            // The value is the number − 2^255; 64-bit words wrap at 2^256.
            number[3] |= 1 << 63;
            let mut over = false;
            for (word, prime) in number.iter_mut().zip(P::WORDS) {
                let (sum, first) = word.overflowing_add(prime);
                let (sum, second) = sum.overflowing_add(u64::from(over));
                *word = sum;
                over = first | second;
            }
        }
        number
    }

    fn limbs(words: &Words) -> Limbs {
        let (number, prime) = (pieces(words), pieces(&P::WORDS));
        let takes = number[4] > prime[4] / 2;
        // Carried so that limbs 0 to 3 lie between −2^50 and 2^50.
        let mut carry = 0i64;
        let mut limbs = [0u64; 5];
        for i in 0..5 {
            let value = number[i] as i64 - if takes { prime[i] as i64 } else { 0 } + carry;
            let (limb, next) = if i < 4 {
                let next = (value + (1 << 50)) >> LIMB_BITS;
                (value - (next << LIMB_BITS), next)
            } else {
                (value, 0)
            };
            carry = next;
            limbs[i] = (limb as f64).to_bits();
        }
        limbs
    }

    fn radix() -> Words {
        Self::words(&P::ONE.map(f64::to_bits))
    }

    fn inverse_scale() -> Words {
        P::mul(&Self::radix(), &Self::radix())
    }
}
