//! Sections of points that a sum is over: those of a proving key, and multiples of them that may be kept beside it.

use crate::coordinate::Coordinate;
use crate::digits::Digits;
use crate::failure::Failure;
use crate::field::Words;
use crate::groups::Point;

/// Bits of the widest digits, and of the widest where windows do not share their buckets.
pub const WIDEST: usize = 20;
const WIDEST_ALONE: usize = 16;

/// A section of points in a proving key, one for each scalar.
pub struct Points<'a> {
    /// For messages.
    pub section: u32,
    /// The points, and behind them their multiples, table by table.
    pub bytes: &'a [u8],
    /// The tables that `bytes` has.
    pub tables: Tables,
}

/// Which multiples of the points there are: table j has 2^(bits·rows·j) times each point, where rows = ⌈windows/count⌉. Digit
/// row + j·rows of a scalar counts for the multiple of table j as digit row does for the point. So `count` windows share one set
/// of buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tables {
    pub count: usize,
    /// Bits of a digit; 0 if there is but one table, which is the same for all widths.
    pub bits: usize,
}

impl Tables {
    /// The points alone.
    pub const ONE: Self = Tables { count: 1, bits: 0 };

    /// `count` tables, with the width of digits for which the fewest additions are expected.
    pub fn fitting(count: usize, long_scalars: usize) -> Self {
        let widest = if count == 1 { WIDEST_ALONE } else { WIDEST };
        let bits = (3..=widest)
            .min_by_key(|&bits| {
                // One addition for each point in a window, two for each digit value of a set of buckets.
                let buckets = Tables { count, bits }.rows() * ((2 << (bits - 1)) + 64);
                Digits::count(bits) * long_scalars + buckets
            })
            .expect("there are widths to choose from");
        Tables { count, bits }
    }

    /// How many sets of buckets there are.
    pub fn rows(self) -> usize {
        Digits::count(self.bits).div_ceil(self.count)
    }

    /// Doublings from each table to the next.
    pub fn doublings(self) -> usize {
        self.bits * self.rows()
    }
}

impl Points<'_> {
    /// Points of a table, which are as many as scalars.
    pub fn size<C: Coordinate>(&self) -> usize {
        self.bytes.len() / Point::<C>::BYTES / self.tables.count
    }

    /// Places of the points that count. Fails if one of them is not reduced. The multiples are believed: looking at all of them
    /// takes half of the time that they save. Whoever names their file has compared its hash.
    pub fn live<C: Coordinate>(&self, scalars: &[Words]) -> Result<Vec<u32>, Failure> {
        let mut live = Vec::new();
        for (i, scalar) in scalars.iter().enumerate() {
            if *scalar == [0; 4] {
                continue;
            }
            let point = Point::<C>::read(self.bytes, i);
            if point.is_infinity() {
                continue;
            }
            if !point.x.is_reduced() || !point.y.is_reduced() {
                return Err(Failure::new(format!(
                    "point {i} of section {} is not reduced: make the key again",
                    self.section
                )));
            }
            live.push(i as u32);
        }
        Ok(live)
    }
}
