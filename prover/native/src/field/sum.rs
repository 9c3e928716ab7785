//! Sums of products of scalars with one reduction.

use super::{multiply_add, scalar, Words};

/// The most products of a sum: 16·prime² is below 2^512. The reduction leaves less than 4.03 primes, which is below
/// 2^256.
pub const MOST_PRODUCTS: usize = 16;

/// Σ a·b/R of at most `MOST_PRODUCTS` pairs of numbers below the prime.
pub fn sum_of_products(pairs: impl Iterator<Item = (Words, Words)>) -> Words {
    let mut t = [0; 8];
    for (a, b) in pairs {
        let mut over = 0;
        for i in 0..4 {
            over = add_row(&mut t[i..i + 5], &a, b[i], over);
        }
    }
    let mut over = 0;
    for i in 0..4 {
        let factor = t[i].wrapping_mul(scalar::INVERSE);
        over = add_row(&mut t[i..i + 5], &scalar::PRIME, factor, over);
    }
    (0..4).fold([t[4], t[5], t[6], t[7]], |rest, _| scalar::reduce(rest))
}

/// Adds a·b to five words, and `over` to the highest. The result is what carries out.
#[inline(always)]
fn add_row(t: &mut [u64], a: &Words, b: u64, over: u64) -> u64 {
    let mut carry = 0;
    for j in 0..4 {
        (t[j], carry) = multiply_add(t[j], a[j], b, carry);
    }
    let (sum, over) = multiply_add(t[4], 1, over, carry);
    t[4] = sum;
    over
}
