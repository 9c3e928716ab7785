//! Numbers in five limbs of 52 bits, lowest first, and what `unsigned.rs` needs of a prime; the compiler calculates
//! these.

use super::element::{Limbs, LIMBS};
use super::primes::Prime;
use crate::field::Words;
use std::marker::PhantomData;

pub const LIMB_BITS: u32 = 52;
pub const MASK: u64 = (1 << LIMB_BITS) - 1;
/// Highest limbs of sums are divided by this power of two, which is 1.32 primes, to see how many primes are in them.
pub const STEP_BITS: u32 = 46;
/// More than what limbs 0 to 3 of a sum may lack, in places of limb 4.
const SLACK: u64 = 8;

pub const fn from_words(w: &Words) -> Limbs {
    [
        w[0] & MASK,
        (w[0] >> 52 | w[1] << 12) & MASK,
        (w[1] >> 40 | w[2] << 24) & MASK,
        (w[2] >> 28 | w[3] << 36) & MASK,
        w[3] >> 16,
    ]
}

/// Of a number below 2^256.
pub const fn to_words(l: &Limbs) -> Words {
    [l[0] | l[1] << 52, l[1] >> 12 | l[2] << 40, l[2] >> 24 | l[3] << 28, l[3] >> 36 | l[4] << 16]
}

/// A small multiple.
pub const fn multiple(limbs: &Limbs, factor: u64) -> Limbs {
    let mut product = [0; LIMBS];
    let mut carry = 0;
    let mut i = 0;
    while i < LIMBS {
        let wide = limbs[i] as u128 * factor as u128 + carry;
        product[i] = wide as u64 & MASK;
        carry = wide >> LIMB_BITS;
        i += 1;
    }
    assert!(carry == 0);
    product
}

const fn is_below(a: &Limbs, b: &Limbs) -> bool {
    let mut i = LIMBS;
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return a[i] < b[i];
        }
    }
    false
}

/// The number modulo the prime, for small multiples of it.
pub const fn reduced(limbs: &Limbs, prime: &Limbs) -> Limbs {
    let mut number = *limbs;
    while !is_below(&number, prime) {
        let mut borrow = 0;
        let mut i = 0;
        while i < LIMBS {
            let difference = number[i].wrapping_sub(prime[i]).wrapping_sub(borrow);
            number[i] = difference & MASK;
            borrow = difference >> 63;
            i += 1;
        }
    }
    number
}

/// What depends on a prime.
pub struct Forms<P>(PhantomData<P>);

impl<P: Prime> Forms<P> {
    pub const PRIME: Limbs = from_words(&P::WORDS);
    pub const THREE_PRIMES: Limbs = multiple(&Self::PRIME, 3);
    pub const SIX_PRIMES: Limbs = multiple(&Self::PRIME, 6);
    /// ρ = 2^260.
    pub const ONE: Limbs = Self::power_of_two(260);
    /// −1/prime modulo 2^52.
    pub const NEGATIVE_INVERSE: u64 = {
        // Each step doubles the bits that are right; an odd number is its own inverse modulo 8.
        let prime = Self::PRIME[0];
        let mut inverse = prime;
        let mut step = 0;
        while step < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(prime.wrapping_mul(inverse)));
            step += 1;
        }
        inverse.wrapping_neg() & MASK
    };
    /// (prime·NEGATIVE_INVERSE + 1)/2^52, which is below the prime.
    pub const DIRECT: Limbs = {
        let mut direct = [0; LIMBS];
        let mut carry = 1;
        let mut i = 0;
        while i < LIMBS {
            let wide = Self::PRIME[i] as u128 * Self::NEGATIVE_INVERSE as u128 + carry;
            if i > 0 {
                direct[i - 1] = wide as u64 & MASK;
            } else {
                assert!(wide as u64 & MASK == 0);
            }
            carry = wide >> LIMB_BITS;
            i += 1;
        }
        direct[LIMBS - 1] = carry as u64;
        direct
    };

    /// Modulo the prime.
    pub const fn power_of_two(exponent: u32) -> Limbs {
        let mut power = [1, 0, 0, 0, 0];
        let mut i = 0;
        while i < exponent {
            power = reduced(&multiple(&power, 2), &Self::PRIME);
            i += 1;
        }
        power
    }

    /// For each limb, what is to be subtracted to reduce a number to which `more` primes are to be added: m − `more`
    /// primes, where m is the most that numbers have which reach i·2^STEP_BITS in limb 4. Entries wrap at 2^64.
    pub const fn reductions(more: u64) -> [[u64; 8]; LIMBS] {
        let added = multiple(&Self::PRIME, more);
        let mut table = [[0; 8]; LIMBS];
        let mut i = 0;
        while i < 8 {
            let mut m = 0;
            while multiple(&Self::PRIME, m + 1)[LIMBS - 1] + 1 + SLACK <= (i as u64) << STEP_BITS {
                m += 1;
            }
            let taken = multiple(&Self::PRIME, m);
            let mut k = 0;
            while k < LIMBS {
                table[k][i] = taken[k].wrapping_sub(added[k]);
                k += 1;
            }
            i += 1;
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::super::primes::{Base, Scalar};
    use super::*;

    fn forms_fit<P: Prime>() {
        let prime = Forms::<P>::PRIME;
        assert_eq!(to_words(&prime), P::WORDS);
        assert_eq!(P::WORDS[0].wrapping_mul(Forms::<P>::NEGATIVE_INVERSE).wrapping_add(1) & MASK, 0);
        assert!(is_below(&Forms::<P>::DIRECT, &prime));
        // 2^52·DIRECT = 1 modulo the prime.
        let shifted = P::mul(&to_words(&Forms::<P>::DIRECT), &to_words(&Forms::<P>::power_of_two(512 + 52)));
        assert_eq!(shifted, to_words(&Forms::<P>::power_of_two(256)));
        // As many primes as fit into i·2^46·2^208: i times 1.32.
        let taken = Forms::<P>::reductions(0);
        for (i, m) in [0, 1, 2, 3, 5, 6, 7, 9].into_iter().enumerate() {
            assert_eq!(std::array::from_fn(|k| taken[k][i]), multiple(&prime, m));
        }
        let after = Forms::<P>::reductions(6);
        assert_eq!(after[2][5].wrapping_add(Forms::<P>::SIX_PRIMES[2]), taken[2][5]);
    }

    #[test]
    fn forms_of_both_primes_fit() {
        forms_fit::<Base>();
        forms_fit::<Scalar>();
    }

    #[test]
    fn words_become_limbs_and_limbs_words() {
        for words in [[0; 4], [u64::MAX; 4], [1, 2, 3, 4], [u64::MAX, 0, u64::MAX, 0], [0, u64::MAX, 0, u64::MAX]] {
            let limbs = from_words(&words);
            assert!(limbs.iter().all(|&limb| limb <= MASK));
            assert_eq!(to_words(&limbs), words);
        }
    }
}
