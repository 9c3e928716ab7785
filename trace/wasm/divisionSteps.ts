/**
 * The inverse modulo a prime by division steps (D. J. Bernstein, B.-Y. Yang: Fast constant-time gcd computation and
 * modular inversion, 2019), thirty at a time on the lowest bits alone, as libsecp256k1 describes it in
 * doc/safegcd_inversion.md; not in constant time.
 *
 * f and g begin as the prime and the number. A division step takes g/2, (g + f)/2 or (g − f)/2, with f and g exchanged
 * where that brings them down; thirty steps are a matrix (u v; q r) / 2^30 that depends only on the lowest thirty bits
 * of f and g and on eta, which counts which of the two is ahead. d and e go along modulo the prime: f = d · number and
 * g = e · number. In the end g is 0 and f is ±1, so ±d is the inverse. Nine limbs of 30 bits, lowest first, of which
 * the last has the sign.
 */
import { bitsFrom, storePacked } from "../poseidon/arithmetic.ts";
import { type Body, type Code, type Locals, wasm } from "./assembler.ts";
import { inverse } from "./modular.ts";

const { get, set, i32, i64, add, subtract, mul, and, or, shiftLeft, shiftRightSigned } = wasm;
const { add32, sub32, mul32, and32, or32, shiftLeft32, shiftRight32, lessSigned32, extend, wrap } = wasm;
const LIMBS = 9;
const BITS = 30;
const MASK = 2 ** BITS - 1;
const TOP = LIMBS - 1;
const limbsOf = (value: bigint): number[] =>
  Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(BITS * i)) & BigInt(MASK)));
/** Bits of g that are made 0 in one go: −1/f is known to six bits by f · (f² − 2). */
const AT_ONCE = 6;

type Limbs = readonly number[];
const at = (limbs: Limbs, i: number): Code => get(limbs[i] as number);
const low = (value: Code): Code => and(value, i64(MASK));
const up = (value: Code): Code => shiftRightSigned(value, i64(BITS));

/** What the code needs of a prime: its limbs, and its inverse modulo 2^30. */
interface Prime {
  readonly limb: (i: number) => Code;
  readonly inverse: number;
}

/** (x, r): r = 1 / x modulo the prime, 0 for 0; 32 bytes each, little-endian. The prime is below 2^256. */
export const inverseModulo =
  (modulus: bigint): Body =>
  ([x, r], locals) =>
    inverted([x as number, r as number], locals, primeOf(modulus));

function primeOf(modulus: bigint): Prime {
  const limbs = limbsOf(modulus);
  const limb = (i: number): Code => i64(limbs[i] as number);
  return { limb, inverse: Number(inverse(modulus, 1n << BigInt(BITS))) };
}

function inverted([x, r]: readonly [number, number], locals: Locals, prime: Prime): Code {
  const number = (): number[] => locals.several("i64", LIMBS);
  const [d, e, f, g] = [number(), number(), number(), number()];
  const matrix = locals.several("i64", 4);
  const eta = locals.one("i32");
  const rest = g.map(get).reduce((a, b) => or(a, b));
  return [
    d.map((local) => set(local, i64(0))),
    e.map((local, i) => set(local, i64(i === 0 ? 1 : 0))),
    f.map((local, i) => set(local, prime.limb(i))),
    g.map((local, i) => set(local, bitsFrom(get(x), BITS * i, BITS))),
    set(eta, i32(-1)),
    wasm.repeat(
      [steps(f, g, eta, matrix, locals), updateModulo(d, e, matrix, locals, prime), update(f, g, matrix, locals)],
      wasm.equalsZero(wasm.equalsZero64(rest)),
    ),
    wasm.when(wasm.lessSigned(at(d, TOP), i64(0)), addPrime(d, prime)),
    wasm.when(
      wasm.lessSigned(at(f, TOP), i64(0)),
      d.map((local) => set(local, subtract(i64(0), get(local)))),
    ),
    ripple(d),
    wasm.when(wasm.lessSigned(at(d, TOP), i64(0)), [addPrime(d, prime), ripple(d)]),
    storePacked(d.map(get), BITS, get(r)),
  ];
}

/** Thirty division steps on the lowest bits of f and g: the matrix, and eta after them. */
function steps(f: Limbs, g: Limbs, eta: number, matrix: Limbs, locals: Locals): Code {
  const one = (): number => locals.one("i32");
  const [u, v, q, r] = [one(), one(), one(), one()];
  const [a, b, left, zeros, swap, times] = [one(), one(), one(), one(), one(), one()];
  const shift = (local: number): Code => set(local, shiftLeft32(get(local), get(zeros)));
  /** (first, second) = (second, −first). */
  const turn = (first: number, second: number): Code => [
    set(swap, get(first)),
    set(first, get(second)),
    set(second, sub32(i32(0), get(swap))),
  ];
  const plus = (to: number, other: number): Code => set(to, add32(get(to), mul32(get(other), get(times))));
  // Number of bits of g to clear: at most those left, and few enough that eta does not change sign again.
  const limit = swap;
  const atMost = (bound: Code): Code => wasm.when(lessSigned32(bound, get(limit)), set(limit, bound));
  return [
    [u, r].map((local) => set(local, i32(1))),
    [v, q].map((local) => set(local, i32(0))),
    set(a, wrap(or(at(f, 0), shiftLeft(at(f, 1), i64(BITS))))),
    set(b, wrap(or(at(g, 0), shiftLeft(at(g, 1), i64(BITS))))),
    set(left, i32(BITS)),
    wasm.repeat(
      [
        // The bits left are the bound.
        set(zeros, wasm.trailingZeros32(or32(get(b), shiftLeft32(i32(-1), get(left))))),
        set(b, shiftRight32(get(b), get(zeros))),
        [u, v].map(shift),
        set(eta, sub32(get(eta), get(zeros))),
        set(left, sub32(get(left), get(zeros))),
        wasm.when(get(left), [
          wasm.when(lessSigned32(get(eta), i32(0)), [
            set(eta, sub32(i32(0), get(eta))),
            turn(a, b),
            turn(u, q),
            turn(v, r),
          ]),
          set(limit, add32(get(eta), i32(1))),
          atMost(get(left)),
          atMost(i32(AT_ONCE)),
          set(times, mul32(mul32(get(a), get(b)), sub32(mul32(get(a), get(a)), i32(2)))),
          set(times, and32(get(times), sub32(shiftLeft32(i32(1), get(limit)), i32(1)))),
          plus(b, a),
          plus(q, u),
          plus(r, v),
        ]),
      ],
      get(left),
    ),
    matrix.map((local, i) => set(local, extend(get([u, v, q, r][i] as number)))),
  ];
}

/** f, g = (u f + v g) / 2^30, (q f + r g) / 2^30, which are whole. */
function update(f: Limbs, g: Limbs, [u, v, q, r]: Limbs, locals: Locals): Code {
  const [cf, cg, fi, gi] = locals.several("i64", 4) as [number, number, number, number];
  const sum = (c: number, x: number, y: number): Code =>
    set(c, add(get(c), add(mul(get(x), get(fi)), mul(get(y), get(gi)))));
  return [
    [cf, cg].map((local) => set(local, i64(0))),
    f.map((_, i) => [
      set(fi, at(f, i)),
      set(gi, at(g, i)),
      sum(cf, u as number, v as number),
      sum(cg, q as number, r as number),
      i === 0 ? [] : [set(f[i - 1] as number, low(get(cf))), set(g[i - 1] as number, low(get(cg)))],
      [cf, cg].map((local) => set(local, up(get(local)))),
    ]),
    set(f[TOP] as number, get(cf)),
    set(g[TOP] as number, get(cg)),
  ];
}

/**
 * The same for d and e modulo the prime. Adding multiples of the prime makes them divisible, and keeps them between −2
 * times the prime and the prime.
 */
function updateModulo(d: Limbs, e: Limbs, [u, v, q, r]: Limbs, locals: Locals, prime: Prime): Code {
  const [cd, ce, di, ei, md, me] = locals.several("i64", 6) as [number, number, number, number, number, number];
  const sign = (limbs: Limbs): Code => shiftRightSigned(at(limbs, TOP), i64(63));
  const product = (x: number | undefined, y: number | undefined): Code =>
    add(mul(get(x as number), get(di)), mul(get(y as number), get(ei)));
  const owed = (x: number | undefined, y: number | undefined): Code =>
    add(and(get(x as number), sign(d)), and(get(y as number), sign(e)));
  const settle = (m: number, c: number): Code =>
    set(m, subtract(get(m), low(add(mul(get(c), i64(prime.inverse)), get(m)))));
  return [
    set(md, owed(u, v)),
    set(me, owed(q, r)),
    [cd, ce].map((local) => set(local, i64(0))),
    d.map((_, i) => [
      set(di, at(d, i)),
      set(ei, at(e, i)),
      set(cd, add(get(cd), product(u, v))),
      set(ce, add(get(ce), product(q, r))),
      i === 0 ? [settle(md, cd), settle(me, ce)] : [],
      set(cd, add(get(cd), mul(prime.limb(i), get(md)))),
      set(ce, add(get(ce), mul(prime.limb(i), get(me)))),
      i === 0 ? [] : [set(d[i - 1] as number, low(get(cd))), set(e[i - 1] as number, low(get(ce)))],
      [cd, ce].map((local) => set(local, up(get(local)))),
    ]),
    set(d[TOP] as number, get(cd)),
    set(e[TOP] as number, get(ce)),
  ];
}

const addPrime = (limbs: Limbs, prime: Prime): Code =>
  limbs.map((local, i) => set(local, add(get(local), prime.limb(i))));

/** Brings all limbs but the last between 0 and 2^30. */
const ripple = (limbs: Limbs): Code =>
  limbs.slice(0, -1).map((local, i) => {
    const next = limbs[i + 1] as number;
    return [set(next, add(get(next), up(get(local)))), set(local, low(get(local)))];
  });
