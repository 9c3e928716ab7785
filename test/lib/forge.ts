import {
  FIELD_ORDER,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  type G2Point,
  inverse,
  modulo,
  multiplyG1,
  multiplyG2,
} from "../../prover/curve/bn254.ts";
import type { Groth16Proof } from "../../prover/groth16/groth16.ts";
import { solidityG1, solidityG2, type VerificationKey, verificationKey } from "../../prover/keys/verificationKey.ts";

/**
 * The secrets of a key. With them tests make valid proofs of any statement without a circuit. The secrets of a real key
 * must be unknown. `ic` are the discrete logarithms of IC0, IC1, ….
 */
export interface KeySecrets {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
  readonly ic: readonly bigint[];
}

/** The secrets of an ordinary key. */
export const SOME_SECRETS: KeySecrets = {
  alpha: 11n,
  beta: 23n,
  gamma: 37n,
  delta: 41n,
  ic: [5n, 7n, 13n, 17n, 19n, 29n, 31n, 43n],
};

function g1(scalar: bigint): G1Point | null {
  return multiplyG1(G1_GENERATOR, modulo(scalar, FIELD_ORDER));
}

function g2(scalar: bigint): G2Point | null {
  return multiplyG2(G2_GENERATOR, modulo(scalar, FIELD_ORDER));
}

/** Words of points that many proofs share. */
const shared = new Map<string, readonly bigint[]>();

function sharedWords(name: string, words: () => readonly bigint[]): readonly bigint[] {
  const known = shared.get(name) ?? words();
  if (shared.size < 64) shared.set(name, known);
  return known;
}

/** The verification key with these secrets. */
export function forgedKey(secrets: KeySecrets): VerificationKey {
  return verificationKey({
    alpha1: g1(secrets.alpha),
    beta2: g2(secrets.beta),
    gamma2: g2(secrets.gamma),
    delta2: g2(secrets.delta),
    ic: secrets.ic.map(g1),
  });
}

/**
 * A proof of any inputs, as contracts take it: with A = a·G and B = b·G chosen at will, C = (ab − αβ − γ·Σ inputs·ic) /
 * δ satisfies the equation. Other `a` and `b` give another proof of the same.
 */
export function forgedProof(secrets: KeySecrets, inputs: readonly bigint[], a = 101n, b = 103n): bigint[] {
  const [first = 0n, ...rest] = secrets.ic;
  const sum = rest.reduce((total, point, index) => total + point * (inputs[index] ?? 0n), first);
  const numerator = a * b - secrets.alpha * secrets.beta - secrets.gamma * sum;
  const c = numerator * inverse(modulo(secrets.delta, FIELD_ORDER), FIELD_ORDER);
  const first1 = sharedWords(`a ${a}`, () => solidityG1(g1(a)));
  const second2 = sharedWords(`b ${b}`, () => solidityG2(g2(b)));
  return [...first1, ...second2, ...solidityG1(g1(c))];
}

/** The eight words of a proof as contracts take it, as a proof. */
export function proofOf([ax, ay, bx1, bx0, by1, by0, cx, cy]: readonly bigint[]): Groth16Proof {
  const of = (a = 0n, b = 0n): [bigint, bigint] => [a, b];
  return { pi_a: of(ax, ay), pi_b: [of(bx0, bx1), of(by0, by1)], pi_c: of(cx, cy) };
}
