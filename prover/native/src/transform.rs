//! Number-theoretic transforms from values on the domain to values at the odd points of the doubled one, without ever putting
//! anything in order: values are kept at places whose bits are reversed, coefficients are not.

use crate::field::{scalar, Words};
use ark_bn254::Fr;
use ark_ff::{BigInt, FftField, Field};

/// Below this size halves are not given to other threads.
const WORTH_DIVIDING: usize = 1 << 13;
/// So many values, 128 kB, stay in a core's cache while all levels are done, one after the other.
const IN_CACHE: usize = 1 << 12;

/// X^m − f² is (X^(m/2) − f)·(X^(m/2) + f): splitting X^n − 1 and X^n + 1 like this down to degree one, which leads to the
/// domain and to the odd points, every factor has one f.
pub struct Transform {
    pub size: usize,
    /// 1/f for the factors of X^n − 1: number b of every level has w^bitrev(b), of the root w of order n.
    pub inverse: Vec<Words>,
    /// f for the factors of X^n + 1: number k of level l is at 2^l + k; these are the powers, in reversed order, of the root of
    /// order 2n.
    pub odd: Vec<Words>,
}

impl Transform {
    /// `size` is a power of two, at most 2^27.
    pub fn new(size: usize) -> Self {
        let root = Fr::get_root_of_unity(2 * size as u64).expect("the key's reader refused larger domains");
        let inverse = Fr::new_unchecked(BigInt(scalar::inverse(&words(root.square()))));
        Transform { size, inverse: reversed_powers(inverse, size / 2), odd: reversed_powers(root, size) }
    }

    /// From values on the domain (reversed places) to n times the values at its odd points (reversed places).
    pub fn to_odd_points(&self, values: &mut [Words]) {
        debug_assert_eq!(values.len(), self.size);
        self.interpolate(values, 0);
        self.evaluate(values, 1);
    }

    /// Values at the roots of factor `factor` of X^n − 1 become coefficients, times their number.
    fn interpolate(&self, values: &mut [Words], factor: usize) {
        if values.len() > IN_CACHE {
            let (low, high) = values.split_at_mut(values.len() / 2);
            both(low, high, |half, i| self.interpolate(half, 2 * factor + i));
            join(values, factor == 0, &self.inverse[factor]);
            return;
        }
        let mut size = 2;
        while size <= values.len() {
            let first = factor * (values.len() / size);
            for (i, block) in values.chunks_exact_mut(size).enumerate() {
                join(block, first + i == 0, &self.inverse[first + i]);
            }
            size *= 2;
        }
    }

    /// Coefficients become values at the roots of the factor of X^n + 1 whose f is at `factor`.
    fn evaluate(&self, values: &mut [Words], factor: usize) {
        if values.len() > IN_CACHE {
            split(values, &self.odd[factor]);
            let (low, high) = values.split_at_mut(values.len() / 2);
            both(low, high, |half, i| self.evaluate(half, 2 * factor + i));
            return;
        }
        let mut size = values.len();
        while size > 1 {
            let first = factor * (values.len() / size);
            for (i, block) in values.chunks_exact_mut(size).enumerate() {
                split(block, &self.odd[first + i]);
            }
            size /= 2;
        }
    }
}

/// Remainders modulo X^(m/2) ∓ f, to the remainder modulo X^m − f², twice.
#[inline(always)]
fn join(values: &mut [Words], f_is_one: bool, over_f: &Words) {
    let (low, high) = values.split_at_mut(values.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        let difference = scalar::sub(a, b);
        *a = scalar::add(a, b);
        *b = if f_is_one { difference } else { scalar::mul(&difference, over_f) };
    }
}

/// The remainder modulo X^m − f², to those modulo X^(m/2) ∓ f.
#[inline(always)]
fn split(values: &mut [Words], f: &Words) {
    let (low, high) = values.split_at_mut(values.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        let product = scalar::mul(b, f);
        (*a, *b) = (scalar::add(a, &product), scalar::sub(a, &product));
    }
}

/// The number with the lowest `bits` bits in reverse order.
pub fn bit_reversed(value: usize, bits: u32) -> usize {
    // A shift by the whole width is not one.
    if bits == 0 {
        value
    } else {
        value.reverse_bits() >> (usize::BITS - bits)
    }
}

fn both(low: &mut [Words], high: &mut [Words], work: impl Fn(&mut [Words], usize) + Sync) {
    if low.len() < WORTH_DIVIDING {
        work(low, 0);
        work(high, 1);
    } else {
        rayon::join(|| work(low, 0), || work(high, 1));
    }
}

/// base^bitrev(i) for i < count, in Montgomery form; one at least.
fn reversed_powers(base: Fr, count: usize) -> Vec<Words> {
    let mut powers = vec![words(Fr::ONE)];
    // base^(count/2), base^(count/4), …: the weights of the bits from the lowest on.
    let mut weights = Vec::new();
    let mut weight = base;
    for _ in 0..count.max(1).ilog2() {
        weights.push(weight);
        weight.square_in_place();
    }
    for weight in weights.iter().rev() {
        let weight = words(*weight);
        let more: Vec<Words> = powers.iter().map(|power| scalar::mul(power, &weight)).collect();
        powers.extend(more);
    }
    powers
}

fn words(value: Fr) -> Words {
    value.0 .0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, UniformRand};

    #[test]
    fn odd_points_of_a_polynomial() {
        let mut random = ark_std::test_rng();
        for bits in [0, 1, 2, 5, 14] {
            let size = 1usize << bits;
            let coefficients: Vec<Fr> = (0..size.min(40)).map(|_| Fr::rand(&mut random)).collect();
            let at = |x: Fr| coefficients.iter().rev().fold(Fr::ZERO, |sum, c| sum * x + c);
            let root = Fr::get_root_of_unity(2 * size as u64).unwrap();
            let places = || (0..size).map(|i| bit_reversed(i, bits) as u64);
            let mut values: Vec<Words> = places().map(|i| words(at(root.pow([2 * i])))).collect();
            Transform::new(size).to_odd_points(&mut values);
            for (value, i) in values.into_iter().zip(places()) {
                let expected = at(root.pow([2 * i + 1])) * Fr::from(size as u64);
                assert_eq!(Fr::new_unchecked(BigInt(value)), expected, "point {i} of 2^{bits}");
            }
        }
    }
}
