import { createHash } from "node:crypto";
import {
  FIELD_ORDER,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  type G2Point,
  multiplyG1,
  multiplyG2,
} from "./curve.ts";

/**
 * The secret of every development key, in public. Whoever knows it can prove anything, which is why a key made from it is
 * good for tests and for chains that nobody else uses, and for nothing else. It is one fixed constant on purpose: a
 * development key is then known by its points, whatever a label says, and the registry can refuse those points by value.
 */
export const DEVELOPMENT_SEED = "time-bandits development key v1";

/** The five secrets of a Groth16 setup, as elements of the scalar field. A ceremony exists so that nobody knows them. */
export interface Trapdoor {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
}

/** The two points by which a development key is recognised, in snarkjs's order: G2 coordinates are [c0, c1]. */
export interface DevelopmentPoints {
  readonly alpha1: [bigint, bigint];
  readonly beta2: [[bigint, bigint], [bigint, bigint]];
}

/**
 * One secret: SHA-512 of `seed/name` as a big-endian integer, reduced mod r. (512 bits, so that the reduction leaves no bias.)
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

let points: { alpha1: G1Point; beta2: G2Point } | undefined;

/** The seed's α in G1 and β in G2. Computed once per process, in some twenty milliseconds. */
export function seedPoints(): { readonly alpha1: G1Point; readonly beta2: G2Point } {
  if (points === undefined) {
    const { alpha, beta } = developmentTrapdoor();
    const alpha1 = multiplyG1(G1_GENERATOR, alpha);
    const beta2 = multiplyG2(G2_GENERATOR, beta);
    if (alpha1 === null || beta2 === null) throw new RangeError("the development seed gives a zero secret");
    points = { alpha1, beta2 };
  }
  return points;
}

/**
 * The development α in G1 and β in G2. A verification key that holds either is a development key; the registry refuses both
 * on public chains.
 */
export async function developmentPoints(): Promise<DevelopmentPoints> {
  const { alpha1, beta2 } = seedPoints();
  const [x, y] = beta2;
  return {
    alpha1: [alpha1[0], alpha1[1]],
    beta2: [
      [x[0], x[1]],
      [y[0], y[1]],
    ],
  };
}
