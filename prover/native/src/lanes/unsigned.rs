//! Elements in five limbs of 52 bits, lowest first, unsigned; ρ = 2^260. Processors with AVX-512 IFMA multiply such
//! limbs, and add the low or the high 52 bits of the product. They read the low 52 bits of a factor.
//!
//! Bounds, in primes; a prime is 0.0118·ρ. *Settled* is an element of at most 3 with limbs of at most 52 bits. Three
//! primes are added to a difference of settled elements, so it lies between 0 and 6, and is carried to 52 bits.
//!
//! - Reduction. The multiple DIRECT·2^52 − 1 of the prime is below 2^52 primes, and −1 in its lowest limb. So a column
//!   itself is the factor that cancels the column, and high and low products of DIRECT come above it. Rounds 0 to 3 use
//!   it: they add less than (2^-156 + 2^-104 + 2^-52 + 1)·ρ primes. Round 4 calculates its factor below 2^52 and adds
//!   less than ρ primes.
//! - A product of two differences is 36·0.0118 + 2 = 2.43 at most, the sum of two 2.86: both are settled.
//! - A column has at most 18 halves of two products, 9 of the reduction and a carry: less than 2^57.
//! - If settled elements are subtracted, 3 primes are added for each of them. Neither the sum nor its limb 4 before
//!   carries is negative then. The sum is 2.86 + 3 or 1.09 + 6 at most, and table entries reach up to 10.5. Limb 4
//!   lacks carries between −3 and 2^7 only. It tells how many primes may be subtracted so that 0 to 2.3 remain
//!   (`Forms::reductions`).

use super::columns::{carry, carry_signed, mask, Columns};
use super::element::{Element, Limbs, LIMBS};
use super::integers::Integers;
use super::limbs::{self, multiplied};
use super::limbs52::{from_words, multiple, reduced, to_words, Forms, LIMB_BITS, MASK, STEP_BITS};
use super::primes::Prime;
use crate::field::Words;
use std::marker::PhantomData;

/// An element of the field of `P` in each lane of `V`.
#[derive(Clone, Copy)]
pub struct Unsigned<V, P> {
    pub(super) limbs: [V; LIMBS],
    prime: PhantomData<P>,
}

/// Tables of `Forms::reductions` for sums to which `MORE` primes are to be added.
struct Reductions<P, const MORE: u64>(PhantomData<P>);

impl<P: Prime, const MORE: u64> Reductions<P, MORE> {
    const TABLE: [[u64; 8]; LIMBS] = Forms::<P>::reductions(MORE);
    const HIGHEST: u64 = multiple(&Forms::<P>::PRIME, MORE)[LIMBS - 1];
}

impl<V: Integers, P: Prime> Unsigned<V, P> {
    #[inline(always)]
    fn of(limbs: [V; 5]) -> Self {
        Unsigned { limbs, prime: PhantomData }
    }

    #[inline(always)]
    unsafe fn constant(limbs: Limbs) -> Self {
        Self::of(limbs.map(|limb| V::splat(limb)))
    }

    /// The upper columns of a·b, reduced.
    #[inline(always)]
    unsafe fn product(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        let mut columns = Columns::<V>::zero();
        multiplied!(columns, P, |columns: &mut Columns<V>, k| columns.add_column(a, b, k));
        columns.upper()
    }

    /// Of a·b + c·d, with one reduction.
    #[inline(always)]
    unsafe fn two_products(f: [&[V; 5]; 4]) -> [V; 5] {
        let mut columns = Columns::<V>::zero();
        multiplied!(columns, P, |columns: &mut Columns<V>, k| {
            columns.add_column(f[0], f[1], k);
            columns.add_column(f[2], f[3], k);
        });
        columns.upper()
    }

    /// A settled element from columns that are known to be at most 3 primes.
    #[inline(always)]
    pub(super) unsafe fn carried(mut limbs: [V; 5]) -> Self {
        carry(&mut limbs);
        mask(&mut limbs);
        Self::of(limbs)
    }

    /// A settled element from limbs to which `MORE` primes are to be added: 3 for each settled element that was
    /// subtracted.
    #[inline(always)]
    unsafe fn settled<const MORE: u64>(mut limbs: [V; 5]) -> Self {
        let highest = limbs[4].add(V::splat(Reductions::<P, MORE>::HIGHEST));
        let steps = highest.shift_right::<STEP_BITS>();
        for (limb, table) in limbs.iter_mut().zip(&Reductions::<P, MORE>::TABLE) {
            *limb = limb.subtract(steps.looked_up(table));
        }
        carry_signed(&mut limbs);
        mask(&mut limbs);
        Self::of(limbs)
    }

    #[inline(always)]
    unsafe fn added(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        [a[0].add(b[0]), a[1].add(b[1]), a[2].add(b[2]), a[3].add(b[3]), a[4].add(b[4])]
    }

    #[inline(always)]
    unsafe fn subtracted(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        [a[0].subtract(b[0]), a[1].subtract(b[1]), a[2].subtract(b[2]), a[3].subtract(b[3]), a[4].subtract(b[4])]
    }

    /// 6 primes − a, which may only be multiplied.
    #[inline(always)]
    unsafe fn opposite(a: &[V; 5]) -> [V; 5] {
        let mut limbs = Self::subtracted(&Self::constant(Forms::<P>::SIX_PRIMES).limbs, a);
        carry_signed(&mut limbs);
        limbs
    }

    /// The sum of two settled elements, which may only be multiplied.
    #[inline(always)]
    unsafe fn plus(a: &[V; 5], b: &[V; 5]) -> [V; 5] {
        let mut limbs = Self::added(a, b);
        carry(&mut limbs);
        limbs
    }

    /// From a reduced square to a settled element, with the factor 2^256/ρ = 1/16 of slopes. A multiple of the prime
    /// makes the lowest four bits zero, and the carried columns are divided by multiplying with 2^48: 2.43 primes and
    /// 15 become 1.09.
    #[inline(always)]
    unsafe fn sixteenth_less(mut columns: [V; 5], less: &[V; 5], more: &[V; 5]) -> Self {
        let factor = V::splat(0).add_low(columns[0], V::splat(Forms::<P>::NEGATIVE_INVERSE)).and(V::splat(15));
        columns[0] = columns[0].add_low(factor, V::splat(Forms::<P>::PRIME[0]));
        for i in 1..5 {
            columns[i] = columns[i].add_low(factor, V::splat(Forms::<P>::PRIME[i]));
            columns[i] = columns[i].add_high(factor, V::splat(Forms::<P>::PRIME[i - 1]));
        }
        carry(&mut columns);
        let sixteenth = V::splat(1 << (LIMB_BITS - 4));
        let none = V::splat(0);
        let mut limbs = [none, none, none, none, none];
        for i in 0..5 {
            limbs[i] = none.subtract(less[i]).subtract(more[i]).add_high(columns[i], sixteenth);
            if i < 4 {
                limbs[i] = limbs[i].add_low(columns[i + 1], sixteenth);
            }
        }
        Self::settled::<6>(limbs)
    }
}

impl<V: Integers, P: Prime> Element for Unsigned<V, P> {
    const LANES: usize = V::LANES;

    #[inline(always)]
    unsafe fn one() -> Self {
        Self::constant(Forms::<P>::ONE)
    }

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self::of([V::splat(0); 5])
    }

    #[inline(always)]
    unsafe fn splat(words: &Words) -> Self {
        Self::constant(from_words(words))
    }

    #[inline(always)]
    unsafe fn splat_limbs(limbs: &Limbs) -> Self {
        Self::constant(*limbs)
    }

    #[inline(always)]
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self {
        let w = V::gather_four(at, offset);
        let mask = V::splat(MASK);
        Self::of([
            w[0].and(mask),
            w[0].shift_right::<52>().or(w[1].shift_left::<12>()).and(mask),
            w[1].shift_right::<40>().or(w[2].shift_left::<24>()).and(mask),
            w[2].shift_right::<28>().or(w[3].shift_left::<36>()).and(mask),
            w[3].shift_right::<16>(),
        ])
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

    /// 3 primes − self, or self.
    #[inline(always)]
    unsafe fn negated_where(self, masks: *const u64) -> Self {
        let negate = V::load(masks);
        let mut limbs = self.limbs;
        for (i, limb) in limbs.iter_mut().enumerate() {
            let change = V::splat(Forms::<P>::THREE_PRIMES[i]).subtract(limb.add(*limb));
            *limb = limb.add(change.and(negate));
        }
        carry_signed(&mut limbs);
        mask(&mut limbs);
        Self::of(limbs)
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        let three = Self::constant(Forms::<P>::THREE_PRIMES).limbs;
        let mut limbs = Self::subtracted(&Self::added(&self.limbs, &three), &other.limbs);
        carry_signed(&mut limbs);
        mask(&mut limbs);
        Self::of(limbs)
    }

    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        Self::carried(Self::product(&self.limbs, &other.limbs))
    }

    #[inline(always)]
    unsafe fn times_less(self, other: Self, less: Self) -> Self {
        Self::settled::<3>(Self::subtracted(&Self::product(&self.limbs, &other.limbs), &less.limbs))
    }

    #[inline(always)]
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self {
        let mut columns = Columns::<V>::of_square(&self.limbs);
        for k in 0..5 {
            columns.cancel::<P>(k);
        }
        Self::sixteenth_less(columns.upper(), &less.limbs, &more.limbs)
    }

    #[inline(always)]
    unsafe fn complex_times(a: [Self; 2], b: [Self; 2], less: Option<[Self; 2]>) -> [Self; 2] {
        let opposite = Self::opposite(&a[1].limbs);
        let real = Self::two_products([&a[0].limbs, &b[0].limbs, &opposite, &b[1].limbs]);
        let imaginary = Self::two_products([&a[0].limbs, &b[1].limbs, &a[1].limbs, &b[0].limbs]);
        match less {
            None => [Self::carried(real), Self::carried(imaginary)],
            Some(less) => [
                Self::settled::<3>(Self::subtracted(&real, &less[0].limbs)),
                Self::settled::<3>(Self::subtracted(&imaginary, &less[1].limbs)),
            ],
        }
    }

    /// From (a0 + a1)·(a0 − a1) and 2·a0·a1.
    #[inline(always)]
    unsafe fn complex_slope_squared_less(a: [Self; 2], less: [Self; 2], more: [Self; 2]) -> [Self; 2] {
        let sum = Self::plus(&a[0].limbs, &a[1].limbs);
        let twice = Self::plus(&a[0].limbs, &a[0].limbs);
        let real = Self::product(&sum, &a[0].minus(a[1]).limbs);
        let imaginary = Self::product(&twice, &a[1].limbs);
        [
            Self::sixteenth_less(real, &less[0].limbs, &more[0].limbs),
            Self::sixteenth_less(imaginary, &less[1].limbs, &more[1].limbs),
        ]
    }

    #[inline(always)]
    unsafe fn sum_and_difference(self, other: Self) -> (Self, Self) {
        (
            Self::settled::<0>(Self::added(&self.limbs, &other.limbs)),
            Self::settled::<3>(Self::subtracted(&self.limbs, &other.limbs)),
        )
    }

    #[inline(always)]
    unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self) {
        let (a, b) = limbs::exchanged::<V, HALF>(a.limbs, b.limbs);
        (Self::of(a), Self::of(b))
    }

    fn words(limbs: &Limbs) -> Words {
        to_words(&reduced(limbs, &Forms::<P>::PRIME))
    }

    fn limbs(words: &Words) -> Limbs {
        from_words(words)
    }

    fn radix() -> Words {
        const { to_words(&Forms::<P>::ONE) }
    }

    fn inverse_scale() -> Words {
        const { to_words(&Forms::<P>::power_of_two(2 * 260 - 256)) }
    }
}
