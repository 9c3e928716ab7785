//! From a key and a witness to a proof.

use crate::coordinate::Coordinate;
use crate::failure::Failure;
use crate::field::{read_words, Words};
use crate::groups::Point;
use crate::lanes::Lanes;
use crate::msm::{affine, sum_of_products};
use crate::quotient::quotient_scalars;
use crate::zkey::Zkey;
use ark_bn254::{g1, g2, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::CurveGroup;
use ark_ff::{BigInt, PrimeField, Zero};
use std::time::Instant;

pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

/// What hides the witness in a proof: two scalars that nobody knows and that are never used again.
pub struct Blinding {
    pub r: Fr,
    pub s: Fr,
}

impl Blinding {
    /// Uniform, from the operating system's generator.
    pub fn fresh() -> Result<Self, Failure> {
        Ok(Blinding { r: random_scalar()?, s: random_scalar()? })
    }
}

fn random_scalar() -> Result<Fr, Failure> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| Failure::new(format!("the system gives no random numbers ({error}): try again")))?;
        // 254 bits, as many as the order has: three in four are below it.
        bytes[31] &= 0x3f;
        if let Some(scalar) = Fr::from_bigint(BigInt(read_words(&bytes, 0))) {
            return Ok(scalar);
        }
    }
}

/// Seconds that the two halves of the work took; they run side by side.
#[derive(Default)]
pub struct Timing {
    pub quotient: f64,
    pub sums: f64,
}

/// A = α + Σa + r·δ, B = β + Σb + s·δ (in both groups), C = Σc + Σh + s·A + r·B − r·s·δ.
pub fn prove(key: &Zkey, witness: &[Words], blinding: &Blinding, lanes: Lanes) -> Result<(Proof, Timing), Failure> {
    let started = Instant::now();
    let secret = &witness[key.public_signals + 1..];
    let (h, ((b2, a), (b1, c))) = rayon::join(
        || -> Result<(G1Projective, f64), Failure> {
            let scalars = quotient_scalars(lanes, key, witness)?;
            let seconds = started.elapsed().as_secs_f64();
            Ok((sum_of_products::<g1::Config>(lanes, &key.h, &scalars)?, seconds))
        },
        || {
            rayon::join(
                || {
                    rayon::join(
                        || sum_of_products::<g2::Config>(lanes, &key.b2, witness),
                        || sum_of_products::<g1::Config>(lanes, &key.a, witness),
                    )
                },
                || {
                    rayon::join(
                        || sum_of_products::<g1::Config>(lanes, &key.b1, witness),
                        || sum_of_products::<g1::Config>(lanes, &key.c, secret),
                    )
                },
            )
        },
    );
    let (h, quotient) = h?;
    let timing = Timing { quotient, sums: started.elapsed().as_secs_f64() };
    let Blinding { r, s } = blinding;
    let delta1: G1Projective = projective::<g1::Config>(&key.delta1);
    let delta2: G2Projective = projective::<g2::Config>(&key.delta2);
    let a = projective::<g1::Config>(&key.alpha1) + a? + delta1 * r;
    let b1 = projective::<g1::Config>(&key.beta1) + b1? + delta1 * s;
    let b2 = projective::<g2::Config>(&key.beta2) + b2? + delta2 * s;
    let c = c? + h + a * s + b1 * r - delta1 * (*r * s);
    if a.is_zero() || b2.is_zero() || c.is_zero() {
        return Err(Failure::new("a part of the proof is the point at infinity: prove again"));
    }
    Ok((Proof { a: a.into_affine(), b: b2.into_affine(), c: c.into_affine() }, timing))
}

fn projective<P>(point: &Point<P::BaseField>) -> Projective<P>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    affine::<P>(point).into()
}
