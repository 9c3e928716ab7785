//! The polynomial work: what A·B − C is at the odd points of the doubled domain, where A, B and C are the polynomials that the
//! constraints' rows give on the domain itself; those values are the scalars of section 9.

use crate::failure::Failure;
use crate::field::{scalar, Words};
use crate::lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{self, doubles::Fives, instructions::Avx2, primes::Scalar, vector::avx2::Four};
#[cfg(all(target_arch = "x86_64", avx512))]
use crate::lanes::{instructions::Ifma, integers::ifma::Eight, unsigned::Unsigned};
use crate::matrices::products;
use crate::transform::{bit_reversed, Transform};
use crate::zkey::Zkey;
use ark_bn254::Fr;
use ark_ff::{Field, PrimeField};
use rayon::prelude::*;

/// The scalars, not in Montgomery form, in the order of the points.
pub fn quotient_scalars(lanes: Lanes, key: &Zkey, witness: &[Words]) -> Result<Vec<Words>, Failure> {
    let [a, b] = products(lanes, &key.matrices, witness)?;
    Ok(match lanes {
        #[cfg(target_arch = "x86_64")]
        Lanes::Avx2 if key.matrices.rows >= lanes::transform::LEAST => {
            lanes::transform::quotient::<Fives<Four, Scalar>, Avx2>(&a, &b)
        }
        #[cfg(all(target_arch = "x86_64", avx512))]
        Lanes::Ifma if key.matrices.rows >= lanes::transform::LEAST => {
            lanes::transform::quotient::<Unsigned<Eight, Scalar>, Ifma>(&a, &b)
        }
        _ => quotient(reversed(&a), reversed(&b)),
    })
}

/// The values at reversed places.
fn reversed(values: &[Words]) -> Vec<Words> {
    let bits = values.len().ilog2();
    (0..values.len()).map(|i| values[bit_reversed(i, bits)]).collect()
}

/// The values of A·B − C at the odd points, from those of A and B on the domain at reversed places.
fn quotient(mut a: Vec<Words>, mut b: Vec<Words>) -> Vec<Words> {
    let size = a.len();
    let transform = Transform::new(size);
    // A satisfied row's C is its A·B.
    let mut c: Vec<Words> = a.iter().zip(&b).map(|(a, b)| scalar::mul(a, b)).collect();
    rayon::join(
        || transform.to_odd_points(&mut a),
        || rayon::join(|| transform.to_odd_points(&mut b), || transform.to_odd_points(&mut c)),
    );
    // The transforms leave a factor n. Plain factors instead of Montgomery ones take the results out of Montgomery form.
    let over_n = Fr::from(size as u64).inverse().expect("the domain is smaller than the field");
    let over_n2 = over_n.square().into_bigint().0;
    let over_n = over_n.into_bigint().0;
    let bits = size.ilog2();
    (0..size)
        .into_par_iter()
        .with_min_len(1024)
        .map(|i| {
            let at = bit_reversed(i, bits);
            scalar::sub(&scalar::mul(&scalar::mul(&a[at], &b[at]), &over_n2), &scalar::mul(&c[at], &over_n))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::primes::Scalar;
    use crate::lanes::unsigned::Unsigned;
    use crate::lanes::{self, emulated};

    #[test]
    fn lanes_agree_with_words() {
        for bits in [4, 5, 6, 7, 8, 9, 13, 15] {
            let size = 1usize << bits;
            let mut value = Fr::from(3u64);
            let mut values = || -> Vec<Words> {
                let next = |_| {
                    value = value * value + Fr::from(7u64);
                    value.0 .0
                };
                (0..size).map(next).collect()
            };
            let (a, mut b) = (values(), values());
            b[1] = [0; 4];
            b[2] = (-Fr::ONE).0 .0;
            let expected = quotient(reversed(&a), reversed(&b));
            #[cfg(target_arch = "x86_64")]
            if Lanes::here().contains(&Lanes::Avx2) {
                let found = lanes::transform::quotient::<Fives<Four, Scalar>, Avx2>(&a, &b);
                assert!(found == expected, "2^{bits} rows, AVX2");
            }
            #[cfg(all(target_arch = "x86_64", avx512))]
            if Lanes::here().contains(&Lanes::Ifma) {
                let found = lanes::transform::quotient::<Unsigned<Eight, Scalar>, Ifma>(&a, &b);
                assert!(found == expected, "2^{bits} rows, AVX-512 IFMA");
            }
            let emulated = lanes::transform::quotient::<Unsigned<emulated::Eight, Scalar>, emulated::Anything>(&a, &b);
            assert!(emulated == expected, "2^{bits} rows, emulated");
        }
    }
}
