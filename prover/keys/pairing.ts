/**
 * Pairings of BN254 on the calling thread, by wasmcurves' module: points in and out of its memory, and whether two
 * pairings agree.
 */

import { bn128Module } from "../curve/bn128Module.ts";
import { Bn128 } from "../curve/bn128Wasm.ts";
import { BASE_PRIME, type G1Point, type G2Point } from "../curve/bn254.ts";
import { ProofError } from "../errors.ts";
import { integerBytes } from "../formats/binfile.ts";

/** Bytes of an element of the target field. */
const TARGET = 384;

let curve: Bn128 | undefined;

/** The curve for the calling thread. */
export async function pairingCurve(): Promise<Bn128> {
  curve ??= new Bn128(await bn128Module());
  return curve;
}

/** Affine, Montgomery form; infinity is zeros. */
export function putPoint(wasm: Bn128, point: G1Point | G2Point | null): number {
  if (point === null) return wasm.put(new Uint8Array(64));
  const bytes = point.flat().map((value) => integerBytes(((value as bigint) << 256n) % BASE_PRIME));
  return wasm.put(Buffer.concat(bytes));
}

/** @throws ProofError PROOF_INFINITY for the point at infinity, which the module's pairing does not accept */
export function putJacobian(wasm: Bn128, point: G1Point | G2Point | null): number {
  // Keys and proofs with a point at infinity were refused earlier.
  if (point === null)
    throw new ProofError("PROOF_INFINITY", "a point at infinity cannot be paired: get the proof again");
  const group = typeof point[0] === "bigint" ? "g1" : "g2";
  const affine = putPoint(wasm, point);
  const address = wasm.alloc(group === "g1" ? 96 : 192);
  wasm.call(`${group}m_toJacobian`)(affine, address);
  return address;
}

/** A point of G1 and one of G2, to be paired. */
export type Pair = readonly [G1Point, G2Point];

/**
 * Whether e(a) is e(b) or its inverse. A few milliseconds.
 * @param a, b points on their curves, none at infinity
 */
export async function pairAlike([p, q]: Pair, [r, s]: Pair): Promise<boolean> {
  const wasm = await pairingCurve();
  const mark = wasm.mark();
  try {
    const one = wasm.alloc(TARGET);
    wasm.call("ftm_one")(one);
    const [first, second] = [putJacobian(wasm, p), putJacobian(wasm, q)];
    return [r, negative(r)].some((point) => {
      const other = putJacobian(wasm, point);
      return wasm.call("bn128_pairingEq2")(first, second, other, putJacobian(wasm, s), one) === 1;
    });
  } finally {
    wasm.release(mark);
  }
}

/** The point with which it sums to infinity. */
export function negative([x, y]: G1Point): G1Point {
  return [x, (BASE_PRIME - y) % BASE_PRIME];
}
