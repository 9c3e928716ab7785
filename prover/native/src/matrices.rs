//! The constraints' matrices A and B times the witness. The key lists the coefficients row by row, mostly. The products
//! of neighbours in a row are summed up before they are reduced.
//!
//! Nine tenths of the coefficients are long numbers, so products with 1 and −1 are made like all others.

use crate::container::read_u32;
use crate::failure::Failure;
use crate::field::{read_words, scalar, sum_of_products, Words, MOST_PRODUCTS};
use crate::lanes::Lanes;
#[cfg(all(target_arch = "x86_64", avx512))]
use crate::lanes::{instructions::Ifma, integers::ifma::Eight, runs};
use rayon::prelude::*;
use std::sync::Mutex;

/// Bytes of one coefficient: matrix, row, wire (u32 each), value·R². One Montgomery product with the plain witness then
/// has the right form.
pub const COEFFICIENT: usize = VALUE_AT + 32;
pub const WIRE_AT: usize = 8;
pub const VALUE_AT: usize = 12;
/// A and B.
const MATRICES: usize = 2;
/// Coefficients that a thread takes at a time: 180 kB, which stay in a core's cache while they are read twice.
const PIECE: usize = 1 << 12;

pub struct Matrices<'a> {
    /// A power of two.
    pub rows: usize,
    /// `COEFFICIENT` bytes each.
    pub coefficients: &'a [u8],
}

/// Neighbouring coefficients of one row of a matrix.
#[derive(Clone, Copy, Default)]
pub struct Run {
    matrix: u32,
    row: u32,
    /// The first one's number in its piece.
    pub first: usize,
    pub terms: usize,
}

/// The sum of each run. It may put the runs into another order.
type Sums = fn(piece: &[u8], witness: &[Words], runs: &mut [Run]) -> Vec<Words>;

/// A way to sum up the products of runs.
#[derive(Clone, Copy)]
struct Way {
    /// The most terms of a run.
    most: usize,
    sums: Sums,
}

/// A and B times the witness, in Montgomery form.
pub fn products(lanes: Lanes, matrices: &Matrices, witness: &[Words]) -> Result<[Vec<Words>; MATRICES], Failure> {
    products_by(way(lanes), matrices, witness)
}

fn way(lanes: Lanes) -> Way {
    match lanes {
        #[cfg(all(target_arch = "x86_64", avx512))]
        Lanes::Ifma => Way { most: runs::MOST_TERMS, sums: runs::sums::<Eight, Ifma> },
        // Four lanes were measured: they save less than a hundredth of a proof.
        _ => Way { most: MOST_PRODUCTS, sums: one_by_one },
    }
}

fn products_by(way: Way, matrices: &Matrices, witness: &[Words]) -> Result<[Vec<Words>; MATRICES], Failure> {
    let products = [(); MATRICES].map(|()| Mutex::new(vec![[0; 4]; matrices.rows]));
    matrices.coefficients.par_chunks(PIECE * COEFFICIENT).try_for_each(|piece| {
        let mut runs = runs_of(piece, matrices.rows, witness.len(), way.most)?;
        let sums = (way.sums)(piece, witness, &mut runs);
        for (matrix, rows) in products.iter().enumerate() {
            let mut rows = rows.lock().expect("no thread panics");
            for (run, sum) in runs.iter().zip(&sums).filter(|(run, _)| run.matrix as usize == matrix) {
                let place = &mut rows[run.row as usize];
                *place = scalar::add(place, sum);
            }
        }
        Ok(())
    })?;
    Ok(products.map(|rows| rows.into_inner().expect("no thread panics")))
}

/// The runs of a piece, each of at most `most` terms. What is no coefficient of A or B is left out.
fn runs_of(piece: &[u8], rows: usize, wires: usize, most: usize) -> Result<Vec<Run>, Failure> {
    let mut runs = Vec::with_capacity(PIECE / 4);
    let mut run = Run::default();
    for (i, coefficient) in piece.chunks_exact(COEFFICIENT).enumerate() {
        let (matrix, row) = (read_u32(coefficient, 0), read_u32(coefficient, 4));
        if (matrix as usize) < MATRICES {
            let wire = read_u32(coefficient, WIRE_AT) as usize;
            if row as usize >= rows || wire >= wires {
                return Err(Failure::new(format!(
                    "a coefficient is for row {row} and wire {wire}: make the key again"
                )));
            }
            if !scalar::is_reduced(&read_words(coefficient, VALUE_AT)) {
                return Err(Failure::new(format!(
                    "the coefficient of row {row} and wire {wire} is not below the field's order: make the key again"
                )));
            }
        }
        if run.matrix == matrix && run.row == row && run.terms < most {
            run.terms += 1;
        } else {
            runs.push(run);
            run = Run { matrix, row, first: i, terms: 1 };
        }
    }
    runs.push(run);
    runs.retain(|run| run.terms > 0 && (run.matrix as usize) < MATRICES);
    Ok(runs)
}

fn one_by_one(piece: &[u8], witness: &[Words], runs: &mut [Run]) -> Vec<Words> {
    let sum = |run: &Run| {
        let terms = piece[run.first * COEFFICIENT..].chunks_exact(COEFFICIENT).take(run.terms);
        sum_of_products(terms.map(|term| (witness[read_u32(term, WIRE_AT) as usize], read_words(term, VALUE_AT))))
    };
    runs.iter().map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{emulated, runs};
    use ark_bn254::Fr;
    use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
    use ark_std::rand::{Rng, RngCore};

    /// A matrix, a row, a wire and a value.
    type Term = (u32, u32, u32, Fr);

    fn ways() -> Vec<Way> {
        let mut ways: Vec<Way> = Lanes::here().into_iter().map(way).collect();
        ways.push(Way { most: runs::MOST_TERMS, sums: runs::sums::<emulated::Eight, emulated::Anything> });
        ways
    }

    fn bytes(terms: &[Term]) -> Vec<u8> {
        let r = Fr::from(2u64).pow([256]);
        let mut bytes = Vec::new();
        for (matrix, row, wire, value) in terms {
            for number in [matrix, row, wire] {
                bytes.extend(number.to_le_bytes());
            }
            for word in (*value * r * r).into_bigint().0 {
                bytes.extend(word.to_le_bytes());
            }
        }
        bytes
    }

    /// Compares all ways with the crates' arithmetic.
    fn agree(rows: usize, witness: &[Fr], terms: &[Term]) {
        let mut expected = [(); MATRICES].map(|()| vec![Fr::ZERO; rows]);
        for (matrix, row, wire, value) in terms {
            expected[*matrix as usize][*row as usize] += *value * witness[*wire as usize];
        }
        let expected = expected.map(|rows| rows.into_iter().map(|value| value.0 .0).collect::<Vec<Words>>());
        let witness: Vec<Words> = witness.iter().map(|value| value.into_bigint().0).collect();
        let coefficients = bytes(terms);
        for (i, way) in ways().into_iter().enumerate() {
            let found = products_by(way, &Matrices { rows, coefficients: &coefficients }, &witness).expect("it fits");
            assert!(found == expected, "way {i}, {} terms", terms.len());
        }
    }

    fn edges() -> Vec<Fr> {
        let half = Fr::from(2u64).inverse().expect("not 0");
        let powers = [51, 52, 64, 128, 204, 253].map(|power| Fr::from(2u64).pow([power]));
        let mut edges = vec![Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(2u64), half, half - Fr::ONE];
        edges.extend(powers.iter().flat_map(|power| [*power, *power - Fr::ONE, -*power]));
        edges
    }

    #[test]
    fn rows_of_all_lengths() {
        let mut random = ark_std::test_rng();
        let edges = edges();
        let mut witness = edges.clone();
        witness.extend((0..200).map(|_| Fr::rand(&mut random)));
        // Around the most terms of every way, and more than a piece.
        let lengths = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 255, 256, 257, 511, 513, 600, PIECE + 1];
        let mut terms = Vec::new();
        for row in 0..256 {
            for matrix in 0..MATRICES as u32 {
                let length =
                    if row < 2 * lengths.len() as u32 { lengths[row as usize / 2] } else { random.gen_range(0..40) };
                for _ in 0..length {
                    let value = if random.gen_bool(0.5) {
                        Fr::rand(&mut random)
                    } else {
                        edges[random.gen_range(0..edges.len())]
                    };
                    terms.push((matrix, row, random.next_u32() % witness.len() as u32, value));
                }
            }
        }
        agree(256, &witness, &terms);
    }

    #[test]
    fn the_largest_sums() {
        // What is in the key is the value times R².
        let over_r2 = Fr::from(2u64).pow([512]).inverse().expect("not 0");
        for edge in edges() {
            // All products the same: rows of the most products for each way, and of one more.
            for length in [1, 16, 17, 256, 257, 1000] {
                let terms: Vec<Term> = (0..length).map(|_| (1, 3, 0, edge * over_r2)).collect();
                agree(4, &[edge], &terms);
                agree(4, &[-Fr::ONE], &terms);
            }
        }
    }

    #[test]
    fn terms_in_any_order() {
        let mut random = ark_std::test_rng();
        let witness: Vec<Fr> = (0..50).map(|_| Fr::rand(&mut random)).collect();
        let mut term = || -> Term {
            let number = random.next_u32();
            (number & 1, number >> 1 & 7, (number >> 4) % 50, Fr::rand(&mut random))
        };
        let terms: Vec<Term> = (0..2 * PIECE + 100).map(|_| term()).collect();
        agree(8, &witness, &terms);
        agree(8, &witness, &[]);
        agree(1, &witness, &[(0, 0, 49, -Fr::ONE), (1, 0, 0, Fr::ONE), (0, 0, 1, Fr::ONE)]);
    }

    #[test]
    fn rows_wires_and_values_that_there_are_not() {
        let witness = [[1, 0, 0, 0], [2, 0, 0, 0]];
        for way in ways() {
            let run = |coefficients: &[u8]| products_by(way, &Matrices { rows: 4, coefficients }, &witness);
            assert!(run(&bytes(&[(0, 3, 1, Fr::ONE)])).is_ok());
            for (row, wire) in [(4, 1), (3, 2)] {
                let terms = [(0, 0, 0, Fr::ONE), (1, row, wire, Fr::ONE)];
                let failed = run(&bytes(&terms)).expect_err("there is none").to_string();
                assert!(failed.contains(&format!("row {row} and wire {wire}")), "{failed}");
            }
            // The largest value is below the order, and the next one is it.
            let mut largest = bytes(&[(0, 2, 1, -Fr::from(2u64).pow([512]).inverse().expect("not 0"))]);
            assert!(run(&largest).is_ok());
            largest[VALUE_AT] += 1;
            let failed = run(&largest).expect_err("it is the order").to_string();
            assert!(failed.contains("row 2 and wire 1 is not below the field's order"), "{failed}");
            // Of a third matrix there may be coefficients. Nothing reads them.
            let found = run(&bytes(&[(0, 0, 0, Fr::ONE), (2, 9, 9, Fr::ONE), (0, 0, 1, Fr::ONE)])).expect("it fits");
            assert_eq!(found[0][0], Fr::from(3u64).0 .0);
        }
    }
}
