/**
 * Proofs of any statement under the development key. Its secrets are public, so everyone can make them.
 */

import {
  BASE_PRIME,
  FIELD_ORDER,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  inverse,
  modulo,
  multiplyG1,
  multiplyG2,
} from "../../prover/curve/bn254.ts";
import type { Groth16Proof } from "../../prover/groth16/groth16.ts";
import { developmentTrapdoor } from "../../prover/keys/trapdoor.ts";
import { keyPoints, type VerificationKey } from "../../prover/keys/verificationKey.ts";

/** The sum of two points that are neither equal nor opposite, by the chord through them. */
function sum([x1, y1]: G1Point, [x2, y2]: G1Point): G1Point {
  const slope = modulo((y2 - y1) * inverse(modulo(x2 - x1, BASE_PRIME), BASE_PRIME), BASE_PRIME);
  const x = modulo(slope * slope - x1 - x2, BASE_PRIME);
  return [x, modulo(slope * (x1 - x) - y1, BASE_PRIME)];
}

const times = (point: G1Point | null, scalar: bigint): G1Point | null =>
  point === null ? null : multiplyG1(point, modulo(scalar, FIELD_ORDER));

/**
 * A valid proof for these public signals without a witness: A = a·G and B = b·G are chosen at will,
 * and C = ((ab − αβ)·G − γ·Σ signals·IC) / δ (the verification equation of Groth16, https://eprint.iacr.org/2016/260,
 * solved for C).
 */
export function developmentProof(key: VerificationKey, signals: readonly bigint[], a = 101n, b = 103n): Groth16Proof {
  const { alpha, beta, gamma, delta } = developmentTrapdoor();
  const overDelta = inverse(delta, FIELD_ORDER);
  const parts = keyPoints(key).ic.map((point, i) =>
    times(point, -(i === 0 ? 1n : (signals[i - 1] ?? 0n)) * gamma * overDelta),
  );
  const c = parts
    .filter((part) => part !== null)
    .reduce(sum, multiplyG1(G1_GENERATOR, modulo((a * b - alpha * beta) * overDelta, FIELD_ORDER)) as G1Point);
  const [pi_a, pi_b] = [multiplyG1(G1_GENERATOR, a), multiplyG2(G2_GENERATOR, b)];
  if (pi_a === null || pi_b === null) throw new RangeError("a and b are not multiples of the order");
  return { pi_a, pi_b, pi_c: c };
}

/** Another proof of the same statement: e(−A, −B) = e(A, B). */
export function sameProofOtherwise({ pi_a, pi_b, pi_c }: Groth16Proof): Groth16Proof {
  const minus = (value: bigint): bigint => modulo(-value, BASE_PRIME);
  const [x, [y0, y1]] = pi_b;
  return { pi_a: [pi_a[0], minus(pi_a[1])], pi_b: [x, [minus(y0), minus(y1)]], pi_c };
}
