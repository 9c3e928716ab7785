//! Products of five limbs of 52 bits: sums of halves in columns, and their reduction. unsigned.rs proves the bounds.

use super::element::LIMBS;
use super::integers::Integers;
use super::limbs52::{Forms, LIMB_BITS, MASK};
use super::primes::Prime;

/// The columns of a product that is being summed up and reduced.
pub struct Columns<V>([V; 10]);

impl<V: Integers> Columns<V> {
    #[inline(always)]
    pub unsafe fn zero() -> Self {
        Columns([V::splat(0); 10])
    }

    #[inline(always)]
    unsafe fn add_product(&mut self, a: V, b: V, k: usize) {
        self.0[k] = self.0[k].add_low(a, b);
        self.0[k + 1] = self.0[k + 1].add_high(a, b);
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
            columns.0[k] = columns.0[k].add(columns.0[k]);
        }
        for (i, &limb) in a.iter().enumerate() {
            columns.add_product(limb, limb, 2 * i);
        }
        columns
    }

    /// Cancels column k, and carries from it.
    #[inline(always)]
    pub unsafe fn cancel<P: Prime>(&mut self, k: usize) {
        if k < 4 {
            let factor = self.0[k];
            self.0[k + 1] = self.0[k + 1].add(factor.shift_right::<LIMB_BITS>());
            for j in 0..LIMBS {
                self.add_product(factor, V::splat(Forms::<P>::DIRECT[j]), k + 1 + j);
            }
        } else {
            let factor = V::splat(0).add_low(self.0[4], V::splat(Forms::<P>::NEGATIVE_INVERSE));
            // The low bits become 0 or 2^52: 0 only if they are 0.
            self.0[5] = self.0[5].add(self.0[4].add(V::splat(MASK)).shift_right::<LIMB_BITS>());
            self.0[5] = self.0[5].add_high(factor, V::splat(Forms::<P>::PRIME[0]));
            for j in 1..LIMBS {
                self.add_product(factor, V::splat(Forms::<P>::PRIME[j]), 4 + j);
            }
        }
    }

    #[inline(always)]
    pub unsafe fn upper(self) -> [V; LIMBS] {
        [self.0[5], self.0[6], self.0[7], self.0[8], self.0[9]]
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

/// Columns of the product are summed up while the processor waits for a round.
macro_rules! multiplied {
    ($columns:ident, $prime:ty, $add:expr) => {{
        let add = $add;
        add(&mut $columns, 0);
        add(&mut $columns, 1);
        add(&mut $columns, 2);
        $columns.cancel::<$prime>(0);
        add(&mut $columns, 3);
        $columns.cancel::<$prime>(1);
        add(&mut $columns, 4);
        $columns.cancel::<$prime>(2);
        add(&mut $columns, 5);
        add(&mut $columns, 6);
        $columns.cancel::<$prime>(3);
        add(&mut $columns, 7);
        add(&mut $columns, 8);
        $columns.cancel::<$prime>(4);
        $columns.upper()
    }};
}

pub(super) use multiplied;
