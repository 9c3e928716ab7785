//! Products of elements in five limbs of 51 bits in doubles, column by column.
//!
//! Limbs are signed integers. Two fused multiply-adds, which round once, split a product into halves without error (N. Emmart's
//! method). With C = 1.5·2^103, whose last place is 2^51, high = a·b + C rounds a·b to a multiple of 2^51. With D = 1.5·2^52,
//! low = a·b + (C + D − high) is the rest, in places of 1. |a·b| ≤ 2^102 keeps high between 2^103 and 2^104, and low between
//! 2^52 and 2^53. There the bits of a double, read as an integer, count places. So the halves are summed up as integers, with
//! C's and D's bits subtracted beforehand.

use super::element::Limbs;
use super::primes::{Prime, RATIO};
use super::vector::Doubles;
use crate::field::Words;

pub const C: f64 = 1.5 * (1u128 << 103) as f64;
pub const D: f64 = 1.5 * (1u64 << 52) as f64;
/// An integer below 2^52 or-ed with its bits is the double 2^52 + integer.
pub const EXPONENT: f64 = (1u64 << 52) as f64;
const HALF_LIMB: f64 = (1u64 << 50) as f64;
pub const LIMB_BITS: u32 = 51;
pub const MASK: u64 = (1 << LIMB_BITS) - 1;
/// Makes columns positive, so that a shift divides them. Columns are sums of less than 2^6 halves of at most 2^51.
const BIAS: u64 = 1 << 60;
const CARRIED_BIAS: u64 = BIAS >> LIMB_BITS;
/// Rounds of the reduction that use the multiple of the prime which is −1 in its lowest limb.
const DIRECT: usize = 3;

/// The limbs of a number, not centred.
#[inline(always)]
pub const fn pieces(w: &Words) -> Limbs {
    [
        w[0] & MASK,
        (w[0] >> 51 | w[1] << 13) & MASK,
        (w[1] >> 38 | w[2] << 26) & MASK,
        (w[2] >> 25 | w[3] << 39) & MASK,
        w[3] >> 12,
    ]
}

/// Low halves in each column of one product, by limbs.
pub const PRODUCT: [u64; 10] = [1, 2, 3, 4, 5, 4, 3, 2, 1, 0];
pub const TWO_PRODUCTS: [u64; 10] = [2, 4, 6, 8, 10, 8, 6, 4, 2, 0];
/// Of a square, where each pair of different limbs is multiplied once.
pub const SQUARE: [u64; 10] = [1, 1, 2, 2, 3, 2, 2, 1, 1, 0];

/// The initial value of each column: the bits to be subtracted again, and the biases. `low` counts the low halves of products;
/// high halves come one column higher. `less` is how many elements will be subtracted.
pub const fn starts(mut low: [u64; 10], less: u64) -> [u64; 10] {
    let mut round = 0;
    while round < 5 {
        let first = if round < DIRECT { round + 1 } else { round };
        let mut k = first;
        while k < first + 5 {
            low[k] += 1;
            k += 1;
        }
        round += 1;
    }
    let (bits_of_c, bits_of_d) = (C.to_bits(), D.to_bits());
    let mut columns = [0u64; 10];
    let mut k = 0;
    while k < 10 {
        let high = if k > 0 { low[k - 1] } else { 0 };
        let mut start = 0u64.wrapping_sub(low[k].wrapping_mul(bits_of_d)).wrapping_sub(high.wrapping_mul(bits_of_c));
        if k >= 5 {
            start = start.wrapping_add(less.wrapping_mul(bits_of_d));
        }
        if k == 9 {
            start = start.wrapping_add(bits_of_d);
        } else {
            start = start.wrapping_add(BIAS);
            if k > 0 {
                start = start.wrapping_sub(CARRIED_BIAS);
            }
            if k < DIRECT || k >= 5 {
                start = start.wrapping_add(1 << (LIMB_BITS - 1));
            }
            if k >= 5 {
                // A multiple of the prime is still to come.
                start = start.wrapping_sub(bits_of_d);
            }
        }
        columns[k] = start;
        k += 1;
    }
    columns
}

/// The columns of a product that is being summed up and reduced.
pub struct Columns<V>([V; 10]);

impl<V: Doubles> Columns<V> {
    #[inline(always)]
    pub unsafe fn starting_with(starts: &[u64; 10]) -> Self {
        let s = |k: usize| V::splat_bits(starts[k]);
        Columns([s(0), s(1), s(2), s(3), s(4), s(5), s(6), s(7), s(8), s(9)])
    }

    #[inline(always)]
    unsafe fn add_product(&mut self, a: V, b: V, k: usize) {
        let high = a.multiply_add(b, V::splat(C));
        let low = a.multiply_add(b, V::splat(C + D).subtract(high));
        self.0[k + 1] = self.0[k + 1].add_integers(high);
        self.0[k] = self.0[k].add_integers(low);
    }

    /// The products of limbs whose places add up to k.
    #[inline(always)]
    pub unsafe fn add_column(&mut self, a: &[V; 5], b: &[V; 5], k: usize) {
        for i in 0..5 {
            if i <= k && k - i < 5 {
                self.add_product(a[i], b[k - i], k);
            }
        }
    }

    /// The same of twice a square: limbs doubled, and doubled again where they are multiplied with others.
    #[inline(always)]
    pub unsafe fn add_square_column(&mut self, a: &[V; 5], twice: &[V; 5], fourfold: &[V; 5], k: usize) {
        for i in 0..5 {
            if 2 * i == k {
                self.add_product(twice[i], a[i], k);
            } else if 2 * i < k && k - i < 5 {
                self.add_product(fourfold[i], a[k - i], k);
            }
        }
    }

    /// Cancels column k by a multiple of the prime, and carries from it. In the first rounds the factor is the column itself:
    /// what the longer multiple adds to the value is lost below the prime.
    #[inline(always)]
    pub unsafe fn cancel<P: Prime>(&mut self, k: usize) {
        let low = self.0[k].and(V::splat_bits(MASK)).or(V::splat(EXPONENT));
        if k < DIRECT {
            let factor = low.subtract(V::splat(EXPONENT + HALF_LIMB));
            self.carry(k);
            for j in 1..6 {
                self.add_product(factor, V::splat(P::DIRECT[j]), k + j);
            }
        } else {
            let low = low.subtract(V::splat(EXPONENT));
            let high = low.multiply_add(V::splat(P::NEGATIVE_INVERSE), V::splat(C));
            let rest = V::splat(C + D).subtract(high);
            let factor = low.multiply_add(V::splat(P::NEGATIVE_INVERSE), rest).subtract(V::splat(D));
            self.add_product(factor, V::splat(P::CENTRED[0]), k);
            self.carry(k);
            for j in 1..5 {
                self.add_product(factor, V::splat(P::CENTRED[j]), k + j);
            }
        }
    }

    #[inline(always)]
    unsafe fn carry(&mut self, k: usize) {
        self.0[k + 1] = self.0[k + 1].add_integers(self.0[k].shift_right::<51>());
    }

    #[inline(always)]
    pub unsafe fn subtract(&mut self, less: &[V; 5]) {
        for i in 0..5 {
            self.0[5 + i] = self.0[5 + i].subtract_integers(less[i].add(V::splat(D)));
        }
    }

    /// From the upper columns to a settled element, if the value is at most 2.4 primes either way.
    #[inline(always)]
    pub unsafe fn settled<P: Prime>(self) -> [V; 5] {
        let mut upper = [self.0[5], self.0[6], self.0[7], self.0[8]];
        let top = self.0[9].subtract(V::splat(D));
        let primes = top.multiply_add(V::splat(RATIO), V::splat(D)).subtract(V::splat(D));
        for i in 0..4 {
            upper[i] = upper[i].add_integers(primes.multiply_add(V::splat(-P::CENTRED[i]), V::splat(D)));
            if i > 0 {
                upper[i] = upper[i].add_integers(upper[i - 1].shift_right::<51>());
            }
        }
        let limb = |i: usize| {
            upper[i].and(V::splat_bits(MASK)).or(V::splat(EXPONENT)).subtract(V::splat(EXPONENT + HALF_LIMB))
        };
        let carried = upper[3].shift_right::<51>().or(V::splat(EXPONENT));
        let last = primes
            .multiply_add(V::splat(-P::CENTRED[4]), top)
            .add(carried.subtract(V::splat(EXPONENT + CARRIED_BIAS as f64)));
        [limb(0), limb(1), limb(2), limb(3), last]
    }
}
