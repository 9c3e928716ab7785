//! A file beside a key with multiples of its points, so that the digits of several windows share one set of buckets.

use crate::container::{read_u32, Container};
use crate::coordinate::Coordinate;
use crate::digits::Digits;
use crate::failure::Failure;
use crate::groups::Point;
use crate::msm::{affine, Points, Tables};
use crate::zkey::Zkey;
use ark_bn254::{g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use ark_ff::Zero;
use rayon::prelude::*;
use std::io::Write;

const MAGIC: &str = "mult";
/// Points that are doubled together.
const AT_ONCE: usize = 1024;

/// Width of digits for which the fewest additions are expected if `long` scalars are long.
fn best_bits(long: usize, count: usize) -> usize {
    (3..=22)
        .min_by_key(|&bits| {
            let tables = Tables { count, bits };
            Digits::count(bits) * long + tables.rows(bits) * ((2 << (bits - 1)) + 64)
        })
        .expect("there are sizes to choose from")
}

/// Writes the tables of all sections.
pub fn write(key: &Zkey, count: usize, out: &mut impl Write) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::new(format!("cannot write the multiples: {error}"));
    let mut head = MAGIC.as_bytes().to_vec();
    head.extend(1u32.to_le_bytes());
    head.extend(5u32.to_le_bytes());
    out.write_all(&head).map_err(cannot)?;
    section::<g1::Config>(&key.a, count, 0.66, out).map_err(cannot)?;
    section::<g1::Config>(&key.b1, count, 0.66, out).map_err(cannot)?;
    section::<g2::Config>(&key.b2, count, 0.66, out).map_err(cannot)?;
    section::<g1::Config>(&key.c, count, 0.66, out).map_err(cannot)?;
    section::<g1::Config>(&key.h, count, 1.0, out).map_err(cannot)
}

fn section<P>(points: &Points, count: usize, share: f64, out: &mut impl Write) -> std::io::Result<()>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    let size = Point::<P::BaseField>::BYTES;
    let places = points.bytes.len() / size;
    let finite = (0..places).filter(|&i| !Point::<P::BaseField>::read(points.bytes, i).is_infinity()).count();
    let shift = std::env::var("TB_SHIFT").ok().and_then(|text| text.parse::<isize>().ok()).unwrap_or(0);
    let bits = best_bits((finite as f64 * share) as usize, count).saturating_add_signed(shift);
    let doublings = bits * Tables { count, bits }.rows(bits);
    eprintln!("section {}: {places} points, {finite} finite, {bits} bits, {doublings} doublings", points.section);
    out.write_all(&points.section.to_le_bytes())?;
    out.write_all(&(8 + (places * size * count) as u64).to_le_bytes())?;
    out.write_all(&(count as u32).to_le_bytes())?;
    out.write_all(&(bits as u32).to_le_bytes())?;
    let mut table = points.bytes.to_vec();
    out.write_all(&table)?;
    for _ in 1..count {
        table.par_chunks_mut(AT_ONCE * size).for_each(|chunk| {
            let mut sums: Vec<Projective<P>> =
                (0..chunk.len() / size).map(|i| affine::<P>(&Point::read(chunk, i)).into()).collect();
            for sum in &mut sums {
                if !sum.is_zero() {
                    for _ in 0..doublings {
                        sum.double_in_place();
                    }
                }
            }
            let mut bytes = Vec::with_capacity(chunk.len());
            for sum in Projective::normalize_batch(&sums) {
                point(&sum).write(&mut bytes);
            }
            chunk.copy_from_slice(&bytes);
        });
        out.write_all(&table)?;
    }
    Ok(())
}

fn point<P>(sum: &Affine<P>) -> Point<P::BaseField>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    if sum.is_zero() {
        Point::INFINITY
    } else {
        Point { x: sum.x, y: sum.y }
    }
}

/// Puts the tables of a file in the place of the key's points.
pub fn read<'a>(key: &mut Zkey<'a>, bytes: &'a [u8], name: &'a str) -> Result<(), Failure> {
    let file = Container::open(bytes, MAGIC, name)?;
    for points in [&mut key.a, &mut key.b1, &mut key.b2, &mut key.c, &mut key.h] {
        let data = file.section(points.section, 8)?;
        let tables = Tables { count: read_u32(data, 0) as usize, bits: read_u32(data, 4) as usize };
        if points.bytes.len().checked_mul(tables.count) != Some(data.len() - 8) || !(3..=22).contains(&tables.bits) {
            return Err(file.wrong_size(points.section));
        }
        points.bytes = &data[8..];
        points.tables = tables;
    }
    Ok(())
}
