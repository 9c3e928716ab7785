//! Scalars cut in two by G1's endomorphism: k = k1 + k2·λ, both below 2^127.
use crate::field::Words;

const G1: [u64; 3] = [0x5398fd0300ff6565, 0x4ccef014a773d2d2, 0x2];
const G2: [u64; 2] = [0xd91d232ec7e0b3d7, 0x2];
const N11: [u64; 2] = [0x8211bbeb7d4f1128, 0x6f4d8248eeb859fc];
const N12: [u64; 1] = [0x89d3256894d213e3];
const N22: [u64; 2] = [0xbe4e1541221250b, 0x6f4d8248eeb859fd];

#[inline(always)]
fn product<const A: usize, const B: usize>(a: &[u64; A], b: &[u64; B]) -> [u64; 8] {
    let mut r = [0u64; 8];
    for i in 0..A {
        let mut carry = 0u128;
        for j in 0..B {
            let t = u128::from(a[i]) * u128::from(b[j]) + u128::from(r[i + j]) + carry;
            r[i + j] = t as u64;
            carry = t >> 64;
        }
        r[i + B] = carry as u64;
    }
    r
}

#[inline(always)]
fn low(p: [u64; 8]) -> Words {
    [p[0], p[1], p[2], p[3]]
}

#[inline(always)]
fn less(a: Words, b: Words) -> Words {
    let mut borrow = false;
    std::array::from_fn(|i| {
        let (d, u) = a[i].overflowing_sub(b[i]);
        let (d, v) = d.overflowing_sub(u64::from(borrow));
        borrow = u | v;
        d
    })
}

/// Two's complement in 256 bits.
pub fn halves(k: &Words) -> [Words; 2] {
    let c1 = product(k, &G1);
    let c1 = [c1[4], c1[5]];
    let c2 = product(k, &G2);
    let c2 = [c2[4], c2[5]];
    let k1 = less(less(*k, low(product(&c1, &N11))), low(product(&c2, &N12)));
    let k2 = less(low(product(&c1, &N12)), low(product(&c2, &N22)));
    [k1, k2]
}
