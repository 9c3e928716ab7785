//! Inverses modulo a prime by division steps (D. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular
//! inversion", 2019), 62 at a time, here without being constant in time: what is inverted is a product of many differences, and
//! nobody watches.

use super::Words;

const LIMB_BITS: u32 = 62;
const MASK: i64 = (1 << LIMB_BITS) - 1;
/// A signed number in limbs of 62 bits, lowest first; the last has the sign.
type Limbs = [i64; 5];

/// The steps' effect on (f, g), times 2^62.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// 1/value modulo an odd prime below 2^255, of a value below the prime; 0 for 0. `prime_inverse` is 1/prime mod 2^62.
pub fn inverse(value: &Words, prime: &Words, prime_inverse: u64) -> Words {
    let modulus = limbs(prime);
    let (mut f, mut g) = (modulus, limbs(value));
    let (mut d, mut e): (Limbs, Limbs) = ([0; 5], [1, 0, 0, 0, 0]);
    let mut eta = -1;
    while g != [0; 5] {
        let steps;
        (eta, steps) = sixty_two_steps(eta, f[0] as u64, g[0] as u64);
        update_modular(&mut d, &mut e, &steps, &modulus, prime_inverse);
        update(&mut f, &mut g, &steps);
    }
    // f is the greatest common divisor, 1 or −1, or the prime for 0, where d is 0.
    if d[4] < 0 {
        d = carried(std::array::from_fn(|i| d[i] + modulus[i]));
    }
    if f[4] < 0 {
        d = carried(d.map(|limb| -limb));
    }
    if d[4] < 0 {
        d = carried(std::array::from_fn(|i| d[i] + modulus[i]));
    }
    words(&d)
}

fn limbs(w: &Words) -> Limbs {
    let mask = MASK as u64;
    [
        (w[0] & mask) as i64,
        ((w[0] >> 62 | w[1] << 2) & mask) as i64,
        ((w[1] >> 60 | w[2] << 4) & mask) as i64,
        ((w[2] >> 58 | w[3] << 6) & mask) as i64,
        (w[3] >> 56) as i64,
    ]
}

fn words(l: &Limbs) -> Words {
    let l = l.map(|limb| limb as u64);
    [l[0] | l[1] << 62, l[1] >> 2 | l[2] << 60, l[2] >> 4 | l[3] << 58, l[3] >> 6 | l[4] << 56]
}

fn carried(mut l: Limbs) -> Limbs {
    for i in 0..4 {
        l[i + 1] += l[i] >> LIMB_BITS;
        l[i] &= MASK;
    }
    l
}

/// Of the lowest bits of f and g. Several steps at a time, where g is even or a multiple of f makes it so.
fn sixty_two_steps(mut eta: i64, mut f: u64, mut g: u64) -> (i64, Steps) {
    let (mut u, mut v, mut q, mut r) = (1i64, 0i64, 0i64, 1i64);
    let mut left = LIMB_BITS;
    loop {
        // A bit above those that are left stops the count.
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            return (eta, Steps { u, v, q, r });
        }
        let times = if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, -u);
            (v, r) = (r, -v);
            // −g/f modulo 64.
            let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
            inverse.wrapping_mul(g) & low_bits(eta, left, 6)
        } else {
            // −g/f modulo 16.
            let inverse = f.wrapping_add((f.wrapping_add(1) & 4) << 1);
            inverse.wrapping_neg().wrapping_mul(g) & low_bits(eta, left, 4)
        };
        g = g.wrapping_add(f.wrapping_mul(times));
        q += u * times as i64;
        r += v * times as i64;
    }
}

/// A mask of as many bits as may be cancelled at once: no more than steps without a swap, or steps that are left.
fn low_bits(eta: i64, left: u32, most: u32) -> u64 {
    let bits = (eta + 1).min(i64::from(left)).min(i64::from(most));
    (1u64 << bits) - 1
}

fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// (d, e) := steps·(d, e)/2^62 modulo the prime. Both stay between −2 and 1 times the prime.
fn update_modular(d: &mut Limbs, e: &mut Limbs, t: &Steps, modulus: &Limbs, prime_inverse: u64) {
    let (negative_d, negative_e) = (d[4] >> 63, e[4] >> 63);
    let mut times_d = (t.u & negative_d) + (t.v & negative_e);
    let mut times_e = (t.q & negative_d) + (t.r & negative_e);
    let mut sum_d = wide(t.u, d[0]) + wide(t.v, e[0]);
    let mut sum_e = wide(t.q, d[0]) + wide(t.r, e[0]);
    // Multiples of the prime that make the lowest limbs zero.
    let cancelling = |sum: i128, times: i64| {
        (prime_inverse.wrapping_mul(sum as u64).wrapping_add(times as u64) & MASK as u64) as i64
    };
    times_d -= cancelling(sum_d, times_d);
    times_e -= cancelling(sum_e, times_e);
    sum_d = (sum_d + wide(modulus[0], times_d)) >> LIMB_BITS;
    sum_e = (sum_e + wide(modulus[0], times_e)) >> LIMB_BITS;
    for i in 1..5 {
        sum_d += wide(t.u, d[i]) + wide(t.v, e[i]) + wide(modulus[i], times_d);
        sum_e += wide(t.q, d[i]) + wide(t.r, e[i]) + wide(modulus[i], times_e);
        d[i - 1] = sum_d as i64 & MASK;
        e[i - 1] = sum_e as i64 & MASK;
        sum_d >>= LIMB_BITS;
        sum_e >>= LIMB_BITS;
    }
    d[4] = sum_d as i64;
    e[4] = sum_e as i64;
}

/// (f, g) := steps·(f, g)/2^62, which is exact.
fn update(f: &mut Limbs, g: &mut Limbs, t: &Steps) {
    let mut sum_f = (wide(t.u, f[0]) + wide(t.v, g[0])) >> LIMB_BITS;
    let mut sum_g = (wide(t.q, f[0]) + wide(t.r, g[0])) >> LIMB_BITS;
    for i in 1..5 {
        sum_f += wide(t.u, f[i]) + wide(t.v, g[i]);
        sum_g += wide(t.q, f[i]) + wide(t.r, g[i]);
        f[i - 1] = sum_f as i64 & MASK;
        g[i - 1] = sum_g as i64 & MASK;
        sum_f >>= LIMB_BITS;
        sum_g >>= LIMB_BITS;
    }
    f[4] = sum_f as i64;
    g[4] = sum_g as i64;
}
