//! Sums of many groups of points at once, as in group_sums.rs, with the additions in lanes. Each lane has a chain of divisors of
//! its own; the chains share one inversion.

use super::coordinates::Coordinates;
use super::instructions::{Instructions, Job};
use crate::coordinate::Coordinate;
use crate::groups::{BatchAdder, Point};
use std::marker::PhantomData;

/// Points of groups taken together: enough that an inversion is little among them, few enough to stay in a core's cache.
const AT_ONCE: usize = 3072;
/// How far ahead points of the key are announced, because they are read in no order.
const AHEAD: usize = 24;
/// Places before the points of groups: two that can be added and one for their sum, which fill up the last vector.
const SPARE: usize = 3;
/// The most lanes of any implementation.
const MOST_LANES: usize = 8;

pub struct LaneSums<K, I> {
    /// In the lanes' form: x and y, SIZE words each.
    points: Vec<u64>,
    sums: Vec<u64>,
    /// Points left of each group.
    sizes: Vec<u32>,
    /// The first of each pair, and the place of its sum; by place, not by word.
    from: Vec<u32>,
    to: Vec<u32>,
    /// For each vector of pairs, the divisors and the products of the divisors before them.
    divisors: Vec<u64>,
    products: Vec<u64>,
    kind: PhantomData<(K, I)>,
}

/// Reads points of a key into the lanes' form, in order.
struct Fill<'a, K> {
    key: &'a [u8],
    /// Places in the key, with 1 in the lowest bit where −point is meant; what comes after them is announced only.
    items: &'a [u32],
    count: usize,
    points: &'a mut [u64],
    kind: PhantomData<K>,
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
struct Divide<'a, K> {
    points: &'a [u64],
    from: &'a [u32],
    divisors: &'a mut [u64],
    products: &'a mut [u64],
    totals: &'a mut [u64],
    kind: PhantomData<K>,
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
struct AddUp<'a, K> {
    points: &'a [u64],
    sums: &'a mut [u64],
    from: &'a [u32],
    to: &'a [u32],
    divisors: &'a [u64],
    products: &'a [u64],
    inverses: &'a [u64],
    kind: PhantomData<K>,
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

impl<K: Coordinates, I: Instructions> LaneSums<K, I> {
    const WIDTH: usize = 2 * K::SIZE;

    fn place(place: usize) -> std::ops::Range<usize> {
        place * Self::WIDTH..(place + 1) * Self::WIDTH
    }

    fn point(points: &[u64], place: usize) -> Point<K::Single> {
        let memory = &points[Self::place(place)];
        Point { x: K::single(memory), y: K::single(&memory[K::SIZE..]) }
    }

    /// Leaves one point of each group, or none where it is the point at infinity.
    fn halve_until_summed(&mut self) {
        while self.sizes.iter().any(|&size| size > 1) {
            self.pair_up();
            self.add_pairs();
            std::mem::swap(&mut self.points, &mut self.sums);
        }
    }

    /// Lists the pairs of a round, and takes points over that have no partner.
    fn pair_up(&mut self) {
        self.from.clear();
        self.to.clear();
        let (mut from, mut to) = (SPARE, SPARE);
        for size in &mut self.sizes {
            let end = from + *size as usize;
            while from + 1 < end {
                self.from.push(from as u32);
                self.to.push(to as u32);
                from += 2;
                to += 1;
            }
            if from < end {
                let point = Self::place(from);
                self.sums[Self::place(to)].copy_from_slice(&self.points[point]);
                from += 1;
                to += 1;
            }
            *size = size.div_ceil(2);
        }
    }

    fn add_pairs(&mut self) {
        if self.from.is_empty() {
            return;
        }
        self.pad();
        match self.divide() {
            Some(inverses) => self.add_up(&inverses),
            None => self.add_with_equal_ones(),
        }
    }

    /// Fills up the last vector.
    fn pad(&mut self) {
        while self.from.len() % K::LANES != 0 {
            self.from.push(0);
            self.to.push(SPARE as u32 - 1);
        }
        let words = self.from.len() * K::SIZE;
        if self.divisors.len() < words {
            self.divisors.resize(words, 0);
            self.products.resize(words, 0);
        }
    }

    /// Fills `divisors` and `products`; the inverses of the products of all, one for each lane, or `None` if one of them is 0.
    fn divide(&mut self) -> Option<Vec<u64>> {
        let mut totals = vec![0; K::LANES * K::SIZE];
        let job = Divide::<K> {
            points: &self.points,
            from: &self.from,
            divisors: &mut self.divisors,
            products: &mut self.products,
            totals: &mut totals,
            kind: PhantomData,
        };
        // SAFETY: `new` saw the instructions. `pad` made room, and `from` has places of points.
        unsafe { I::with(job) };
        // One inversion for all lanes.
        let totals: Vec<K::Single> = (0..K::LANES).map(|lane| Self::lane(&totals, lane)).collect();
        let mut products = vec![K::Single::ONE];
        for total in &totals {
            let last = products[products.len() - 1];
            products.push(last.times(total));
        }
        let all = products[K::LANES];
        if all.is_zero() {
            return None;
        }
        let mut inverse = all.inverted();
        let mut inverses = vec![0; K::LANES * K::SIZE];
        for lane in (0..K::LANES).rev() {
            Self::put_lane(&mut inverses, lane, &K::inverse_scaled(inverse.times(&products[lane])));
            inverse = inverse.times(&totals[lane]);
        }
        Some(inverses)
    }

    /// The number in a lane of a stored vector.
    fn lane(stored: &[u64], lane: usize) -> K::Single {
        let limbs: Vec<u64> = (0..K::SIZE).map(|i| stored[i * K::LANES + lane]).collect();
        K::single(&limbs)
    }

    fn put_lane(stored: &mut [u64], lane: usize, value: &K::Single) {
        let mut limbs = vec![0; K::SIZE];
        K::put(value, &mut limbs);
        for (i, limb) in limbs.into_iter().enumerate() {
            stored[i * K::LANES + lane] = limb;
        }
    }

    fn add_up(&mut self, inverses: &[u64]) {
        let job = AddUp::<K> {
            points: &self.points,
            sums: &mut self.sums,
            from: &self.from,
            to: &self.to,
            divisors: &self.divisors,
            products: &self.products,
            inverses,
            kind: PhantomData,
        };
        // SAFETY: `new` saw the instructions. `from` and `to` have places within both lists.
        unsafe { I::with(job) };
    }

    /// A round in which some pairs have equal or opposite points. These are rare, and added one by one.
    fn add_with_equal_ones(&mut self) {
        let (from, to) = (std::mem::take(&mut self.from), std::mem::take(&mut self.to));
        let mut infinite: Vec<u32> = Vec::new();
        for (&from, &to) in from.iter().zip(&to).filter(|(_, &to)| to as usize >= SPARE) {
            let (p, q) = (Self::point(&self.points, from as usize), Self::point(&self.points, from as usize + 1));
            if p.x != q.x {
                self.from.push(from);
                self.to.push(to);
            } else if p.y == q.y {
                let sum = p.doubled();
                let memory = &mut self.sums[Self::place(to as usize)];
                K::put(&sum.x, memory);
                K::put(&sum.y, &mut memory[K::SIZE..]);
            } else {
                infinite.push(to);
            }
        }
        if !self.from.is_empty() {
            self.pad();
            let inverses = self.divide().expect("no two points of a pair have the same x");
            self.add_up(&inverses);
        }
        self.drop_places(&infinite);
    }

    /// Takes places, in ascending order, out of the groups.
    fn drop_places(&mut self, infinite: &[u32]) {
        if infinite.is_empty() {
            return;
        }
        let (mut from, mut to, mut dropped) = (SPARE, SPARE, 0);
        for size in &mut self.sizes {
            let end = from + *size as usize;
            for place in from..end {
                if infinite.get(dropped) == Some(&(place as u32)) {
                    dropped += 1;
                    *size -= 1;
                } else {
                    self.sums.copy_within(Self::place(place), to * Self::WIDTH);
                    to += 1;
                }
            }
            from = end;
        }
    }
}

impl<K: Coordinates, I: Instructions> BatchAdder<K::Single> for LaneSums<K, I> {
    const AT_ONCE: usize = AT_ONCE;

    fn new() -> Self {
        assert!(I::available(), "the processor has the instructions");
        let mut points = vec![0; (SPARE + 2 * AT_ONCE) * Self::WIDTH];
        // The spare points have x = 1 and x = 0.
        K::put(&K::Single::ONE, &mut points);
        for at in [Self::WIDTH - K::SIZE, Self::WIDTH, 2 * Self::WIDTH - K::SIZE] {
            K::put(&K::Single::ZERO, &mut points[at..]);
        }
        LaneSums {
            sums: points.clone(),
            points,
            sizes: Vec::new(),
            from: Vec::new(),
            to: Vec::new(),
            divisors: Vec::new(),
            products: Vec::new(),
            kind: PhantomData,
        }
    }

    fn sum_batch(&mut self, key: &[u8], items: &[u32], sizes: &[u32], sums: &mut Vec<Point<K::Single>>) {
        let count = sizes.iter().sum::<u32>() as usize;
        assert!((SPARE + count) * Self::WIDTH <= self.points.len(), "a batch has room");
        self.sizes.clear();
        self.sizes.extend_from_slice(sizes);
        let job = Fill::<K> { key, items, count, points: &mut self.points, kind: PhantomData };
        // SAFETY: `new` saw the instructions. There is room, as asserted, and the items' places are checked where they are read.
        unsafe { I::with(job) };
        self.halve_until_summed();
        let mut at = SPARE;
        for &size in &self.sizes {
            sums.push(if size == 0 { Point::INFINITY } else { Self::point(&self.points, at) });
            at += size as usize;
        }
    }
}
