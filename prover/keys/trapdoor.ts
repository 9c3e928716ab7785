import { createHash } from "node:crypto";
import {
  FIELD_ORDER,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  type G2Point,
  multiplyG1,
  multiplyG2,
} from "../curve/bn254.ts";

/**
 * The secret of every development key, in public. Anyone who knows it can prove anything. A key made from it is
 * therefore good only for tests and for private chains. It is one fixed constant on purpose: a development key is then
 * recognised by its points, under any label, and the registry can refuse those points by value.
 */
export const DEVELOPMENT_SEED = "time-bandits development key v1";

/**
 * The five secrets of a Groth16 setup, as elements of the scalar field. The purpose of a ceremony is that no one knows
 * them.
 */
export interface Trapdoor {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
}

/**
 * One secret: SHA-512 of `seed/name` as a big-endian integer, reduced mod r. 512 bits keep the bias of the reduction
 * negligible.
 */
function derive(name: keyof Trapdoor): bigint {
  const digest = createHash("sha512").update(`${DEVELOPMENT_SEED}/${name}`, "utf8").digest("hex");
  return BigInt(`0x${digest}`) % FIELD_ORDER;
}

/** The trapdoor of every development key. */
export function developmentTrapdoor(): Trapdoor {
  return {
    tau: derive("tau"),
    alpha: derive("alpha"),
    beta: derive("beta"),
    gamma: derive("gamma"),
    delta: derive("delta"),
  };
}

/** The seed's points: α in G1, β, γ and δ in G2. */
export interface SeedPoints {
  readonly alpha1: G1Point;
  readonly beta2: G2Point;
  readonly gamma2: G2Point;
  readonly delta2: G2Point;
}

let points: SeedPoints | undefined;

/** The points by which a development key is recognised. Computed once per process, in about fifty milliseconds. */
export function seedPoints(): SeedPoints {
  if (points === undefined) {
    const { alpha, beta, gamma, delta } = developmentTrapdoor();
    const alpha1 = multiplyG1(G1_GENERATOR, alpha);
    const [beta2, gamma2, delta2] = [beta, gamma, delta].map((secret) => multiplyG2(G2_GENERATOR, secret));
    if (!alpha1 || !beta2 || !gamma2 || !delta2) throw new RangeError("the development seed gives a zero secret");
    points = { alpha1, beta2, gamma2, delta2 };
  }
  return points;
}
