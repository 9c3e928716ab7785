/** Groth16 proofs: their canonical JSON form, their order in Solidity, and checking them. */

import { createHash } from "node:crypto";
import type { Bn128 } from "../curve/bn128Wasm.ts";
import { FIELD_ORDER, type G1Point, type G2Point, isInG2, isOnG1, isOnTwist } from "../curve/bn254.ts";
import { ProofError } from "../errors.ts";
import { integerBytes } from "../formats/binfile.ts";
import { refuseBadKey } from "../keys/check.ts";
import { negative, pairingCurve, putJacobian, putPoint } from "../keys/pairing.ts";
import { keyPoints, parseCoordinate, solidityG1, solidityG2, type VerificationKey } from "../keys/verificationKey.ts";

/** snarkjs's names and affine coordinates without the third one. A point at infinity is not allowed. */
export interface Groth16Proof {
  readonly pi_a: G1Point;
  readonly pi_b: G2Point;
  readonly pi_c: G1Point;
}

/** The same as decimal strings. */
export interface Groth16ProofJson {
  readonly pi_a: readonly [string, string];
  readonly pi_b: readonly [readonly [string, string], readonly [string, string]];
  readonly pi_c: readonly [string, string];
}

/** A proof as JSON: coordinates as decimal texts, in snarkjs's order. {@link proofFromJson} reads it. */
export function proofToJson(proof: Groth16Proof): Groth16ProofJson {
  const pair = ([a, b]: readonly [bigint, bigint]): [string, string] => [`${a}`, `${b}`];
  return { pi_a: pair(proof.pi_a), pi_b: [pair(proof.pi_b[0]), pair(proof.pi_b[1])], pi_c: pair(proof.pi_c) };
}

/**
 * The inverse of `proofToJson`. Every proof has exactly one form: numbers without leading zeros, below the coordinates'
 * prime, no other fields. `verifyProof` checks whether the points are on their curves.
 *
 * @throws ProofError PROOF_MALFORMED
 */
export function proofFromJson(json: unknown): Groth16Proof {
  if (typeof json !== "object" || json === null) throw malformed("proof");
  const fields = json as Record<string, unknown>;
  const extra = Object.keys(fields).find((name) => !["pi_a", "pi_b", "pi_c"].includes(name));
  if (extra !== undefined) throw malformed(extra);
  const [b0, b1] = pairOf("pi_b", fields.pi_b);
  return {
    pi_a: numbers("pi_a", fields.pi_a),
    pi_b: [numbers("pi_b", b0), numbers("pi_b", b1)],
    pi_c: numbers("pi_c", fields.pi_c),
  };
}

/** Eight numbers as the pairing precompile takes them: a (x, y), b (x.c1, x.c0, y.c1, y.c0), c (x, y). */
export function solidityProof(proof: Groth16Proof): bigint[] {
  return [...solidityG1(proof.pi_a), ...solidityG2(proof.pi_b), ...solidityG1(proof.pi_c)];
}

/**
 * True if the proof holds for these public signals under this key. False for any other fault of proof or signals: too
 * few or too many signals, one not below the field order, a point off its curve or outside its group. Takes tens of
 * milliseconds on the calling thread and starts no threads.
 *
 * @throws KeyError if the key itself must not be used
 */
export async function verifyProof(
  key: VerificationKey,
  publicSignals: readonly bigint[],
  proof: Groth16Proof,
): Promise<boolean> {
  checkOnce(key);
  if (known.has(proof) && known.get(proof) === claimText(key, { publicSignals, proof })) return true;
  if (!isWellFormed(key, { publicSignals, proof }) || !isInG2(proof.pi_b)) return false;
  const wasm = await pairingCurve();
  const mark = wasm.mark();
  try {
    return pairingHolds(wasm, key, publicSignals, proof);
  } finally {
    wasm.release(mark);
  }
}

/** A proof and its public signals. */
export interface Claim {
  readonly publicSignals: readonly bigint[];
  readonly proof: Groth16Proof;
}

/**
 * Whether a claim is well-formed: enough signals, all reduced, and points on their curves. Does not check B's group.
 */
export function isWellFormed(key: VerificationKey, { publicSignals, proof }: Claim): boolean {
  if (publicSignals.length !== key.nPublic) return false;
  if (publicSignals.some((signal) => signal < 0n || signal >= FIELD_ORDER)) return false;
  return isOnG1(proof.pi_a) && isOnTwist(proof.pi_b) && isOnG1(proof.pi_c);
}

/** Proofs found to hold, each with its key and signals. All of them are compared, so no other claim passes for it. */
const known = new WeakMap<Groth16Proof, string>();

/** Spares `verifyProof` a claim that was found to hold otherwise. Only for `verifyBatch`. */
export function remember(key: VerificationKey, claim: Claim): void {
  known.set(claim.proof, claimText(key, claim));
}

/** Hashed, because it is kept for every proof of a run. */
function claimText(key: VerificationKey, { publicSignals, proof }: Claim): string {
  const text = JSON.stringify([key, publicSignals.map(String), proofToJson(proof)]);
  return createHash("sha256").update(text).digest("base64");
}

/** Good keys, by content: checking a key takes longer than a verification. */
const goodKeys = new Set<string>();
const MOST_GOOD_KEYS = 64;

/** @throws KeyError if the key must not be used */
export function checkOnce(key: VerificationKey): void {
  const text = JSON.stringify(key);
  if (goodKeys.has(text)) return;
  refuseBadKey(key);
  if (goodKeys.size >= MOST_GOOD_KEYS) goodKeys.clear();
  goodKeys.add(text);
}

/** e(−A, B) · e(IC₀ + Σ signal·IC, γ) · e(C, δ) · e(α, β) = 1. */
function pairingHolds(wasm: Bn128, key: VerificationKey, signals: readonly bigint[], proof: Groth16Proof): boolean {
  const { alpha1, beta2, gamma2, delta2, ic } = keyPoints(key);
  const inputs = wasm.alloc(96);
  const term = wasm.alloc(96);
  wasm.call("g1m_zero")(inputs);
  ic.forEach((point, i) => {
    const scalar = wasm.put(integerBytes(i === 0 ? 1n : (signals[i - 1] as bigint)));
    wasm.call("g1m_timesScalarAffine")(putPoint(wasm, point), scalar, 32, term);
    wasm.call("g1m_add")(inputs, term, inputs);
  });
  const one = wasm.alloc(384);
  wasm.call("ftm_one")(one);
  const pairs: number[] = [
    ...[putJacobian(wasm, negative(proof.pi_a)), putJacobian(wasm, proof.pi_b)],
    ...[affineAgain(wasm, inputs), putJacobian(wasm, gamma2)],
    ...[putJacobian(wasm, proof.pi_c), putJacobian(wasm, delta2)],
    ...[putJacobian(wasm, alpha1), putJacobian(wasm, beta2)],
  ];
  return wasm.call("bn128_pairingEq4")(...pairs, one) === 1;
}

/** Normalises a projective point of G1 in place: the pairing wants z = 1. */
function affineAgain(wasm: Bn128, point: number): number {
  wasm.call("g1m_normalize")(point, point);
  return point;
}

function pairOf(field: string, value: unknown): [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw malformed(field);
  return [value[0], value[1]];
}

function numbers(field: string, value: unknown): [bigint, bigint] {
  const [a, b] = pairOf(field, value).map(parseCoordinate);
  if (a === null || a === undefined || b === null || b === undefined) throw malformed(field);
  return [a, b];
}

function malformed(field: string): ProofError {
  return new ProofError("PROOF_MALFORMED", `${field} is not a part of a proof: make the proof again`);
}
