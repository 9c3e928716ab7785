/**
 * Checks many Groth16 proofs under one key in one product of pairings. Each proof's equation is raised to a random
 * coefficient of its own. If any equation is false, the product is false, except with probability 2^-128. This holds
 * only if the coefficients were unpredictable when the proofs were made, so they are drawn afresh for every check. It
 * also holds only within the groups of prime order, so every B's group is checked by itself: B's twist has a subgroup
 * of order 10069, in which a sum would hide an error with probability 1/10069.
 */
import { randomBytes } from "node:crypto";
import type { Bn128 } from "../curve/bn128Wasm.ts";
import { FIELD_ORDER } from "../curve/bn254.ts";
import { integerBytes } from "../formats/binfile.ts";
import { putJacobian, putPoint } from "../keys/pairing.ts";
import { keyPoints, type VerificationKey } from "../keys/verificationKey.ts";
import type { Claim } from "./groth16.ts";

/** Bytes of a coefficient. */
const COEFFICIENT = 16;
/**
 * Bytes that the module keeps of a point of G1 and of one of G2 for the Miller loop, with room to spare, and of an
 * element of the target field.
 */
const PREPARED_G1 = 1 << 8;
const PREPARED_G2 = 1 << 15;
const TARGET = 384;

/** Which of some well-formed claims hold. */
export function whichHold(wasm: Bn128, key: VerificationKey, claims: readonly Claim[]): boolean[] {
  const mark = wasm.mark();
  let hold: boolean;
  try {
    hold = productHolds(wasm, key, claims);
  } finally {
    wasm.release(mark);
  }
  if (hold || claims.length === 1) return claims.map(() => hold);
  const half = claims.length >> 1;
  return [...whichHold(wasm, key, claims.slice(0, half)), ...whichHold(wasm, key, claims.slice(half))];
}

/** prod e(−r·A, B) · e(Σr·IC₀ + Σ(Σr·signal)·IC, γ) · e(Σr·C, δ) · e(Σr·α, β) = 1, and every B is in its group. */
function productHolds(wasm: Bn128, key: VerificationKey, claims: readonly Claim[]): boolean {
  const product = new Product(wasm);
  const [sumOfC, term] = [zero(wasm), wasm.alloc(96)];
  /** The coefficients' sum, then each signal's. */
  const scalars = new Array<bigint>(key.nPublic + 1).fill(0n);
  for (const { publicSignals, proof } of claims) {
    const mark = wasm.mark();
    const coefficient = wasm.put(randomBytes(COEFFICIENT));
    const r = fromBytes(wasm.bytes.slice(coefficient, coefficient + COEFFICIENT));
    [1n, ...publicSignals].forEach((signal, i) => {
      scalars[i] = ((scalars[i] as bigint) + r * signal) % FIELD_ORDER;
    });

    const b = putJacobian(wasm, proof.pi_b);
    if (!hasGroupOrder(wasm, b)) return false;

    wasm.call("g1m_timesScalarAffine")(putPoint(wasm, proof.pi_a), coefficient, COEFFICIENT, term);
    wasm.call("g1m_neg")(term, term);
    product.pair(term, b);
    wasm.call("g1m_timesScalarAffine")(putPoint(wasm, proof.pi_c), coefficient, COEFFICIENT, term);
    wasm.call("g1m_add")(sumOfC, term, sumOfC);
    wasm.release(mark);
  }

  const { alpha1, beta2, gamma2, delta2, ic } = keyPoints(key);
  const times = (point: Parameters<typeof putPoint>[1], scalar: bigint | undefined): number => {
    wasm.call("g1m_timesScalarAffine")(putPoint(wasm, point), wasm.put(integerBytes(scalar ?? 0n)), 32, term);
    return term;
  };
  const inputs = zero(wasm);
  ic.forEach((point, i) => {
    wasm.call("g1m_add")(inputs, times(point, scalars[i]), inputs);
  });
  product.pair(inputs, putJacobian(wasm, gamma2));
  product.pair(sumOfC, putJacobian(wasm, delta2));
  product.pair(times(alpha1, scalars[0]), putJacobian(wasm, beta2));
  return product.isOne();
}

/** Whether a point of the twist is in G2: `isInG2`, but six times as fast. */
export function hasGroupOrder(wasm: Bn128, point: number): boolean {
  const multiple = wasm.alloc(192);
  wasm.call("g2m_timesScalar")(point, wasm.put(integerBytes(FIELD_ORDER)), 32, multiple);
  return wasm.call("g2m_isZero")(multiple) === 1;
}

/** A product of pairings: one Miller loop each, one final exponentiation for all. */
class Product {
  readonly #wasm: Bn128;
  readonly #value: number;
  readonly #factor: number;
  readonly #g1: number;
  readonly #g2: number;

  constructor(wasm: Bn128) {
    this.#wasm = wasm;
    [this.#value, this.#factor] = [wasm.alloc(TARGET), wasm.alloc(TARGET)];
    [this.#g1, this.#g2] = [wasm.alloc(PREPARED_G1), wasm.alloc(PREPARED_G2)];
    wasm.call("ftm_one")(this.#value);
  }

  /** Multiplies by e(p, q). The point at infinity pairs to one, but the Miller loop cannot be given it. */
  pair(p: number, q: number): void {
    const wasm = this.#wasm;
    if (wasm.call("g1m_isZero")(p) === 1) return;
    wasm.call("bn128_prepareG1")(p, this.#g1);
    wasm.call("bn128_prepareG2")(q, this.#g2);
    wasm.call("bn128_millerLoop")(this.#g1, this.#g2, this.#factor);
    wasm.call("ftm_mul")(this.#value, this.#factor, this.#value);
  }

  isOne(): boolean {
    this.#wasm.call("bn128_finalExponentiation")(this.#value, this.#factor);
    return this.#wasm.call("ftm_isOne")(this.#factor) === 1;
  }
}

function zero(wasm: Bn128): number {
  const point = wasm.alloc(96);
  wasm.call("g1m_zero")(point);
  return point;
}

/** Little-endian, as the module takes scalars. */
function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
