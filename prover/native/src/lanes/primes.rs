//! The two primes in the forms that the lanes calculate with.

use crate::field::{base, scalar, Words};

pub trait Prime: Copy + 'static {
    const WORDS: Words;
    /// a·b/2^256 of words.
    fn mul(a: &Words, b: &Words) -> Words;
    /// In limbs of 51 bits between −2^50 and 2^50.
    const CENTRED: [f64; 5];
    /// The multiple that is −1 in its lowest limb of 51 bits.
    const DIRECT: [f64; 6];
    /// −1/prime modulo 2^51, between −2^50 and 2^50.
    const NEGATIVE_INVERSE: f64;
    /// 2^255 modulo the prime, between −prime/2 and prime/2.
    const ONE: [f64; 5];
}

/// The prime of the coordinates.
#[derive(Clone, Copy)]
pub struct Base;

/// The prime of the scalars.
#[derive(Clone, Copy)]
pub struct Scalar;

impl Prime for Base {
    const WORDS: Words = base::PRIME;
    #[inline(always)]
    fn mul(a: &Words, b: &Words) -> Words {
        base::mul(a, b)
    }
    const CENTRED: [f64; 5] =
        [154029749239111.0, 612489067865988.0, -557033797581398.0, 22935798733633.0, 851317936231194.0];
    const DIRECT: [f64; 6] =
        [-1.0, 324664056633514.0, 96566577995231.0, 1117491690367775.0, 134030102137171.0, 215951800464420.0];
    const NEGATIVE_INVERSE: f64 = 571208714576777.0;
    const ONE: [f64; 5] =
        [-462089247717333.0, 414332610087284.0, -580698420941055.0, -68807396200898.0, -302153995008334.0];
}

impl Prime for Scalar {
    const WORDS: Words = scalar::PRIME;
    #[inline(always)]
    fn mul(a: &Words, b: &Words) -> Words {
        scalar::mul(a, b)
    }
    const CENTRED: [f64; 5] =
        [551490712240129.0, 298204647270524.0, -557033826758751.0, 22935798733633.0, 851317936231194.0];
    const DIRECT: [f64; 6] =
        [-1.0, 102016710444964.0, -477029361072262.0, 624454531360320.0, -269735390174723.0, 208497190621298.0];
    const NEGATIVE_INVERSE: f64 = 551490712240127.0;
    const ONE: [f64; 5] =
        [597327676964861.0, -894613941811573.0, -580698333408995.0, -68807396200898.0, -302153995008334.0];
}

/// 2^204 / prime of either prime: limb 4 of 51 bits times this is the value in primes, within 2^-40.
pub const RATIO: f64 = 1.1746492790073532e-15;
