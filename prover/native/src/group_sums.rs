//! Sums of many groups of points at once, in affine coordinates. Adding two affine points needs one division; the divisions of
//! all pairs of a round are made as one and a few products (Montgomery's trick), which is cheaper than any projective addition.

use crate::coordinate::Coordinate;
use crate::groups::{BatchAdder, Point};

/// Points of groups taken together: enough that a division is nothing among them, few enough to stay in a core's cache.
const AT_ONCE: usize = 4096;
/// How far ahead points are announced: the key's are read in no order, and memory takes as long as several additions.
const AHEAD: usize = 16;
/// Set in a pair whose two points are the same.
const DOUBLING: u32 = 1 << 31;

/// Two neighbours to be added, and where their sum goes.
#[derive(Clone, Copy)]
struct Pair {
    from: u32,
    to: u32,
}

/// Adds up groups. It keeps its memory between calls.
pub struct GroupSums<C> {
    points: Vec<Point<C>>,
    sums: Vec<Point<C>>,
    /// Points left of each group, all at first, one in the end.
    sizes: Vec<u32>,
    pairs: Vec<Pair>,
    divisors: Vec<C>,
    /// For each divisor, the product of those before it in its chain.
    products: Vec<C>,
}

impl<C: Coordinate> GroupSums<C> {
    /// Leaves one point of each group.
    fn halve_until_summed(&mut self) {
        while self.sizes.iter().any(|&size| size > 1) {
            self.pair_up();
            self.add_pairs();
            std::mem::swap(&mut self.points, &mut self.sums);
        }
    }

    /// Lists the pairs of a round with their divisors, and settles what needs none.
    fn pair_up(&mut self) {
        self.pairs.clear();
        self.divisors.clear();
        self.sums.clear();
        let mut from = 0;
        for size in &mut self.sizes {
            let end = from + *size as usize;
            while from + 1 < end {
                let (p, q) = (&self.points[from], &self.points[from + 1]);
                let difference = q.x.minus(&p.x);
                let mut sum = Point::INFINITY;
                if p.is_infinity() {
                    sum = *q;
                } else if q.is_infinity() {
                    sum = *p;
                } else if !difference.is_zero() {
                    self.pairs.push(Pair { from: from as u32, to: self.sums.len() as u32 });
                    self.divisors.push(difference);
                } else if p.y == q.y {
                    // The groups' orders are odd: there is no point with y = 0.
                    self.pairs.push(Pair { from: from as u32 | DOUBLING, to: self.sums.len() as u32 });
                    self.divisors.push(p.y.plus(&p.y));
                }
                self.sums.push(sum);
                from += 2;
            }
            if from < end {
                self.sums.push(self.points[from]);
                from += 1;
            }
            *size = size.div_ceil(2);
        }
    }

    /// Two chains of products, because the processor can work on both at a time.
    fn add_pairs(&mut self) {
        self.products.clear();
        let mut chains = [C::ONE, C::ONE];
        for (i, divisor) in self.divisors.iter().enumerate() {
            let chain = &mut chains[i & 1];
            self.products.push(*chain);
            *chain = chain.times(divisor);
        }
        let both = chains[0].times(&chains[1]).inverted();
        let mut inverses = [both.times(&chains[1]), both.times(&chains[0])];
        for (i, pair) in self.pairs.iter().enumerate().rev() {
            let inverse = &mut inverses[i & 1];
            let quotient = inverse.times(&self.products[i]);
            *inverse = inverse.times(&self.divisors[i]);
            let from = (pair.from & !DOUBLING) as usize;
            let (p, q) = (&self.points[from], &self.points[from + 1]);
            let rise = if pair.from & DOUBLING == 0 {
                q.y.minus(&p.y)
            } else {
                let square = p.x.squared();
                square.plus(&square).plus(&square)
            };
            let slope = rise.times(&quotient);
            let x = slope.squared().minus(&p.x).minus(&q.x);
            let y = slope.times(&p.x.minus(&x)).minus(&p.y);
            self.sums[pair.to as usize] = Point { x, y };
        }
    }
}

impl<C: Coordinate> BatchAdder<C> for GroupSums<C> {
    const AT_ONCE: usize = AT_ONCE;

    fn new() -> Self {
        GroupSums {
            points: Vec::new(),
            sums: Vec::new(),
            sizes: Vec::new(),
            pairs: Vec::new(),
            divisors: Vec::new(),
            products: Vec::new(),
        }
    }

    fn sum_batch(&mut self, key: &[u8], items: &[u32], sizes: &[u32], sums: &mut Vec<Point<C>>) {
        let count = sizes.iter().sum::<u32>() as usize;
        self.points.clear();
        for (i, &item) in items[..count].iter().enumerate() {
            if let Some(&later) = items.get(i + AHEAD) {
                Point::<C>::announce(key, (later >> 1) as usize);
            }
            self.points.push(Point::read(key, (item >> 1) as usize).negated_if(item & 1 == 1));
        }
        self.sizes.clear();
        self.sizes.extend_from_slice(sizes);
        self.halve_until_summed();
        sums.extend_from_slice(&self.points);
    }
}
