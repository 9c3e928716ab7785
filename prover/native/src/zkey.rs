//! A Groth16 proving key as snarkjs lays it out. Its points are affine and in Montgomery form with R = 2^256, which is the form
//! that is calculated with: nothing is converted, the file is used where it lies.

use crate::container::{read_u32, Container};
use crate::failure::Failure;
use crate::field::{base, read_words, scalar};
use crate::groups::Point;
use crate::matrices::{Matrices, COEFFICIENT};
use crate::msm::Points;
use ark_bn254::{Fq, Fq2};

const GROTH16: u32 = 1;
/// log2 of the largest domain: the field has roots of unity of order 2^28, and the domain is doubled.
const LARGEST_DOMAIN: u32 = 27;
/// Primes and their sizes, then the three counts.
const COUNTS_AT: usize = 2 * (4 + 32);

pub struct Zkey<'a> {
    pub wires: usize,
    pub public_signals: usize,
    pub alpha1: Point<Fq>,
    pub beta1: Point<Fq>,
    pub beta2: Point<Fq2>,
    pub delta1: Point<Fq>,
    pub delta2: Point<Fq2>,
    pub matrices: Matrices<'a>,
    pub a: Points<'a>,
    pub b1: Points<'a>,
    pub b2: Points<'a>,
    /// For the wires that are not public.
    pub c: Points<'a>,
    /// For the odd points of the doubled domain.
    pub h: Points<'a>,
}

impl<'a> Zkey<'a> {
    pub fn read(bytes: &'a [u8], name: &'a str) -> Result<Self, Failure> {
        let file = Container::open(bytes, "zkey", name)?;
        if read_u32(file.section(1, 4)?, 0) != GROTH16 {
            return Err(Failure::new(format!("{name} is not a Groth16 key: make it again")));
        }
        let header = file.section(2, COUNTS_AT + 12 + 3 * 64 + 3 * 128)?;
        let of_bn254 = read_u32(header, 0) == 32
            && read_words(header, 4) == base::PRIME
            && read_u32(header, 36) == 32
            && read_words(header, 40) == scalar::PRIME;
        if !of_bn254 {
            return Err(Failure::new(format!("{name} is not over BN254: make it again")));
        }
        let count = |i: usize| read_u32(header, COUNTS_AT + 4 * i) as usize;
        let (wires, public_signals, domain) = (count(0), count(1), count(2));
        if !domain.is_power_of_two() || domain.ilog2() > LARGEST_DOMAIN || public_signals >= wires {
            return Err(Failure::new(format!("{name} is for {domain} rows, which there cannot be: make it again")));
        }
        let g1 = |at: usize| Point::<Fq>::read(&header[COUNTS_AT + 12 + at..], 0);
        let g2 = |at: usize| Point::<Fq2>::read(&header[COUNTS_AT + 12 + at..], 0);
        let coefficients = file.section(4, 4)?;
        let counted = read_u32(coefficients, 0) as usize;
        if counted.checked_mul(COEFFICIENT) != Some(coefficients.len() - 4) {
            return Err(file.wrong_size(4));
        }
        let points = |section: u32, count: usize, size: usize| -> Result<Points<'a>, Failure> {
            Ok(Points { section, bytes: file.exact(section, count, size)? })
        };
        Ok(Zkey {
            wires,
            public_signals,
            alpha1: g1(0),
            beta1: g1(64),
            beta2: g2(128),
            // γ2 is for verifying.
            delta1: g1(128 + 2 * 128),
            delta2: g2(128 + 2 * 128 + 64),
            matrices: Matrices { rows: domain, coefficients: &coefficients[4..] },
            a: points(5, wires, 64)?,
            b1: points(6, wires, 64)?,
            b2: points(7, wires, 128)?,
            c: points(8, wires - public_signals - 1, 64)?,
            h: points(9, domain, 64)?,
        })
    }
}
