//! Sums of many groups of points at once, in affine coordinates. Adding two affine points needs one division; the divisions of
//! all pairs of a round are made as one and a few products (Montgomery's trick), which is cheaper than any projective addition.

use crate::coordinate::Coordinate;

/// An affine point; infinity is (0, 0), which is on neither curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point<C> {
    pub x: C,
    pub y: C,
}

impl<C: Coordinate> Point<C> {
    pub const INFINITY: Self = Point { x: C::ZERO, y: C::ZERO };
    /// Size in a proving key.
    pub const BYTES: usize = 2 * C::BYTES;

    #[inline(always)]
    pub fn read(bytes: &[u8], index: usize) -> Self {
        let at = index * Self::BYTES;
        Point { x: C::read(bytes, at), y: C::read(bytes, at + C::BYTES) }
    }

    /// Says that the point of a key will be read soon.
    #[inline(always)]
    pub fn announce(bytes: &[u8], index: usize) {
        #[cfg(target_arch = "x86_64")]
        for line in (0..=Self::BYTES).step_by(64) {
            use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
            let address = bytes.as_ptr().wrapping_add(index * Self::BYTES + line);
            // SAFETY: nothing is read or written, whatever the address; only caches change.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (bytes, index);
    }

    #[inline(always)]
    pub fn is_infinity(&self) -> bool {
        self.x.is_zero() && self.y.is_zero()
    }

    #[inline(always)]
    pub fn negated_if(self, negate: bool) -> Self {
        Point { x: self.x, y: self.y.negated_if(negate) }
    }
}

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
    pub fn new() -> Self {
        GroupSums {
            points: Vec::new(),
            sums: Vec::new(),
            sizes: Vec::new(),
            pairs: Vec::new(),
            divisors: Vec::new(),
            products: Vec::new(),
        }
    }

    /// The sum of each group; group g has the points `load(order[i])` for i from `ends[g − 1]` (0 for the first) to `ends[g]`.
    /// `announce` hears of each before it is loaded.
    pub fn sum<T: Copy>(
        &mut self,
        order: &[T],
        ends: &[u32],
        load: impl Fn(T) -> Point<C>,
        announce: impl Fn(T),
    ) -> Vec<Point<C>> {
        let mut results = vec![Point::INFINITY; ends.len()];
        let mut groups: Vec<u32> = Vec::new();
        let mut parts: Vec<(u32, Point<C>)> = Vec::new();
        let mut at = 0;
        let mut group = 0;
        while group < ends.len() {
            self.points.clear();
            self.sizes.clear();
            groups.clear();
            // Whole groups as long as there is room; a large one by parts.
            while group < ends.len() && self.points.len() < AT_ONCE {
                let end = ends[group] as usize;
                let take = (end - at).min(AT_ONCE);
                if take > 0 {
                    if !self.points.is_empty() && self.points.len() + take > 2 * AT_ONCE {
                        break;
                    }
                    for (i, &item) in order[at..at + take].iter().enumerate() {
                        if let Some(&later) = order.get(at + i + AHEAD) {
                            announce(later);
                        }
                        self.points.push(load(item));
                    }
                    self.sizes.push(take as u32);
                    groups.push(group as u32);
                    at += take;
                }
                if at == end {
                    group += 1;
                }
            }
            self.halve_until_summed();
            for (&group, &point) in groups.iter().zip(&self.points) {
                let whole =
                    (ends[group as usize] - if group == 0 { 0 } else { ends[group as usize - 1] }) as usize <= AT_ONCE;
                if whole {
                    results[group as usize] = point;
                } else {
                    parts.push((group, point));
                }
            }
        }
        if !parts.is_empty() {
            self.join_parts(&parts, &mut results);
        }
        results
    }

    /// Adds up what large groups were cut into; the parts of a group are neighbours.
    fn join_parts(&mut self, parts: &[(u32, Point<C>)], results: &mut [Point<C>]) {
        let mut ends: Vec<u32> = Vec::new();
        for i in 1..=parts.len() {
            if i == parts.len() || parts[i].0 != parts[i - 1].0 {
                ends.push(i as u32);
            }
        }
        let sums = self.sum(parts, &ends, |(_, point)| point, |_| ());
        for (end, sum) in ends.iter().zip(sums) {
            results[parts[*end as usize - 1].0 as usize] = sum;
        }
    }

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
