//! A file beside a key, with multiples of the points that are summed, so that windows of digits share their buckets. It is a
//! container like the key. Section 1 has the prime, the key's δ in G1, and the number of tables; each section of points has the
//! key's number, the bits of a digit, and the tables, of which the first has the points themselves. Keys for
//! development share their δ, so whoever names the file sees to it that it belongs to the key.

use crate::container::{read_u32, Container};
use crate::coordinate::Coordinate;
use crate::failure::Failure;
use crate::field::base;
use crate::groups::Point;
use crate::msm::affine;
use crate::points::{Points, Tables, WIDEST};
use crate::zkey::Zkey;
use ark_bn254::{g1, g2};
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use rayon::prelude::*;
use std::io::{Error, Write};

const MAGIC: &str = "mult";
const VERSION: u32 = 1;
const HEADER: u32 = 1;
/// The most tables that pay: eight were no faster than four.
pub const MOST: usize = 4;
/// Of the values of a witness, so many in three are long.
const LONG: usize = 2;
/// Points that are doubled together, and share an inversion.
const AT_ONCE: usize = 1024;

/// Writes the points of a key, and `count` − 1 multiples of each.
pub fn write(key: &Zkey, count: usize, out: &mut impl Write) -> Result<(), Failure> {
    let cannot = |error: Error| Failure::new(format!("cannot write the multiples: {error}"));
    write_all(key, count, out).and_then(|()| out.flush()).map_err(cannot)
}

fn write_all(key: &Zkey, count: usize, out: &mut impl Write) -> Result<(), Error> {
    out.write_all(MAGIC.as_bytes())?;
    out.write_all(&VERSION.to_le_bytes())?;
    out.write_all(&6u32.to_le_bytes())?;
    let header = header(key, count);
    begin(HEADER, header.len(), out)?;
    out.write_all(&header)?;
    for points in [&key.a, &key.b1, &key.c] {
        write_section::<g1::Config>(points, count, LONG, out)?;
    }
    write_section::<g2::Config>(&key.b2, count, LONG, out)?;
    write_section::<g1::Config>(&key.h, count, 3, out)
}

fn begin(section: u32, size: usize, out: &mut impl Write) -> Result<(), Error> {
    out.write_all(&section.to_le_bytes())?;
    out.write_all(&(size as u64).to_le_bytes())
}

fn header(key: &Zkey, count: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = base::PRIME.iter().flat_map(|word| word.to_le_bytes()).collect();
    key.delta1.write(&mut bytes);
    bytes.extend((count as u32).to_le_bytes());
    bytes
}

/// Of three scalars, `long` are long.
fn write_section<P>(points: &Points, count: usize, long: usize, out: &mut impl Write) -> Result<(), Error>
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    let finite = (0..points.size::<P::BaseField>())
        .filter(|&i| !Point::<P::BaseField>::read(points.bytes, i).is_infinity())
        .count();
    let tables = Tables::fitting(count, finite * long / 3);
    begin(points.section, 4 + points.bytes.len() * count, out)?;
    out.write_all(&(tables.bits as u32).to_le_bytes())?;
    out.write_all(points.bytes)?;
    let mut table = points.bytes.to_vec();
    for _ in 1..count {
        table
            .par_chunks_mut(AT_ONCE * Point::<P::BaseField>::BYTES)
            .for_each(|chunk| double_all::<P>(chunk, tables.doublings()));
        out.write_all(&table)?;
    }
    Ok(())
}

/// Doubles each point so many times.
fn double_all<P>(chunk: &mut [u8], doublings: usize)
where
    P: SWCurveConfig,
    P::BaseField: Coordinate,
{
    let count = chunk.len() / Point::<P::BaseField>::BYTES;
    let mut points: Vec<Projective<P>> = (0..count).map(|i| affine::<P>(&Point::read(chunk, i)).into()).collect();
    for point in points.iter_mut().filter(|point| **point != Projective::<P>::ZERO) {
        for _ in 0..doublings {
            point.double_in_place();
        }
    }
    let mut bytes = Vec::with_capacity(chunk.len());
    for point in Projective::normalize_batch(&points) {
        point.xy().map_or(Point::INFINITY, |(x, y)| Point { x, y }).write(&mut bytes);
    }
    chunk.copy_from_slice(&bytes);
}

/// Puts the file's tables in the place of the key's points.
pub fn read<'a>(key: &mut Zkey<'a>, bytes: &'a [u8], name: &'a str) -> Result<(), Failure> {
    let file = Container::open(bytes, MAGIC, name)?;
    let found = file.section(HEADER, 4)?;
    let count = read_u32(found, found.len() - 4) as usize;
    if found != header(key, count) {
        return Err(Failure::new(format!("{name} has the multiples of another key: make them again")));
    }
    for points in [&mut key.a, &mut key.b1, &mut key.b2, &mut key.c, &mut key.h] {
        let data = file.section(points.section, 4)?;
        let tables = Tables { count, bits: read_u32(data, 0) as usize };
        let fits = (1..=MOST).contains(&count) && (3..=WIDEST).contains(&tables.bits);
        if !fits || points.bytes.len().checked_mul(count) != Some(data.len() - 4) {
            return Err(file.wrong_size(points.section));
        }
        *points = Points { section: points.section, bytes: &data[4..], tables };
    }
    Ok(())
}

#[cfg(test)]
#[path = "multiples_tests.rs"]
mod tests;
