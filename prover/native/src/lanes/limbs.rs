//! What five vectors of limbs do alike, whatever their limbs mean.

use super::element::LIMBS;
use super::vector::Vector;

#[inline(always)]
pub unsafe fn gather<V: Vector>(at: *const *const u64, offset: usize) -> [V; LIMBS] {
    let [a, b, c, d] = V::gather_four(at, offset);
    [a, b, c, d, V::gather_one(at, offset + 4)]
}

#[inline(always)]
pub unsafe fn scatter<V: Vector>([a, b, c, d, e]: [V; LIMBS], at: *const *mut u64, offset: usize) {
    V::scatter_four([a, b, c, d], at, offset);
    e.scatter_one(at, offset + 4);
}

#[inline(always)]
pub unsafe fn load<V: Vector>(at: *const u64) -> [V; LIMBS] {
    let l = |i: usize| V::load(at.add(i * V::LANES));
    [l(0), l(1), l(2), l(3), l(4)]
}

#[inline(always)]
pub unsafe fn store<V: Vector>(limbs: [V; LIMBS], at: *mut u64) {
    for (i, limb) in limbs.into_iter().enumerate() {
        limb.store(at.add(i * V::LANES));
    }
}

#[inline(always)]
pub unsafe fn exchanged<V: Vector, const HALF: usize>(a: [V; LIMBS], b: [V; LIMBS]) -> ([V; LIMBS], [V; LIMBS]) {
    let pair = |i: usize| V::exchanged::<HALF>(a[i], b[i]);
    let (p0, p1, p2, p3, p4) = (pair(0), pair(1), pair(2), pair(3), pair(4));
    ([p0.0, p1.0, p2.0, p3.0, p4.0], [p0.1, p1.1, p2.1, p3.1, p4.1])
}

/// Sums up the columns of a product, and cancels the lower ones. Columns are summed up while the processor waits for a round.
macro_rules! multiplied {
    ($columns:ident, $prime:ty, $add:expr) => {{
        let add = $add;
        add(&mut $columns, 0);
        add(&mut $columns, 1);
        add(&mut $columns, 2);
        $columns.cancel::<$prime>(0);
        add(&mut $columns, 3);
        $columns.cancel::<$prime>(1);
        add(&mut $columns, 4);
        $columns.cancel::<$prime>(2);
        add(&mut $columns, 5);
        add(&mut $columns, 6);
        $columns.cancel::<$prime>(3);
        add(&mut $columns, 7);
        add(&mut $columns, 8);
        $columns.cancel::<$prime>(4);
    }};
}

pub(super) use multiplied;
