//! Groups of points, cut into batches that fit into a core's cache.

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

    /// Twice a finite point. The groups' orders are odd: there is no point with y = 0.
    pub fn doubled(&self) -> Self {
        let square = self.x.squared();
        let slope = square.plus(&square).plus(&square).times(&self.y.plus(&self.y).inverted());
        let x = slope.squared().minus(&self.x).minus(&self.x);
        Point { x, y: slope.times(&self.x.minus(&x)).minus(&self.y) }
    }

    /// The bytes that `read` reads.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        self.x.write(bytes);
        self.y.write(bytes);
    }

    #[inline(always)]
    pub fn negated_if(self, negate: bool) -> Self {
        Point { x: self.x, y: self.y.negated_if(negate) }
    }
}

/// Adds up the groups of one batch.
pub trait BatchAdder<C> {
    /// About how many points a batch should have; it has fewer than twice as many.
    const AT_ONCE: usize;

    fn new() -> Self;

    /// Appends the sum of each group. The groups follow one another in `items`, which name points of the key: 2·index, or
    /// 2·index + 1 for the opposite point. None of them is the point at infinity. What comes after the groups in `items` will be
    /// read soon.
    fn sum_batch(&mut self, key: &[u8], items: &[u32], sizes: &[u32], sums: &mut Vec<Point<C>>);
}

/// The sum of each group; group g has the items from `ends[g − 1]` (0 for the first) to `ends[g]`. Items are as `sum_batch` has
/// them.
pub fn sum_groups<C: Coordinate>(
    adder: &mut impl BatchAdder<C>,
    key: &[u8],
    items: &[u32],
    ends: &[u32],
) -> Vec<Point<C>> {
    let mut results = vec![Point::INFINITY; ends.len()];
    let mut batch = Batch { items, ends, at: 0, group: 0 };
    let (mut groups, mut sizes, mut sums) = (Vec::new(), Vec::new(), Vec::new());
    // Parts of groups that are larger than a batch.
    let mut parts: Vec<(u32, Point<C>)> = Vec::new();
    loop {
        let from = batch.at;
        groups.clear();
        sizes.clear();
        batch.next(most_of(adder), &mut groups, &mut sizes);
        if groups.is_empty() {
            break;
        }
        sums.clear();
        adder.sum_batch(key, &items[from..], &sizes, &mut sums);
        for (&group, &sum) in groups.iter().zip(&sums) {
            if batch.size(group) <= most_of(adder) {
                results[group as usize] = sum;
            } else {
                parts.push((group, sum));
            }
        }
    }
    if !parts.is_empty() {
        join_parts(adder, &parts, &mut results);
    }
    results
}

const fn most_of<C, A: BatchAdder<C>>(_: &A) -> usize {
    A::AT_ONCE
}

/// Adds up what large groups were cut into; the parts of a group are neighbours.
fn join_parts<C: Coordinate>(adder: &mut impl BatchAdder<C>, parts: &[(u32, Point<C>)], results: &mut [Point<C>]) {
    let finite: Vec<&(u32, Point<C>)> = parts.iter().filter(|(_, point)| !point.is_infinity()).collect();
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for (i, (group, point)) in finite.iter().enumerate() {
        point.write(&mut bytes);
        if finite.get(i + 1).is_none_or(|(next, _)| next != group) {
            ends.push(i as u32 + 1);
        }
    }
    let items: Vec<u32> = (0..finite.len() as u32).map(|i| 2 * i).collect();
    let sums = sum_groups(adder, &bytes, &items, &ends);
    for (end, sum) in ends.iter().zip(sums) {
        results[finite[*end as usize - 1].0 as usize] = sum;
    }
}

/// Where the next batch begins.
struct Batch<'a> {
    items: &'a [u32],
    ends: &'a [u32],
    at: usize,
    group: usize,
}

impl Batch<'_> {
    fn size(&self, group: u32) -> usize {
        let start = if group == 0 { 0 } else { self.ends[group as usize - 1] };
        (self.ends[group as usize] - start) as usize
    }

    /// Whole groups as long as there is room; a large one by parts. None at the end.
    fn next(&mut self, at_once: usize, groups: &mut Vec<u32>, sizes: &mut Vec<u32>) {
        let mut count = 0;
        while self.group < self.ends.len() && count < at_once {
            let end = self.ends[self.group] as usize;
            debug_assert!(end <= self.items.len());
            let take = (end - self.at).min(at_once);
            if take > 0 {
                if count > 0 && count + take > 2 * at_once {
                    break;
                }
                groups.push(self.group as u32);
                sizes.push(take as u32);
                count += take;
                self.at += take;
            }
            if self.at == end {
                self.group += 1;
            }
        }
    }
}
