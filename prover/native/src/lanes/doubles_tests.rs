//! Elements in doubles beside the crates' arithmetic, with numbers at the bounds that doubles.rs names.

use super::doubles::Fives;
use super::element::{Element, Limbs, LIMBS};
use super::instructions::{Avx2, Instructions};
use super::primes::{Base, Prime, Scalar};
use super::vector::avx2::Four;
use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, PrimeField};

const LANES: usize = 4;
type Values<F> = [F; LANES];

/// Settled elements: small ones, those around half of the prime, full limbs of both signs, and some without pattern.
fn samples<P: Prime, F: PrimeField<BigInt = BigInt<4>>>() -> Vec<Limbs> {
    let mut random = ark_std::test_rng();
    let half = F::from(2u64).inverse().expect("2 is not 0");
    let mut values = vec![F::ZERO, F::ONE, -F::ONE, half, half - F::ONE, half + F::ONE];
    values.extend((0..9).map(|_| F::rand(&mut random)));
    let mut samples: Vec<Limbs> =
        values.into_iter().map(|value| Fives::<Four, P>::limbs(&value.into_bigint().0)).collect();
    let (full, top) = ((1u64 << 50) as f64, 0.51 * P::CENTRED[4]);
    for signs in 0..8u32 {
        let sign = |bit: u32| if signs >> bit & 1 == 1 { -1.0 } else { 1.0 };
        let limbs = [sign(0) * full, sign(1) * full, sign(0) * full, sign(1) * full, sign(2) * top.floor()];
        samples.push(limbs.map(f64::to_bits));
    }
    samples
}

fn value<P: Prime, F: PrimeField<BigInt = BigInt<4>>>(limbs: &Limbs) -> F {
    F::from_bigint(BigInt(Fives::<Four, P>::words(limbs))).expect("words are below the prime")
}

/// Compares with what is expected, and sees that the result is settled.
unsafe fn is<P: Prime, F: PrimeField<BigInt = BigInt<4>>>(element: Fives<Four, P>, expected: Values<F>) {
    let mut stored = [0; LANES * LIMBS];
    element.store(stored.as_mut_ptr());
    for lane in 0..LANES {
        let limbs: Limbs = std::array::from_fn(|i| stored[i * LANES + lane]);
        assert_eq!(value::<P, F>(&limbs), expected[lane]);
        for (i, limb) in limbs.into_iter().map(f64::from_bits).enumerate() {
            let bound = if i < 4 { (1u64 << 50) as f64 } else { 0.511 * P::CENTRED[4] };
            assert!(limb.abs() <= bound, "limb {i} is {limb}");
        }
    }
}

unsafe fn agrees<P: Prime, F: PrimeField<BigInt = BigInt<4>>>(limbs: [[Limbs; LANES]; 4]) {
    let element = |name: usize| {
        let places: Vec<*const u64> = limbs[name].iter().map(|limbs| limbs.as_ptr()).collect();
        Fives::<Four, P>::gather(places.as_ptr(), 0)
    };
    let [a, b, c, d] = [element(0), element(1), element(2), element(3)];
    let [va, vb, vc, vd]: [Values<F>; 4] = limbs.map(|lanes| lanes.map(|limbs| value::<P, F>(&limbs)));
    let inverse = F::from(2u64).pow([255]).inverse().expect("not 0");
    let slope = inverse * F::from(2u64);
    let each = |of: &dyn Fn(F, F, F, F) -> F| -> Values<F> { std::array::from_fn(|l| of(va[l], vb[l], vc[l], vd[l])) };
    is(a.times(b), each(&|a, b, _, _| a * b * inverse));
    is(a.times(c.minus(d)), each(&|a, _, c, d| a * (c - d) * inverse));
    is(a.times_less(c.minus(d), b), each(&|a, b, c, d| a * (c - d) * inverse - b));
    is(a.slope_squared_less(c, d), each(&|a, _, c, d| a * a * slope - c - d));
    let (sum, difference) = a.sum_and_difference(b);
    is(sum, each(&|a, b, _, _| a + b));
    is(difference, each(&|a, b, _, _| a - b));
    let [real, imaginary] = Fives::complex_times([a, b], [c.minus(d), d.minus(a)], Some([c, b]));
    is(real, each(&|a, b, c, d| (a * (c - d) - b * (d - a)) * inverse - c));
    is(imaginary, each(&|a, b, c, d| (a * (d - a) + b * (c - d)) * inverse - b));
    let [real, imaginary] = Fives::complex_slope_squared_less([a, b], [c, d], [d, d]);
    is(real, each(&|a, b, c, d| (a * a - b * b) * slope - c - d));
    is(imaginary, each(&|a, b, _, d| F::from(2u64) * a * b * slope - d - d));
    // From words, a product with a difference of two such, and one of them taken away.
    let words: Vec<[u64; 4]> = vb.iter().chain(&vc).map(|value| value.into_bigint().0).collect();
    let places: Vec<*const u64> = words.iter().map(|words| words.as_ptr()).collect();
    let (x, y) = (Fives::<Four, P>::from_words(places.as_ptr(), 0), Fives::from_words(places[LANES..].as_ptr(), 0));
    is(a.times_less(x.minus(y), x), each(&|a, b, c, _| a * (b - c) * inverse - b));
    is(a.slope_squared_less(x, y), each(&|a, b, c, _| a * a * slope - b - c));
}

fn agrees_with_arkworks<P: Prime, F: PrimeField<BigInt = BigInt<4>>>() {
    if !Avx2::available() {
        return;
    }
    let samples = samples::<P, F>();
    let count = samples.len();
    for i in 0..count * count {
        let names = |lane: usize| [i / count + lane, i % count, i * 7 + 3 + lane, i / 3 + i + 2 * lane];
        let limbs = std::array::from_fn(|name| std::array::from_fn(|lane| samples[names(lane)[name] % count]));
        // SAFETY: the instructions are available.
        unsafe { agrees::<P, F>(limbs) };
    }
}

#[test]
fn elements_agree_with_arkworks() {
    agrees_with_arkworks::<Base, Fq>();
    agrees_with_arkworks::<Scalar, Fr>();
}
