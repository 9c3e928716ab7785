//! The transforms of ../transform.rs in lanes: level by level (levels.rs), from words and back to words.

use super::element::{Element, Limbs, LIMBS, MOST_LANES};
use super::instructions::{Instructions, Job};
use super::levels::{Level, Levels};
use crate::field::{scalar, Words};
use crate::transform::{bit_reversed, Transform};
use ark_bn254::Fr;
use ark_ff::Field;
use rayon::prelude::*;
use std::marker::PhantomData;

/// The smallest domain: two vectors of eight lanes.
pub const LEAST: usize = 16;
/// So many values stay in a core's cache while all levels are done, one after the other.
const IN_CACHE: usize = 1 << 12;

/// The values of A·B − C at the odd points, not in Montgomery form, from the values of A and B on the domain, in
/// Montgomery form. All are in order.
pub fn quotient<E: Element + Send + Sync, I: Instructions>(a: &[Words], b: &[Words]) -> Vec<Words> {
    let size = a.len();
    let factors = Factors::of::<E>(&Transform::new(size));
    let mut vectors = [vec![0; size * LIMBS], vec![0; size * LIMBS], vec![0; size * LIMBS]];
    let [va, vb, vc] = &mut vectors;
    rayon::join(|| read::<E, I>(a, va), || read::<E, I>(b, vb));
    // A satisfied row's C is its A·B. SAFETY, here and below: who calls has seen that the instructions are available.
    unsafe { I::with(Multiply::<E> { a: va, b: vb, to: vc, kind: PhantomData }) };
    vectors.par_iter_mut().for_each(|values| {
        interpolate::<E, I>(values, 0, &factors);
        evaluate::<E, I>(values, 1, &factors);
    });
    let [va, vb, vc] = &vectors;
    let scales = scales::<E>(size);
    let chunk = IN_CACHE.min(size) * LIMBS;
    let in_reversed_order: Vec<Vec<Words>> = (va.par_chunks(chunk), vb.par_chunks(chunk), vc.par_chunks(chunk))
        .into_par_iter()
        .map(|(a, b, c)| {
            let mut to = vec![0; a.len()];
            // SAFETY: as above.
            unsafe { I::with(Finish::<E> { a, b, c, to: &mut to, scales: &scales, kind: PhantomData }) };
            words::<E>(&to)
        })
        .collect();
    let (bits, per_chunk) = (size.ilog2(), chunk / LIMBS);
    (0..size)
        .into_par_iter()
        .with_min_len(1024)
        .map(|i| {
            let at = bit_reversed(i, bits);
            in_reversed_order[at / per_chunk][at % per_chunk]
        })
        .collect()
}

/// What takes the products out of their forms: with x and y that stand for x/2^256 and y/2^256, and ρ the lanes' radix,
/// (x·y/ρ)·s/ρ = x·y/2^512/n², and (x·y/ρ)·t/ρ where C = x·y/ρ stands for C·ρ/2^512.
fn scales<E: Element>(size: usize) -> [Words; 2] {
    let over_n = Fr::from(size as u64).inverse().expect("the domain is smaller than the field").0 .0;
    // Products of words are over R = 2^256: `inverse_scale` is ρ²/R, and 1/n is in Montgomery form, R/n.
    let rho2_over_r_n = scalar::mul(&E::inverse_scale(), &over_n);
    let plain = scalar::mul(&rho2_over_r_n, &[1, 0, 0, 0]);
    [scalar::mul(&plain, &over_n), plain]
}

/// f or 1/f of all factors, as the lanes multiply with them.
struct Factors {
    inverse: Vec<Limbs>,
    odd: Vec<Limbs>,
}

impl Factors {
    fn of<E: Element>(transform: &Transform) -> Self {
        // f·R times ρ over R.
        let rho = E::radix();
        let in_lanes = |list: &[Words]| list.par_iter().map(|f| E::limbs(&scalar::mul(f, &rho))).collect();
        Factors { inverse: in_lanes(&transform.inverse), odd: in_lanes(&transform.odd) }
    }
}

/// Number-theoretic levels that fit into the cache, all at once; larger ones, one at a time.
fn interpolate<E: Element, I: Instructions>(values: &mut [u64], factor: usize, factors: &Factors) {
    let inverse = &factors.inverse;
    if values.len() <= IN_CACHE * LIMBS {
        // SAFETY: who calls `quotient` has seen that the instructions are available. So below.
        unsafe { I::with(Levels::<E> { values, factor, factors: inverse, joins: true, kind: PhantomData }) };
        return;
    }
    let (low, high) = values.split_at_mut(values.len() / 2);
    rayon::join(
        || interpolate::<E, I>(low, 2 * factor, factors),
        || interpolate::<E, I>(high, 2 * factor + 1, factors),
    );
    unsafe { I::with(Level::<E> { low, high, f: &inverse[factor], joins: true, kind: PhantomData }) };
}

fn evaluate<E: Element, I: Instructions>(values: &mut [u64], factor: usize, factors: &Factors) {
    let odd = &factors.odd;
    if values.len() <= IN_CACHE * LIMBS {
        unsafe { I::with(Levels::<E> { values, factor, factors: odd, joins: false, kind: PhantomData }) };
        return;
    }
    let (low, high) = values.split_at_mut(values.len() / 2);
    unsafe {
        I::with(Level::<E> { low: &mut *low, high: &mut *high, f: &odd[factor], joins: false, kind: PhantomData })
    };
    rayon::join(|| evaluate::<E, I>(low, 2 * factor, factors), || evaluate::<E, I>(high, 2 * factor + 1, factors));
}

/// Reads words into vectors, in reversed order.
fn read<E: Element, I: Instructions>(words: &[Words], to: &mut [u64]) {
    // SAFETY: who calls `quotient` has seen that the instructions are available.
    unsafe { I::with(Read::<E> { words, to, kind: PhantomData }) };
}

struct Read<'a, E> {
    words: &'a [Words],
    to: &'a mut [u64],
    kind: PhantomData<E>,
}

impl<E: Element> Job for Read<'_, E> {
    type Output = ();
    /// Places whose bits between the highest four and the lowest four are the same are filled together. What is read
    /// for them lies in 16 runs of 16 values.
    #[inline(always)]
    unsafe fn run(self) {
        let bits = self.words.len().ilog2();
        let low = LEAST.ilog2();
        let high = low.min(bits - low);
        let between = bits - low - high;
        for group in 0..self.words.len() / LEAST {
            // The lowest bits of `group` are the highest ones of the place.
            let first = ((group & ((1 << high) - 1)) << between | group >> high) << low;
            let reversed = self.words.as_ptr().add(bit_reversed(first, bits));
            for at in (0..LEAST).step_by(E::LANES) {
                let mut places = [std::ptr::null(); MOST_LANES];
                for (lane, place) in places.iter_mut().enumerate().take(E::LANES) {
                    *place = reversed.add(bit_reversed(at + lane, bits)).cast();
                }
                E::from_words(places.as_ptr(), 0).store(self.to.as_mut_ptr().add((first + at) * LIMBS));
            }
        }
    }
}

/// The numbers of stored vectors.
fn words<E: Element>(stored: &[u64]) -> Vec<Words> {
    stored
        .chunks_exact(E::LANES * LIMBS)
        .flat_map(|vector| {
            (0..E::LANES).map(|lane| E::words(&std::array::from_fn(|limb| vector[limb * E::LANES + lane])))
        })
        .collect()
}

/// a·b/ρ.
struct Multiply<'a, E> {
    a: &'a [u64],
    b: &'a [u64],
    to: &'a mut [u64],
    kind: PhantomData<E>,
}

impl<E: Element> Job for Multiply<'_, E> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        for at in (0..self.to.len()).step_by(E::LANES * LIMBS) {
            let product = E::load(self.a.as_ptr().add(at)).times(E::load(self.b.as_ptr().add(at)));
            product.store(self.to.as_mut_ptr().add(at));
        }
    }
}

/// The values, out of Montgomery form.
struct Finish<'a, E> {
    a: &'a [u64],
    b: &'a [u64],
    c: &'a [u64],
    to: &'a mut [u64],
    scales: &'a [Words; 2],
    kind: PhantomData<E>,
}

impl<E: Element> Job for Finish<'_, E> {
    type Output = ();
    #[inline(always)]
    unsafe fn run(self) {
        let [s, t] = [E::splat(&self.scales[0]), E::splat(&self.scales[1])];
        for at in (0..self.to.len()).step_by(E::LANES * LIMBS) {
            let product = E::load(self.a.as_ptr().add(at)).times(E::load(self.b.as_ptr().add(at)));
            let c = E::load(self.c.as_ptr().add(at)).times(t);
            product.times_less(s, c).store(self.to.as_mut_ptr().add(at));
        }
    }
}
