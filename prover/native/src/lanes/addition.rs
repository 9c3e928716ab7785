//! A round of additions in lanes: points are read, their divisors multiplied up, and the sums calculated backwards.

use super::coordinates::Coordinates;
use super::element::MOST_LANES;
use super::instructions::Job;
use crate::coordinate::Coordinate;
use crate::groups::Point;
use std::marker::PhantomData;

/// How far ahead points of the key are announced, because they are read in no order.
const AHEAD: usize = 24;
/// Places before the points of groups: two that can be added and one for their sum, which fill up the last vector.
pub const SPARE: usize = 3;

/// Reads points of a key into the lanes' form, in order.
pub struct Fill<'a, K> {
    pub key: &'a [u8],
    /// Places in the key, with 1 in the lowest bit where −point is meant; what comes after them is announced only.
    pub items: &'a [u32],
    pub count: usize,
    pub points: &'a mut [u64],
    pub kind: PhantomData<K>,
}

impl<K: Coordinates> Job for Fill<'_, K> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        let width = 2 * K::SIZE;
        let (mut from, mut to) = ([std::ptr::null::<u64>(); MOST_LANES], [std::ptr::null_mut::<u64>(); MOST_LANES]);
        let mut signs = [0u64; MOST_LANES];
        let points = self.points.as_mut_ptr();
        let mut i = 0;
        while i < self.count {
            for lane in 0..K::LANES {
                let at = i + lane;
                if let Some(&later) = self.items.get(at + AHEAD) {
                    Point::<K::Single>::announce(self.key, (later >> 1) as usize);
                }
                // The last vector is filled up with its last point, written to the spare place.
                let item = self.items[at.min(self.count - 1)];
                let place = if at < self.count { at + SPARE } else { SPARE - 1 };
                let start = (item >> 1) as usize * Point::<K::Single>::BYTES;
                from[lane] = self.key[start..start + Point::<K::Single>::BYTES].as_ptr().cast();
                to[lane] = points.add(place * width);
                signs[lane] = u64::from(item & 1).wrapping_neg();
            }
            let words = K::Single::BYTES / 8;
            K::from_words(from.as_ptr(), 0).scatter(to.as_ptr(), 0);
            K::from_words(from.as_ptr(), words).negated_where(signs.as_ptr()).scatter(to.as_ptr(), K::SIZE);
            i += K::LANES;
        }
    }
}

/// The divisors x2 − x1, the products of those before each, and the products of all, one in each lane.
pub struct Divide<'a, K> {
    pub points: &'a [u64],
    pub from: &'a [u32],
    pub divisors: &'a mut [u64],
    pub products: &'a mut [u64],
    pub totals: &'a mut [u64],
    pub kind: PhantomData<K>,
}

/// Where the points of a vector of pairs are.
#[inline(always)]
unsafe fn pair_places<K: Coordinates>(points: &[u64], from: &[u32], step: usize) -> [[*const u64; MOST_LANES]; 2] {
    let width = 2 * K::SIZE;
    let mut places = [[std::ptr::null(); MOST_LANES]; 2];
    for lane in 0..K::LANES {
        let first = points.as_ptr().add(*from.get_unchecked(step * K::LANES + lane) as usize * width);
        places[0][lane] = first;
        places[1][lane] = first.add(width);
    }
    places
}

impl<K: Coordinates> Job for Divide<'_, K> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        let size = K::LANES * K::SIZE;
        let mut product = K::one();
        for step in 0..self.from.len() / K::LANES {
            let [p, q] = pair_places::<K>(self.points, self.from, step);
            let divisor = K::gather(q.as_ptr(), 0).minus(K::gather(p.as_ptr(), 0));
            divisor.store(self.divisors.as_mut_ptr().add(step * size));
            product.store(self.products.as_mut_ptr().add(step * size));
            product = product.times(divisor);
        }
        product.store(self.totals.as_mut_ptr());
    }
}

/// From the inverses of the products of all divisors backwards to the sums.
pub struct AddUp<'a, K> {
    pub points: &'a [u64],
    pub sums: &'a mut [u64],
    pub from: &'a [u32],
    pub to: &'a [u32],
    pub divisors: &'a [u64],
    pub products: &'a [u64],
    pub inverses: &'a [u64],
    pub kind: PhantomData<K>,
}

impl<K: Coordinates> Job for AddUp<'_, K> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        let (size, width) = (K::LANES * K::SIZE, 2 * K::SIZE);
        let mut inverse = K::load(self.inverses.as_ptr());
        for step in (0..self.from.len() / K::LANES).rev() {
            let [p, q] = pair_places::<K>(self.points, self.from, step);
            let mut to = [std::ptr::null_mut(); MOST_LANES];
            for (lane, place) in to.iter_mut().enumerate().take(K::LANES) {
                let target = *self.to.get_unchecked(step * K::LANES + lane) as usize;
                *place = self.sums.as_mut_ptr().add(target * width);
            }
            let quotient = inverse.times(K::load(self.products.as_ptr().add(step * size)));
            inverse = inverse.times(K::load(self.divisors.as_ptr().add(step * size)));
            let (x, y) = (K::gather(p.as_ptr(), 0), K::gather(p.as_ptr(), K::SIZE));
            let slope = quotient.times(K::gather(q.as_ptr(), K::SIZE).minus(y));
            let sum = slope.slope_squared_less(x, K::gather(q.as_ptr(), 0));
            sum.scatter(to.as_ptr(), 0);
            slope.times_less(x.minus(sum), y).scatter(to.as_ptr(), K::SIZE);
        }
    }
}
