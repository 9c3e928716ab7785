//! Σ scalar·point over a section of a key: Pippenger's method. Every digit position (window) is a task of its own: the points
//! are grouped by digit, the groups are summed, and the sums are multiplied by their digits all together.

use crate::coordinate::Coordinate;
use crate::digits::Digits;
use crate::failure::Failure;
use crate::field::Words;
use crate::group_sums::GroupSums;
use crate::groups::{sum_groups, BatchAdder, Point};
use crate::lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{doubles::Fives, instructions::Avx2, primes::Base, sums::LaneSums, vector::avx2::Four};
#[cfg(all(target_arch = "x86_64", avx512))]
use crate::lanes::{instructions::Ifma, integers::ifma::Eight, unsigned::Unsigned};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::AdditiveGroup;
use ark_ff::Zero;
use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
type Avx2Sums<C> = LaneSums<<C as Coordinate>::InLanes<Fives<Four, Base>>, Avx2>;
#[cfg(all(target_arch = "x86_64", avx512))]
type IfmaSums<C> = LaneSums<<C as Coordinate>::InLanes<Unsigned<Eight, Base>>, Ifma>;

/// A section of points in a proving key, one for each scalar.
pub struct Points<'a> {
    /// For messages.
    pub section: u32,
    pub bytes: &'a [u8],
}

/// The sum of the points times their scalars. Points at infinity and scalars of zero cost nothing, small scalars little.
///
/// Fails if a coordinate that is used is not below the prime.
pub fn sum_of_products<P>(lanes: Lanes, points: &Points, scalars: &[Words]) -> Result<Projective<P>, Failure>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    match lanes {
        Lanes::None => sum_with::<P, GroupSums<P::BaseField>>(points, scalars),
        #[cfg(target_arch = "x86_64")]
        Lanes::Avx2 => sum_with::<P, Avx2Sums<P::BaseField>>(points, scalars),
        #[cfg(all(target_arch = "x86_64", avx512))]
        Lanes::Ifma => sum_with::<P, IfmaSums<P::BaseField>>(points, scalars),
    }
}

fn sum_with<P, A>(points: &Points, scalars: &[Words]) -> Result<Projective<P>, Failure>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
    A: BatchAdder<P::BaseField>,
{
    let live = live::<P::BaseField>(points, scalars)?;
    let bits = best_bits(live.iter().map(|&i| &scalars[i as usize]));
    let digits = Digits::new(scalars, bits);
    let windows: Vec<Projective<P>> = (0..Digits::count(bits))
        .into_par_iter()
        .rev()
        .with_max_len(1)
        .map(|window| sum_of_window::<P, A>(points.bytes, &digits, &live, window, bits))
        .collect();
    // From the highest to the lowest: collected in the order of the iterator, which is reversed.
    let mut total = Projective::<P>::zero();
    for window in windows {
        for _ in 0..bits {
            total.double_in_place();
        }
        total += window;
    }
    Ok(total)
}

/// Places of the points that count.
fn live<C: Coordinate>(points: &Points, scalars: &[Words]) -> Result<Vec<u32>, Failure> {
    let mut live = Vec::new();
    for (i, scalar) in scalars.iter().enumerate() {
        if *scalar == [0; 4] {
            continue;
        }
        let point = Point::<C>::read(points.bytes, i);
        if point.is_infinity() {
            continue;
        }
        if !point.x.is_reduced() || !point.y.is_reduced() {
            return Err(Failure::new(format!(
                "point {i} of section {} is not reduced: make the key again",
                points.section
            )));
        }
        live.push(i as u32);
    }
    Ok(live)
}

/// The size of digits for which the fewest additions are expected: one for each point in a window, two for each digit value.
fn best_bits<'a>(scalars: impl Iterator<Item = &'a Words>) -> usize {
    // Small scalars are in the lowest windows only.
    let long = scalars.filter(|s| s[3] != 0 || s[2] != 0).count();
    (3..=16)
        .min_by_key(|&bits| Digits::count(bits) * (long + (2 << (bits - 1)) + 64))
        .expect("there are sizes to choose from")
}

/// Σ digit·point of one window.
fn sum_of_window<P, A>(bytes: &[u8], digits: &Digits, live: &[u32], window: usize, bits: usize) -> Projective<P>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
    A: BatchAdder<P::BaseField>,
{
    // Group d − 1 has the points of digit d and, negated, of −d.
    let mut ends = vec![0u32; 1 << (bits - 1)];
    let values: Vec<i32> = live.iter().map(|&i| digits.digit(i as usize, window)).collect();
    for &digit in &values {
        if digit != 0 {
            ends[digit.unsigned_abs() as usize - 1] += 1;
        }
    }
    let mut next = starts(&mut ends);
    let mut order = vec![0u32; ends.last().map_or(0, |&end| end as usize)];
    for (&i, &digit) in live.iter().zip(&values) {
        if digit != 0 {
            let place = &mut next[digit.unsigned_abs() as usize - 1];
            order[*place as usize] = i << 1 | u32::from(digit < 0);
            *place += 1;
        }
    }
    let mut adder = A::new();
    let buckets = sum_groups(&mut adder, bytes, &order, &ends);
    weighted_sum::<P, A>(&mut adder, &buckets)
}

/// Turns counts into where groups end; returns where they begin.
fn starts(counts: &mut [u32]) -> Vec<u32> {
    let mut end = 0;
    counts
        .iter_mut()
        .map(|count| {
            let start = end;
            end += *count;
            *count = end;
            start
        })
        .collect()
}

/// Σ (i + 1)·points[i]. Place i = columns·row + column: row times in one sum, column + 1 times in another, so that most additions
/// are those of whole rows and whole columns, which are cheap.
fn weighted_sum<P, A>(adder: &mut A, points: &[Point<P::BaseField>]) -> Projective<P>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
    A: BatchAdder<P::BaseField>,
{
    let low = points.len().ilog2() / 2;
    let columns = 1 << low;
    let rows = points.len() / columns;
    let mut bytes = Vec::with_capacity(points.len() * Point::<P::BaseField>::BYTES);
    for point in points {
        point.write(&mut bytes);
    }
    let mut sums_of = |groups: usize, size: usize, place: &dyn Fn(usize, usize) -> usize| {
        let (mut items, mut ends) = (Vec::with_capacity(points.len()), Vec::with_capacity(groups));
        for group in 0..groups {
            items.extend(
                (0..size).map(|i| place(group, i)).filter(|&at| !points[at].is_infinity()).map(|at| 2 * at as u32),
            );
            ends.push(items.len() as u32);
        }
        sum_groups(adder, &bytes, &items, &ends)
    };
    let row_sums = sums_of(rows, columns, &|row, column| row * columns + column);
    let column_sums = sums_of(columns, rows, &|column, row| row * columns + column);
    let mut total = sum_by_index::<P>(&row_sums[1..]);
    for _ in 0..low {
        total.double_in_place();
    }
    total + sum_by_index::<P>(&column_sums)
}

/// Σ (i + 1)·points[i], one by one: every point is added once for each number up to its own.
fn sum_by_index<P>(points: &[Point<P::BaseField>]) -> Projective<P>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    let mut running = Projective::<P>::zero();
    let mut total = Projective::<P>::zero();
    for point in points.iter().rev() {
        running += affine::<P>(point);
        total += running;
    }
    total
}

/// The crates' form of a point.
pub fn affine<P>(point: &Point<P::BaseField>) -> Affine<P>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    if point.is_infinity() {
        Affine::identity()
    } else {
        Affine::new_unchecked(point.x, point.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, g2, Fr};
    use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
    use ark_ff::{BigInt, BigInteger, Field, PrimeField, UniformRand};

    /// Points as a key has them: little-endian Montgomery words.
    fn encode<P>(points: &[Affine<P>]) -> Vec<u8>
    where
        P: SWCurveConfig,
        P::BaseField: Coordinate + Field<BasePrimeField = ark_bn254::Fq>,
    {
        let mut bytes = Vec::new();
        for point in points {
            let (x, y) = point.xy().unwrap_or((<P::BaseField as Coordinate>::ZERO, <P::BaseField as Coordinate>::ZERO));
            for value in x.to_base_prime_field_elements().chain(y.to_base_prime_field_elements()) {
                bytes.extend(BigInt(value.0 .0).to_bytes_le());
            }
        }
        bytes
    }

    fn agrees_with_naive_sum<P>(count: usize)
    where
        P: SWCurveConfig<ScalarField = Fr>,
        P::BaseField: Coordinate + Field<BasePrimeField = ark_bn254::Fq>,
    {
        let mut random = ark_std::test_rng();
        let generator = Projective::<P>::generator();
        let mut points = Vec::new();
        let mut scalars = Vec::new();
        for i in 0..count as u64 {
            // Equal points, opposite points and points at infinity are all common in keys.
            points.push(match i % 7 {
                0 => Projective::<P>::zero(),
                1 => generator,
                2 => -generator,
                _ => generator * Fr::rand(&mut random),
            });
            scalars.push(match i % 5 {
                0 => Fr::from(i % 3),
                1 => -Fr::from(i % 4),
                2 => Fr::from(i * i),
                _ => Fr::rand(&mut random),
            });
        }
        let expected: Projective<P> = points.iter().zip(&scalars).map(|(point, scalar)| *point * scalar).sum();
        let affine: Vec<Affine<P>> = points.iter().map(|point| point.into_affine()).collect();
        let words: Vec<Words> = scalars.iter().map(|scalar| scalar.into_bigint().0).collect();
        let bytes = encode(&affine);
        for lanes in Lanes::here() {
            let sum = sum_of_products::<P>(lanes, &Points { section: 5, bytes: &bytes }, &words).expect("good points");
            assert_eq!(sum, expected, "{count} points, {lanes:?}");
        }
    }

    #[test]
    fn g1_agrees_with_naive_sum() {
        [0, 1, 2, 3, 50, 700].into_iter().for_each(agrees_with_naive_sum::<g1::Config>);
    }

    #[test]
    fn g2_agrees_with_naive_sum() {
        [0, 1, 2, 3, 50, 700].into_iter().for_each(agrees_with_naive_sum::<g2::Config>);
    }

    /// More equal digits than are added up at once: the group is cut into parts.
    #[test]
    fn one_digit_for_all() {
        let generator = Projective::<g1::Config>::generator();
        let mut point = generator;
        let mut points = Vec::new();
        for _ in 0..9000 {
            points.push(point);
            point += generator;
        }
        let expected: Projective<g1::Config> = points.iter().sum();
        let bytes = encode(&Projective::normalize_batch(&points));
        let scalars = vec![[1, 0, 0, 0]; points.len()];
        for lanes in Lanes::here() {
            let points = Points { section: 5, bytes: &bytes };
            let sum = sum_of_products::<g1::Config>(lanes, &points, &scalars).expect("good points");
            assert_eq!(sum, expected, "{lanes:?}");
        }
    }

    #[test]
    fn a_coordinate_that_is_not_reduced_is_refused() {
        let bytes = vec![0xff; 64];
        let failed =
            sum_of_products::<g1::Config>(Lanes::None, &Points { section: 8, bytes: &bytes }, &[[1, 0, 0, 0]]).err();
        assert!(failed.expect("refused").to_string().contains("point 0 of section 8 is not reduced"));
    }
}
