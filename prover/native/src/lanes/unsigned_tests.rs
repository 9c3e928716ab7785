//! Unsigned elements beside the crates' arithmetic. The code is the same for all vectors, so machines without AVX-512
//! test all of it but the one-line functions of `integers::ifma`; where there is AVX-512 IFMA, these are compared with
//! the emulated ones.

use super::coordinates::{Complex, Coordinates, Simple};
use super::element::{Element, Limbs, LIMBS};
use super::emulated::{Anything, Eight};
use super::instructions::Instructions;
use super::integers::Integers;
use super::limbs52::{multiple, Forms, MASK};
use super::primes::{Base, Prime, Scalar};
use super::sums::LaneSums;
use super::unsigned::Unsigned;
use crate::coordinate::Coordinate;
use crate::group_sums::GroupSums;
use crate::groups::{sum_groups, BatchAdder, Point};
use ark_bn254::{g1, g2, Fq, Fr};
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{BigInt, PrimeField, UniformRand};
use ark_std::rand::RngCore;
use std::marker::PhantomData;

const LANES: usize = 8;
type Values<F> = [F; LANES];

/// Settled elements: the bounds, full limbs, and numbers without pattern below three primes.
fn samples<P: Prime>() -> Vec<Limbs> {
    let prime = Forms::<P>::PRIME;
    let less_one = |mut limbs: Limbs| {
        limbs[0] -= 1;
        limbs
    };
    let highest = Forms::<P>::THREE_PRIMES[LIMBS - 1] - 1;
    let mut samples = vec![
        [0; LIMBS],
        [1, 0, 0, 0, 0],
        less_one(prime),
        prime,
        multiple(&prime, 2),
        less_one(multiple(&prime, 3)),
        multiple(&prime, 3),
        [MASK, MASK, MASK, MASK, highest],
        [0, 0, 0, 0, highest],
        [MASK, 0, MASK, 0, 1],
        [0, MASK, 0, MASK, 0],
        [MASK, MASK, MASK, MASK, 0],
        Forms::<P>::ONE,
    ];
    let mut random = ark_std::test_rng();
    for _ in 0..12 {
        let mut limbs = [0; LIMBS].map(|_: u64| random.next_u64() & MASK);
        limbs[LIMBS - 1] %= highest;
        samples.push(limbs);
    }
    samples
}

/// Checks of the elements of one field in one kind of vectors, on eight settled elements of each name.
struct Check<V, P, F> {
    kind: PhantomData<(V, P, F)>,
    memory: [Vec<u64>; 4],
}

impl<V: Integers, P: Prime, F: PrimeField<BigInt = BigInt<4>>> Check<V, P, F> {
    fn element(&self, name: usize) -> Unsigned<V, P> {
        let places: Vec<*const u64> = (0..LANES).map(|lane| self.memory[name][lane * LIMBS..].as_ptr()).collect();
        // SAFETY: the tests run only what the processor has.
        unsafe { Unsigned::gather(places.as_ptr(), 0) }
    }

    fn values(&self, name: usize) -> Values<F> {
        std::array::from_fn(|lane| Self::value(&self.memory[name][lane * LIMBS..][..LIMBS]))
    }

    fn value(limbs: &[u64]) -> F {
        let limbs: &Limbs = limbs.try_into().expect("five limbs");
        F::from_bigint(BigInt(Unsigned::<V, P>::words(limbs))).expect("below the prime")
    }

    fn is(element: Unsigned<V, P>, most: u64, expected: Values<F>) {
        let mut stored = [0; LANES * LIMBS];
        // SAFETY: as above.
        unsafe { element.store(stored.as_mut_ptr()) };
        for lane in 0..LANES {
            let limbs: Limbs = std::array::from_fn(|i| stored[i * LANES + lane]);
            assert!(limbs.iter().all(|&limb| limb <= MASK), "carried: {limbs:x?}");
            let bound = multiple(&Forms::<P>::PRIME, most);
            assert!(limbs.iter().rev().le(bound.iter().rev()), "at most {most} primes: {limbs:x?}");
            assert_eq!(Self::value(&limbs), expected[lane], "lane {lane}");
        }
    }

    fn settled(element: Unsigned<V, P>, expected: Values<F>) {
        Self::is(element, 3, expected);
    }

    fn run(&self) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|name| self.element(name));
        let [va, vb, vc, vd] = [0, 1, 2, 3].map(|name| self.values(name));
        let rho = F::from(2u64).pow([260]);
        let (inverse, sixteenth) = (rho.inverse().expect("not 0"), F::from(16u64).inverse().expect("not 0"));
        let each = |of: &dyn Fn(F, F, F, F) -> F| -> Values<F> {
            std::array::from_fn(|lane| of(va[lane], vb[lane], vc[lane], vd[lane]))
        };
        let slope = inverse * sixteenth;
        // SAFETY: as above.
        unsafe {
            Self::is(a.minus(b), 6, each(&|a, b, _, _| a - b));
            Self::settled(a.times(b), each(&|a, b, _, _| a * b * inverse));
            let (ac, bd) = (a.minus(c), b.minus(d));
            Self::settled(ac.times(bd), each(&|a, b, c, d| (a - c) * (b - d) * inverse));
            Self::settled(a.times_less(b, c), each(&|a, b, c, _| a * b * inverse - c));
            Self::settled(ac.times_less(bd, d), each(&|a, b, c, d| (a - c) * (b - d) * inverse - d));
            Self::settled(a.slope_squared_less(c, d), each(&|a, _, c, d| a * a * slope - c - d));
            let (sum, difference) = a.sum_and_difference(b);
            Self::settled(sum, each(&|a, b, _, _| a + b));
            Self::settled(difference, each(&|a, b, _, _| a - b));
            Self::settled(a.times(Unsigned::one()), va);
            Self::settled(a.times(Unsigned::zero()), [F::ZERO; LANES]);
            let masks: [u64; LANES] = std::array::from_fn(|lane| if lane % 3 == 1 { u64::MAX } else { 0 });
            let signed = std::array::from_fn(|lane| if lane % 3 == 1 { -va[lane] } else { va[lane] });
            Self::settled(a.negated_where(masks.as_ptr()), signed);

            let [real, imaginary] = Unsigned::complex_times([a, b], [c, d], None);
            Self::settled(real, each(&|a, b, c, d| (a * c - b * d) * inverse));
            Self::settled(imaginary, each(&|a, b, c, d| (a * d + b * c) * inverse));
            let differences = ([a.minus(b), b.minus(c)], [c.minus(d), d.minus(a)]);
            let [real, imaginary] = Unsigned::complex_times(differences.0, differences.1, Some([c, b]));
            Self::settled(real, each(&|a, b, c, d| ((a - b) * (c - d) - (b - c) * (d - a)) * inverse - c));
            Self::settled(imaginary, each(&|a, b, c, d| ((a - b) * (d - a) + (b - c) * (c - d)) * inverse - b));
            let [real, imaginary] = Unsigned::complex_slope_squared_less([a, b], [c, d], [d, d]);
            Self::settled(real, each(&|a, b, c, d| (a * a - b * b) * slope - c - d));
            Self::settled(imaginary, each(&|a, b, _, d| F::from(2u64) * a * b * slope - d - d));
        }
        self.round_trips(a, va);
    }

    fn round_trips(&self, a: Unsigned<V, P>, va: Values<F>) {
        let words: Vec<_> = va.iter().map(|value| value.into_bigint().0).collect();
        let places: Vec<*const u64> = words.iter().map(|words| words.as_ptr()).collect();
        // Offset 2, behind two words that are left alone.
        let mut scattered = [[7u64; 2 + LIMBS]; LANES];
        let targets: Vec<*mut u64> = scattered.iter_mut().map(|limbs| limbs.as_mut_ptr()).collect();
        // SAFETY: as above; all pointers have room.
        unsafe {
            Self::is(Unsigned::from_words(places.as_ptr(), 0), 1, va);
            Self::is(Unsigned::splat(&words[3]), 1, [va[3]; LANES]);
            a.scatter(targets.as_ptr(), 2);
            let mut stored = [0; LANES * LIMBS];
            a.store(stored.as_mut_ptr());
            Self::settled(Unsigned::load(stored.as_ptr()), va);
        }
        for lane in 0..LANES {
            assert_eq!(scattered[lane][..2], [7, 7]);
            assert_eq!(scattered[lane][2..], self.memory[0][lane * LIMBS..][..LIMBS]);
            let limbs = Unsigned::<V, P>::limbs(&words[lane]);
            assert_eq!(Unsigned::<V, P>::words(&limbs), words[lane]);
        }
    }
}

fn agrees_with_arkworks<V: Integers, P: Prime, F: PrimeField<BigInt = BigInt<4>>>() {
    let samples = samples::<P>();
    let count = samples.len();
    // All pairs, with two more that change.
    let all: Vec<[usize; 4]> =
        (0..count * count).map(|i| [i / count, i % count, (i * 7 + 3) % count, (i / 3 + i) % count]).collect();
    for some in all.chunks_exact(LANES) {
        let memory = |name: usize| some.iter().flat_map(|names| samples[names[name]]).collect();
        Check::<V, P, F> { kind: PhantomData, memory: [memory(0), memory(1), memory(2), memory(3)] }.run();
    }
}

/// Sums of groups with equal and opposite points beside those of group_sums.rs.
fn sums_agree<P, K, I>()
where
    P: SWCurveConfig<ScalarField = Fr>,
    P::BaseField: Coordinate,
    K: Coordinates<Single = P::BaseField>,
    I: Instructions,
{
    let mut random = ark_std::test_rng();
    let mut points = vec![Projective::<P>::generator() * Fr::rand(&mut random)];
    for i in 1..900 {
        let last = points[i - 1];
        // Some doubled, some equal to the last, the others without pattern.
        points.push(if i % 50 == 1 { last } else { last + points[i / 2] });
    }
    let mut key = Vec::new();
    for point in Projective::normalize_batch(&points) {
        Point { x: point.x, y: point.y }.write(&mut key);
    }
    let (mut items, mut ends) = (Vec::new(), Vec::new());
    for size in [1, 2, 0, 3, 17, 256, 5, 2, 2, 700, 8, 64, 1, 4000] {
        for _ in 0..size {
            let place = random.next_u32() % points.len() as u32;
            items.push(2 * place + (random.next_u32() & 1));
        }
        // A point and its opposite, and one twice.
        if size == 2 {
            let last = items.len() - 1;
            items[last] = items[last - 1] ^ (ends.len() as u32 & 1);
        }
        ends.push(items.len() as u32);
    }
    let expected = sum_groups(&mut GroupSums::<P::BaseField>::new(), &key, &items, &ends);
    let mut adder = LaneSums::<K, I>::new();
    assert_eq!(sum_groups(&mut adder, &key, &items, &ends), expected);
    assert_eq!(sum_groups(&mut adder, &key, &items, &ends), expected, "again, with memory that was used");
    assert!(expected.iter().filter(|sum| sum.is_infinity()).count() > 1, "a point and its opposite are among them");
}

type Lanes<V> = Unsigned<V, Base>;

#[test]
fn emulated_elements_agree_with_arkworks() {
    agrees_with_arkworks::<Eight, Base, Fq>();
    agrees_with_arkworks::<Eight, Scalar, Fr>();
}

#[test]
fn emulated_sums_agree_with_those_one_by_one() {
    sums_agree::<g1::Config, Simple<Lanes<Eight>>, Anything>();
    sums_agree::<g2::Config, Complex<Lanes<Eight>>, Anything>();
}

/// These run where the processor has AVX-512 IFMA.
#[cfg(all(target_arch = "x86_64", avx512))]
mod real {
    use super::super::instructions::Ifma;
    use super::super::integers::ifma;
    use super::*;

    fn numbers() -> [u64; LANES * 4] {
        let mut random = ark_std::test_rng();
        let mut numbers = [0; LANES * 4].map(|_: u64| random.next_u64());
        numbers[..6].copy_from_slice(&[0, u64::MAX, MASK, MASK + 1, 1, 1 << 63]);
        numbers[9..13].copy_from_slice(&[MASK, u64::MAX, 0, 1]);
        numbers
    }

    fn stored(vector: impl Integers) -> [u64; LANES] {
        let mut stored = [0; LANES];
        // SAFETY: the caller saw the instructions.
        unsafe { vector.store(stored.as_mut_ptr()) };
        stored
    }

    /// What all functions give on the same numbers.
    fn all<V: Integers>() -> Vec<[u64; LANES]> {
        let numbers = numbers();
        let mut scattered = [0u64; LANES * 4];
        let table = [11, 22, 33, 44, 55, 66, 77, 88];
        // Lanes in no order.
        let order = [3, 0, 7, 1, 6, 2, 5, 4];
        let places = order.map(|lane: usize| numbers[lane * 3..].as_ptr());
        let targets = order.map(|lane| scattered[lane * 4..].as_mut_ptr());
        // SAFETY: the caller saw the instructions, and pointers have room.
        unsafe {
            let load = |i: usize| V::load(numbers[i * LANES..].as_ptr());
            let (a, b, c) = (load(0), load(1), load(2));
            let mut results = vec![V::splat(numbers[7]), c.add_low(a, b), c.add_high(a, b), a.add(b), a.subtract(b)];
            results.extend([a.and(b), a.or(b), a.shift_right::<52>(), a.shift_right_signed::<52>()]);
            results.extend([b.shift_left::<12>(), a.looked_up(&table), V::gather_one(places.as_ptr(), 2)]);
            results.extend(V::gather_four(places.as_ptr(), 1));
            V::scatter_four([a, b, c, a.add(c)], targets.as_ptr(), 0);
            for (first, second) in [V::exchanged::<1>(a, b), V::exchanged::<2>(a, b), V::exchanged::<4>(a, b)] {
                results.extend([first, second]);
            }
            let mut results: Vec<_> = results.into_iter().map(stored).collect();
            results
                .extend(scattered.chunks_exact(LANES).map(|some| -> [u64; LANES] { some.try_into().expect("eight") }));
            b.scatter_one(targets.as_ptr(), 3);
            results
                .extend(scattered.chunks_exact(LANES).map(|some| -> [u64; LANES] { some.try_into().expect("eight") }));
            results
        }
    }

    #[test]
    fn ifma_is_as_emulated() {
        if Ifma::available() {
            assert_eq!(all::<ifma::Eight>(), all::<Eight>());
        }
    }

    #[test]
    fn ifma_elements_agree_with_arkworks() {
        if Ifma::available() {
            agrees_with_arkworks::<ifma::Eight, Base, Fq>();
            agrees_with_arkworks::<ifma::Eight, Scalar, Fr>();
        }
    }

    #[test]
    fn ifma_sums_agree_with_those_one_by_one() {
        if Ifma::available() {
            sums_agree::<g1::Config, Simple<Lanes<ifma::Eight>>, Ifma>();
            sums_agree::<g2::Config, Complex<Lanes<ifma::Eight>>, Ifma>();
        }
    }
}
