//! Scalars cut into signed digits of c bits. s and −s cost the same, so of the two the smaller is taken; and half a base is added
//! at every digit beforehand, so that each digit can be read for itself, without the carries of those below it.

use crate::field::{scalar, Words};

/// Bits of the largest scalar after taking the smaller of s and −s, and one for the carry into the highest digit.
const BITS: usize = 254;
const NEGATED: u64 = 1 << 63;

pub struct Digits {
    bits: usize,
    /// Scalars with the halves added; the top bit says that it is −s.
    shifted: Vec<Words>,
}

impl Digits {
    /// The scalars are below the order.
    pub fn new(scalars: &[Words], bits: usize) -> Self {
        let halves = halves(bits);
        let shifted = scalars
            .iter()
            .map(|s| {
                let opposite = scalar::sub(&[0; 4], s);
                let negated = opposite.iter().rev().lt(s.iter().rev());
                let mut sum = add(if negated { &opposite } else { s }, &halves);
                if negated {
                    sum[3] |= NEGATED;
                }
                sum
            })
            .collect();
        Digits { bits, shifted }
    }

    /// How many digits a scalar has.
    pub fn count(bits: usize) -> usize {
        BITS.div_ceil(bits)
    }

    /// Digit `window` of scalar `index`, lowest first, from −2^(bits − 1) to 2^(bits − 1).
    #[inline(always)]
    pub fn digit(&self, index: usize, window: usize) -> i32 {
        let words = &self.shifted[index];
        let at = window * self.bits;
        let (word, bit) = (at / 64, at % 64);
        let mut value = words[word] >> bit;
        if bit + self.bits > 64 && word < 3 {
            value |= words[word + 1] << (64 - bit);
        }
        let mut digit = (value & ((1 << self.bits) - 1)) as i32;
        if window + 1 == Self::count(self.bits) {
            // The highest digit has no half, and beside it is the sign.
            let width = (255 - at).min(self.bits);
            digit &= ((1u64 << width) - 1) as i32;
        } else {
            digit -= 1 << (self.bits - 1);
        }
        // Without a branch: the sign is as good as random.
        let sign = (words[3] >> 63) as i32;
        (digit ^ -sign) + sign
    }
}

/// Half a base at every digit but the highest.
fn halves(bits: usize) -> Words {
    let mut sum = [0; 4];
    for window in 0..Digits::count(bits) - 1 {
        let at = window * bits + bits - 1;
        sum[at / 64] |= 1 << (at % 64);
    }
    sum
}

fn add(a: &Words, b: &Words) -> Words {
    let mut carry = false;
    std::array::from_fn(|i| {
        let (sum, over) = a[i].overflowing_add(b[i]);
        let (sum, again) = sum.overflowing_add(u64::from(carry));
        carry = over | again;
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField};

    #[test]
    fn digits_make_up_the_scalar() {
        let mut values: Vec<Fr> = (0..40u64).map(|i| Fr::from(i).pow([i + 70])).collect();
        values.extend([Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(u128::MAX), -Fr::from(u64::MAX)]);
        let half = (-Fr::ONE) / Fr::from(2u64);
        values.extend([half, half + Fr::ONE]);
        values.extend((0..254u64).map(|i| Fr::from(2u64).pow([i])));
        let scalars: Vec<Words> = values.iter().map(|value| value.into_bigint().0).collect();
        for bits in 2..=17 {
            let digits = Digits::new(&scalars, bits);
            for (i, value) in values.iter().enumerate() {
                let mut sum = Fr::ZERO;
                for window in (0..Digits::count(bits)).rev() {
                    sum *= Fr::from_bigint(BigInt([1 << bits, 0, 0, 0])).expect("small");
                    let digit = digits.digit(i, window);
                    assert!(digit.unsigned_abs() <= 1 << (bits - 1), "{digit} of {bits} bits");
                    sum += Fr::from(digit);
                }
                assert_eq!(sum, *value, "scalar {i} in digits of {bits} bits");
            }
        }
    }
}
