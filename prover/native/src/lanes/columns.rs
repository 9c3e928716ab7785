//! Products of five limbs of 52 bits: sums of halves in columns, and their reduction. unsigned.rs proves the bounds.

use super::element::LIMBS;
use super::integers::Integers;
use super::limbs52::{Forms, LIMB_BITS, MASK};
use super::primes::Prime;

/// The columns of a product that is being summed up and reduced. Low and high halves are summed up apart: a column's
/// sums wait for one another.
pub struct Columns<V> {
    low: [V; 10],
    high: [V; 10],
}

impl<V: Integers> Columns<V> {
    #[inline(always)]
    pub unsafe fn zero() -> Self {
        Columns { low: [V::splat(0); 10], high: [V::splat(0); 10] }
    }

    #[inline(always)]
    unsafe fn add_product(&mut self, a: V, b: V, k: usize) {
        self.low[k] = self.low[k].add_low(a, b);
        self.high[k + 1] = self.high[k + 1].add_high(a, b);
    }

    /// The products of limbs whose places add up to k.
    #[inline(always)]
    pub unsafe fn add_column(&mut self, a: &[V; LIMBS], b: &[V; LIMBS], k: usize) {
        for i in 0..LIMBS {
            if i <= k && k - i < LIMBS {
                self.add_product(a[i], b[k - i], k);
            }
        }
    }

    /// Each pair of different limbs is multiplied once, and the columns doubled.
    #[inline(always)]
    pub unsafe fn of_square(a: &[V; LIMBS]) -> Self {
        let mut columns = Self::zero();
        for k in 1..8 {
            for i in 0..LIMBS {
                if 2 * i < k && k - i < LIMBS {
                    columns.add_product(a[i], a[k - i], k);
                }
            }
        }
        for k in 1..9 {
            columns.low[k] = columns.low[k].add(columns.low[k]);
            columns.high[k] = columns.high[k].add(columns.high[k]);
        }
        for (i, &limb) in a.iter().enumerate() {
            columns.add_product(limb, limb, 2 * i);
        }
        columns
    }

    #[inline(always)]
    unsafe fn sum(&self, k: usize) -> V {
        match k {
            0 => self.low[k],
            9 => self.high[k],
            _ => self.low[k].add(self.high[k]),
        }
    }

    /// Cancels column k, and carries from it.
    #[inline(always)]
    pub unsafe fn cancel<P: Prime>(&mut self, k: usize) {
        let column = self.sum(k);
        if k < 4 {
            self.low[k + 1] = self.low[k + 1].add(column.shift_right::<LIMB_BITS>());
            for j in 0..LIMBS {
                self.add_product(column, V::splat(Forms::<P>::DIRECT[j]), k + 1 + j);
            }
        } else {
            let factor = V::splat(0).add_low(column, V::splat(Forms::<P>::NEGATIVE_INVERSE));
            // The low bits become 0 or 2^52: 0 only if they are 0.
            self.low[5] = self.low[5].add(column.add(V::splat(MASK)).shift_right::<LIMB_BITS>());
            self.high[5] = self.high[5].add_high(factor, V::splat(Forms::<P>::PRIME[0]));
            for j in 1..LIMBS {
                self.add_product(factor, V::splat(Forms::<P>::PRIME[j]), 4 + j);
            }
        }
    }

    #[inline(always)]
    pub unsafe fn upper(self) -> [V; LIMBS] {
        [self.sum(5), self.sum(6), self.sum(7), self.sum(8), self.sum(9)]
    }
}

/// Carries what limbs have above 52 bits. Limbs are not negative.
#[inline(always)]
pub unsafe fn carry<V: Integers>(limbs: &mut [V; LIMBS]) {
    for i in 0..4 {
        limbs[i + 1] = limbs[i + 1].add(limbs[i].shift_right::<LIMB_BITS>());
    }
}

/// The same, of limbs that may be negative.
#[inline(always)]
pub unsafe fn carry_signed<V: Integers>(limbs: &mut [V; LIMBS]) {
    for i in 0..4 {
        limbs[i + 1] = limbs[i + 1].add(limbs[i].shift_right_signed::<LIMB_BITS>());
    }
}

/// Leaves 52 bits of carried limbs. Limb 4 has no more.
#[inline(always)]
pub unsafe fn mask<V: Integers>(limbs: &mut [V; LIMBS]) {
    for limb in &mut limbs[..4] {
        *limb = limb.and(V::splat(MASK));
    }
}
