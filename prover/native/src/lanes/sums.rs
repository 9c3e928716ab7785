//! Sums of many groups of points at once, as in group_sums.rs, with the additions in lanes. Each lane has a chain of divisors of
//! its own; the chains share one inversion.

use super::addition::{AddUp, Divide, Fill, SPARE};
use super::coordinates::Coordinates;
use super::instructions::Instructions;
use crate::coordinate::Coordinate;
use crate::groups::{BatchAdder, Point};
use std::marker::PhantomData;

/// Points of groups taken together: enough that an inversion is little among them, few enough to stay in a core's cache.
const AT_ONCE: usize = 3072;

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
