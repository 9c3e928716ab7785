use super::*;
use crate::field::Words;
use crate::lanes::Lanes;
use crate::msm::sum_of_products;
use ark_bn254::{Fq, Fq2, Fr};
use ark_ec::PrimeGroup;
use ark_ff::{PrimeField, UniformRand, Zero};

const COUNT: usize = 90;

/// Points as keys have them: at infinity, equal, opposite, and without a pattern.
fn points<P: SWCurveConfig<ScalarField = Fr>>() -> Vec<u8>
where
    P::BaseField: Coordinate,
{
    let mut random = ark_std::test_rng();
    let generator = Projective::<P>::generator();
    let points: Vec<Projective<P>> = (0..COUNT)
        .map(|i| match i % 7 {
            0 => Projective::<P>::zero(),
            1 => generator,
            2 => -generator,
            _ => generator * Fr::rand(&mut random),
        })
        .collect();
    let mut bytes = Vec::new();
    for point in Projective::normalize_batch(&points) {
        point.xy().map_or(Point::INFINITY, |(x, y)| Point { x, y }).write(&mut bytes);
    }
    bytes
}

/// 0, 1, −1, small ones, and some without a pattern.
fn scalars() -> Vec<Words> {
    let mut random = ark_std::test_rng();
    let value = |i: usize| match i % 8 {
        0 => Fr::zero(),
        1 => Fr::from(1u64),
        2 => -Fr::from(1u64),
        3 => Fr::from((i * i) as u64),
        4 => -Fr::from(1u64) / Fr::from(2u64),
        _ => Fr::rand(&mut random),
    };
    (0..COUNT).map(value).map(|value| value.into_bigint().0).collect()
}

fn key<'a>(g1: &'a [u8], g2: &'a [u8]) -> Zkey<'a> {
    let section = |section, bytes| Points { section, bytes, tables: Tables::ONE };
    let one = Point::<Fq>::read(g1, 1);
    let two = Point::<Fq2>::read(g2, 1);
    Zkey {
        wires: COUNT,
        public_signals: 0,
        domain: 128,
        alpha1: one,
        beta1: one,
        beta2: two,
        delta1: one,
        delta2: two,
        coefficients: &[],
        a: section(5, g1),
        b1: section(6, g1),
        b2: section(7, g2),
        c: section(8, g1),
        h: section(9, g1),
    }
}

fn file(key: &Zkey, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(key, count, &mut bytes).expect("memory takes it");
    bytes
}

#[test]
fn sums_are_those_of_the_points_alone() {
    let (g1, g2, scalars) = (points::<g1::Config>(), points::<g2::Config>(), scalars());
    for count in 1..=MOST {
        let bytes = file(&key(&g1, &g2), count);
        let (plain, mut with) = (key(&g1, &g2), key(&g1, &g2));
        read(&mut with, &bytes, "multiples").expect("its own file");
        assert_eq!(with.h.tables.count, count);
        for lanes in Lanes::here() {
            for (plain, with) in [(&plain.a, &with.a), (&plain.h, &with.h)] {
                let expected =
                    sum_of_products::<g1::Config>(lanes, plain, &scalars).expect("good points").into_affine();
                let found = sum_of_products::<g1::Config>(lanes, with, &scalars).expect("good points").into_affine();
                assert_eq!(found, expected, "{count} tables, {lanes:?}");
            }
            let expected =
                sum_of_products::<g2::Config>(lanes, &plain.b2, &scalars).expect("good points").into_affine();
            let found = sum_of_products::<g2::Config>(lanes, &with.b2, &scalars).expect("good points").into_affine();
            assert_eq!(found, expected, "{count} tables in G2, {lanes:?}");
        }
    }
}

/// Every width: a row may have fewer windows than there are tables.
#[test]
fn all_widths_agree() {
    let (bytes, scalars) = (points::<g1::Config>(), scalars());
    let plain = Points { section: 5, bytes: &bytes, tables: Tables::ONE };
    let expected = sum_of_products::<g1::Config>(Lanes::None, &plain, &scalars).expect("good points");
    for (count, bits) in (3..=13).map(|bits| (2 + bits % 3, bits)) {
        let tables = Tables { count, bits };
        let mut all = bytes.clone();
        let mut table = bytes.clone();
        for _ in 1..count {
            double_all::<g1::Config>(&mut table, tables.doublings());
            all.extend_from_slice(&table);
        }
        let with = Points { section: 5, bytes: &all, tables };
        let found = sum_of_products::<g1::Config>(Lanes::None, &with, &scalars).expect("good points");
        assert_eq!(found, expected, "{count} tables, {bits} bits");
    }
}

#[test]
fn what_is_damaged_or_of_another_key_is_refused() {
    let (g1, g2, scalars) = (points::<g1::Config>(), points::<g2::Config>(), scalars());
    let good = file(&key(&g1, &g2), 2);
    let refused = |bytes: &[u8]| {
        let mut key = key(&g1, &g2);
        read(&mut key, bytes, "multiples").expect_err("refused").to_string()
    };
    assert!(refused(&good[..good.len() - 1]).contains("ends too early"));
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    // Behind 12 bytes of the container and 12 of the section: the prime, δ, and the count.
    assert!(refused(&changed(0, 0)).contains("is not a .mult file"));
    assert!(refused(&changed(24, 0)).contains("of another key"));
    assert!(refused(&changed(24 + 32, 77)).contains("of another key"));
    assert!(refused(&changed(24 + 96, 3)).contains("has not the size"));
    assert!(refused(&changed(24 + 100 + 12, 0)).contains("has not the size"));
    assert!(refused(&changed(24 + 100 + 12, 21)).contains("has not the size"));
    // Point 1, whose scalar is 1.
    let at = 24 + 100 + 12 + 4 + 64;
    let mut bytes = good.clone();
    bytes[at..at + 64].fill(0xff);
    let mut key = key(&g1, &g2);
    read(&mut key, &bytes, "multiples").expect("the header is good");
    let failed = sum_of_products::<g1::Config>(Lanes::None, &key.a, &scalars).expect_err("refused").to_string();
    assert!(failed.contains("point 1 of section 5 is not reduced"), "{failed}");
}
