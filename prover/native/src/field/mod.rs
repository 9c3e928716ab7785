//! Arithmetic modulo BN254's two primes on numbers of four 64-bit words in Montgomery form (R = 2^256), always reduced. It is
//! what much time goes into, so it does not rely on the compiler for carries: measured, `mul` takes about four fifths of the
//! time of the crates'. Whether the processor has the instructions is found at run time.

mod inverse;
mod sum;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use sum::{sum_of_products, MOST_PRODUCTS};

/// Functions modulo one prime. `$inverse` is −1/prime mod 2^64, `$cube` is R³ modulo the prime.
macro_rules! prime_field {
    ($(#[$doc:meta])* $name:ident, $prime:expr, $inverse:expr, $cube:expr) => {
        $(#[$doc])*
        pub mod $name {
            use super::{adc, multiply_add, sbb, Words};

            pub static PRIME: Words = $prime;
            pub(super) const INVERSE: u64 = $inverse;
            /// R³.
            const CUBE: Words = $cube;

            /// a·b/R.
            #[cfg(target_arch = "x86_64")]
            #[inline(always)]
            pub fn mul(a: &Words, b: &Words) -> Words {
                if super::x86_64::has_two_carry_chains() {
                    super::x86_64::multiply!(a, b, PRIME, INVERSE)
                } else {
                    portable_mul(a, b)
                }
            }

            /// a·b/R.
            #[cfg(not(target_arch = "x86_64"))]
            #[inline(always)]
            pub fn mul(a: &Words, b: &Words) -> Words {
                portable_mul(a, b)
            }

            /// a·b/R, row by row; the highest word of the prime is small enough that no row carries out.
            #[inline(never)]
            pub fn portable_mul(a: &Words, b: &Words) -> Words {
                let mut t = [0; 4];
                for word in b {
                    let (low, mut carry) = multiply_add(t[0], a[0], *word, 0);
                    let factor = low.wrapping_mul(INVERSE);
                    let (_, mut borrowed) = multiply_add(low, factor, PRIME[0], 0);
                    for j in 1..4 {
                        let (sum, next) = multiply_add(t[j], a[j], *word, carry);
                        carry = next;
                        (t[j - 1], borrowed) = multiply_add(sum, factor, PRIME[j], borrowed);
                    }
                    t[3] = carry + borrowed;
                }
                reduce(t)
            }

            #[inline(always)]
            pub fn add(a: &Words, b: &Words) -> Words {
                let (r0, c) = adc(a[0], b[0], false);
                let (r1, c) = adc(a[1], b[1], c);
                let (r2, c) = adc(a[2], b[2], c);
                let (r3, _) = adc(a[3], b[3], c);
                reduce([r0, r1, r2, r3])
            }

            #[inline(always)]
            pub fn sub(a: &Words, b: &Words) -> Words {
                let (r0, c) = sbb(a[0], b[0], false);
                let (r1, c) = sbb(a[1], b[1], c);
                let (r2, c) = sbb(a[2], b[2], c);
                let (r3, c) = sbb(a[3], b[3], c);
                // Which way it goes is random: a mask, not a branch.
                let mask = u64::from(c).wrapping_neg();
                let (r0, c) = adc(r0, PRIME[0] & mask, false);
                let (r1, c) = adc(r1, PRIME[1] & mask, c);
                let (r2, c) = adc(r2, PRIME[2] & mask, c);
                let (r3, _) = adc(r3, PRIME[3] & mask, c);
                [r0, r1, r2, r3]
            }

            /// R²/a: the Montgomery form of an inverse. 0 for 0.
            pub fn inverse(a: &Words) -> Words {
                // 1/a·R³/R.
                mul(&super::inverse::inverse(a, &PRIME, INVERSE.wrapping_neg()), &CUBE)
            }

            /// True if the number is below the prime.
            pub fn is_reduced(a: &Words) -> bool {
                a.iter().rev().lt(PRIME.iter().rev())
            }

            /// Takes the prime away once if that is possible.
            #[inline(always)]
            pub(super) fn reduce(a: Words) -> Words {
                let (r0, c) = sbb(a[0], PRIME[0], false);
                let (r1, c) = sbb(a[1], PRIME[1], c);
                let (r2, c) = sbb(a[2], PRIME[2], c);
                let (r3, c) = sbb(a[3], PRIME[3], c);
                let mask = u64::from(c).wrapping_neg();
                let choose = |less: u64, more: u64| less ^ ((less ^ more) & mask);
                [choose(r0, a[0]), choose(r1, a[1]), choose(r2, a[2]), choose(r3, a[3])]
            }
        }
    };
}

/// A number, lowest word first.
pub type Words = [u64; 4];

prime_field!(
    /// Modulo the prime of the coordinates.
    base,
    [0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029],
    0x87d20782e4866389,
    [0xb1cd6dafda1530df, 0x62f210e6a7283db6, 0xef7f0b0c0ada0afb, 0x20fd6e902d592544]
);
prime_field!(
    /// Modulo the prime of the scalars, the groups' order.
    scalar,
    [0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029],
    0xc2e1f593efffffff,
    [0x5e94d8e1b4bf0040, 0x2a489cbe1cfbb6b8, 0x893cc664a19fcfed, 0xcf8594b7fcc657c]
);

/// x + y·z + carry, low and high.
#[inline(always)]
fn multiply_add(x: u64, y: u64, z: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(x) + u128::from(y) * u128::from(z) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

#[inline(always)]
fn adc(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, again) = sum.overflowing_add(u64::from(carry));
    (sum, over | again)
}

#[inline(always)]
fn sbb(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, again) = difference.overflowing_sub(u64::from(borrow));
    (difference, under | again)
}

/// The 32 little-endian bytes at `at`.
#[inline(always)]
pub fn read_words(bytes: &[u8], at: usize) -> Words {
    let bytes = &bytes[at..at + 32];
    let word = |i: usize| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().expect("eight bytes"));
    [word(0), word(1), word(2), word(3)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField};

    /// Numbers at the edges and some without pattern.
    fn samples<F: PrimeField<BigInt = BigInt<4>>>() -> Vec<Words> {
        let mut values = vec![F::ZERO, F::ONE, -F::ONE, -F::from(2u64), F::from(u64::MAX), F::from(u128::MAX)];
        let mut value = F::from(3u64);
        for _ in 0..60 {
            value = value * value + F::from(7u64);
            values.push(value);
        }
        let mut words: Vec<Words> = values.iter().map(|value| value.into_bigint().0).collect();
        // All low words full, below both primes.
        words.push([u64::MAX, u64::MAX, u64::MAX, 0x2fff_ffff_ffff_ffff]);
        words
    }

    macro_rules! agrees_with_arkworks {
        ($test:ident, $field:ident, $reference:ty) => {
            #[test]
            fn $test() {
                let words = samples::<$reference>();
                let value = |words: Words| <$reference>::new_unchecked(BigInt(words));
                assert_eq!($field::PRIME, <$reference>::MODULUS.0);
                for a in &words {
                    for b in &words {
                        assert_eq!(value($field::mul(a, b)), value(*a) * value(*b));
                        assert_eq!(value($field::portable_mul(a, b)), value(*a) * value(*b));
                        assert_eq!(value($field::add(a, b)), value(*a) + value(*b));
                        assert_eq!(value($field::sub(a, b)), value(*a) - value(*b));
                    }
                    assert_eq!(value($field::inverse(a)), value(*a).inverse().unwrap_or(<$reference>::ZERO));
                    assert!($field::is_reduced(a));
                }
                assert!(!$field::is_reduced(&$field::PRIME));
                assert!(!$field::is_reduced(&[0, 0, 0, u64::MAX]));
            }
        };
    }

    agrees_with_arkworks!(base_agrees_with_arkworks, base, ark_bn254::Fq);
    agrees_with_arkworks!(scalar_agrees_with_arkworks, scalar, ark_bn254::Fr);
}
