/**
 * The curve BN254 (alt_bn128) in plain integers: enough to check that a point lies on the curve and in the right
 * subgroup, and to multiply a few points. It shares no code with the WebAssembly that makes keys, so that each can be
 * tested against the other. It is a thousand times too slow for making proving keys (`fixedBase.ts` does that).
 */
import { FIELD } from "../../trace/layout.ts";
import { inverse, modulo } from "../../trace/wasm/modular.ts";

export { inverse, modulo };

/** Order of both groups: the field that circuits compute in. */
export const FIELD_ORDER = FIELD;
/** The prime of the field that point coordinates lie in. */
export const BASE_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** An element c0 + c1·u of the quadratic extension, u² = −1. The order is snarkjs's; Solidity wants [c1, c0]. */
export type Fp2 = readonly [bigint, bigint];
/** A finite point, affine. */
export type G1Point = readonly [bigint, bigint];
/** A finite point of the twist, affine. */
export type G2Point = readonly [Fp2, Fp2];

interface Field<T> {
  readonly zero: T;
  readonly one: T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  inverse(a: T): T;
  equal(a: T, b: T): boolean;
  /** True if every coordinate is written in its one reduced form. */
  reduced(a: T): boolean;
}

interface Jacobian<T> {
  readonly x: T;
  readonly y: T;
  readonly z: T;
}

/** value^exponent mod prime, exponent ≥ 0. */
export function power(value: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n;
  let square = modulo(value, prime);
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

const P = BASE_PRIME;

const Fp: Field<bigint> = {
  zero: 0n,
  one: 1n,
  add: (a, b) => (a + b) % P,
  sub: (a, b) => modulo(a - b, P),
  mul: (a, b) => (a * b) % P,
  inverse: (a) => inverse(a, P),
  equal: (a, b) => a === b,
  reduced: (a) => a >= 0n && a < P,
};

const Fp2Field: Field<Fp2> = {
  zero: [0n, 0n],
  one: [1n, 0n],
  add: (a, b) => [(a[0] + b[0]) % P, (a[1] + b[1]) % P],
  sub: (a, b) => [modulo(a[0] - b[0], P), modulo(a[1] - b[1], P)],
  mul: (a, b) => [modulo(a[0] * b[0] - a[1] * b[1], P), (a[0] * b[1] + a[1] * b[0]) % P],
  inverse: (a) => {
    const norm = inverse(a[0] * a[0] + a[1] * a[1], P);
    return [(a[0] * norm) % P, modulo(-a[1] * norm, P)];
  },
  equal: (a, b) => a[0] === b[0] && a[1] === b[1],
  reduced: (a) => Fp.reduced(a[0]) && Fp.reduced(a[1]),
};

function double<T>(F: Field<T>, p: Jacobian<T>): Jacobian<T> {
  // y = 0 needs no case of its own: neither group has a point of order two, and the formula then gives z = 0 anyway.
  const a = F.mul(p.x, p.x);
  const b = F.mul(p.y, p.y);
  const c = F.mul(b, b);
  const xb = F.add(p.x, b);
  const half = F.sub(F.sub(F.mul(xb, xb), a), c);
  const d = F.add(half, half);
  const e = F.add(F.add(a, a), a);
  const x = F.sub(F.mul(e, e), F.add(d, d));
  const c2 = F.add(c, c);
  const c4 = F.add(c2, c2);
  const yz = F.mul(p.y, p.z);
  return { x, y: F.sub(F.mul(e, F.sub(d, x)), F.add(c4, c4)), z: F.add(yz, yz) };
}

function addAffine<T>(F: Field<T>, p: Jacobian<T>, q: readonly [T, T]): Jacobian<T> {
  if (F.equal(p.z, F.zero)) return { x: q[0], y: q[1], z: F.one };
  const zz = F.mul(p.z, p.z);
  const h = F.sub(F.mul(q[0], zz), p.x);
  const s = F.sub(F.mul(q[1], F.mul(zz, p.z)), p.y);
  if (F.equal(h, F.zero)) {
    return F.equal(s, F.zero) ? double(F, p) : { x: F.one, y: F.one, z: F.zero };
  }
  const hh = F.mul(h, h);
  const hhh = F.mul(hh, h);
  const v = F.mul(p.x, hh);
  const x = F.sub(F.sub(F.mul(s, s), hhh), F.add(v, v));
  return { x, y: F.sub(F.mul(s, F.sub(v, x)), F.mul(p.y, hhh)), z: F.mul(p.z, h) };
}

function multiply<T>(F: Field<T>, point: readonly [T, T], scalar: bigint): readonly [T, T] | null {
  let sum: Jacobian<T> = { x: F.one, y: F.one, z: F.zero };
  for (const bit of scalar.toString(2)) {
    sum = double(F, sum);
    if (bit === "1") sum = addAffine(F, sum, point);
  }
  if (F.equal(sum.z, F.zero)) return null;
  const z = F.inverse(sum.z);
  const zz = F.mul(z, z);
  return [F.mul(sum.x, zz), F.mul(sum.y, F.mul(zz, z))];
}

function onCurve<T>(F: Field<T>, b: T, point: readonly [T, T]): boolean {
  const [x, y] = point;
  return F.reduced(x) && F.reduced(y) && F.equal(F.mul(y, y), F.add(F.mul(F.mul(x, x), x), b));
}

/** The generator of G1. */
export const G1_GENERATOR: G1Point = [1n, 2n];
/** The generator of G2, the one that Ethereum's precompile, circom and snarkjs share. */
export const G2_GENERATOR: G2Point = [
  [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
];

const B1 = 3n;
/** 3 / (9 + u), the constant of the twist. */
const B2: Fp2 = Fp2Field.mul([3n, 0n], Fp2Field.inverse([9n, 1n]));

/** scalar · point; null is the point at infinity. The point must lie on the curve, the scalar be non-negative. */
export function multiplyG1(point: G1Point, scalar: bigint): G1Point | null {
  return multiply(Fp, point, scalar);
}

/** scalar · point; null is the point at infinity. The point must lie on the twist, the scalar be non-negative. */
export function multiplyG2(point: G2Point, scalar: bigint): G2Point | null {
  return multiply(Fp2Field, point, scalar);
}

/** True for a finite point of G1 with reduced coordinates. (G1 is the whole curve: there is no subgroup to check.) */
export function isOnG1(point: G1Point): boolean {
  return onCurve(Fp, B1, point);
}

/** True for a finite point of the twist with reduced coordinates, in any subgroup. */
export function isOnTwist(point: G2Point): boolean {
  return onCurve(Fp2Field, B2, point);
}

/** True if a point of the twist lies in G2, the subgroup of the right order. Costs a few milliseconds. */
export function isInG2(point: G2Point): boolean {
  return isOnTwist(point) && multiplyG2(point, FIELD_ORDER) === null;
}
