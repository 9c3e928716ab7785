/**
 * Keys that must not be used, and how they are recognised. To be asked whenever a key is made, loaded, used or deployed: two
 * deployed verifiers have lost millions to γ = δ.
 */
import { isLocalChain } from "../../trace/localChains.ts";
import type { CircuitArtifacts } from "../build.ts";
import { KeyError } from "../errors.ts";
import { domainSize } from "../r1csHeader.ts";
import { equalG1, type G1Point, G2_GENERATOR, type G2Point, isInG2, isOnG1, isOnTwist } from "./curve.ts";
import { circuitHash } from "./makeKey.ts";
import { seedPoints } from "./trapdoor.ts";
import { keyPoints, type VerificationKey } from "./verificationKey.ts";
import type { ZkeyHeader } from "./zkeyFile.ts";

/** Whether a key's secrets are public (development) or, as far as anyone can tell from the key, not. */
export type KeyKind = "development" | "ceremony";

/**
 * True if the key holds the development seed's α or β. Its name, label or file do not matter, nor any contribution made on
 * top: contributions change δ only, so a development key stays one for ever.
 */
export function isDevelopmentKey(key: VerificationKey): boolean {
  const { alpha1, beta2 } = keyPoints(key);
  const seed = seedPoints();
  // x alone: the negatives are just as well known.
  return (alpha1 !== null && alpha1[0] === seed.alpha1[0]) || (beta2 !== null && sameX(beta2, seed.beta2));
}

/**
 * Refuses a development key where its proofs would be for a public network.
 * @param chainId of the map's chain; undefined if it is on none
 * @throws KeyError KEY_DEVELOPMENT
 */
export function refuseDevelopmentKeyOn(chainId: bigint | undefined, kind: KeyKind): void {
  if (chainId === undefined || isLocalChain(chainId) || kind !== "development") return;
  throw bad(
    "KEY_DEVELOPMENT",
    "vk_alpha_1",
    `a development key is not for chain ${chainId}, as anybody can forge proofs with it: hold a ceremony (docs/ceremony.md)`,
  );
}

/**
 * Refuses the points of a key that nobody contributed to, or whose γ is δ: with them anybody can forge a proof.
 * @throws KeyError KEY_GAMMA_IS_DELTA, KEY_GENERATOR
 */
export function refuseForgeable(gamma: G2Point | null, delta: G2Point | null): void {
  if (gamma === null || delta === null) return;
  // x alone, so that a point and its negative are the same: with δ = −γ a forger negates one more point, no more.
  if (sameX(gamma, delta)) {
    throw bad(
      "KEY_GAMMA_IS_DELTA",
      "vk_delta_2",
      "γ and δ are the same, so anyone can forge a proof: add a contribution to the key",
    );
  }
  if (sameX(delta, G2_GENERATOR)) {
    throw bad(
      "KEY_GENERATOR",
      "vk_delta_2",
      "δ is the generator: nobody has contributed to this key, add a contribution",
    );
  }
}

export function keyKind(key: VerificationKey): KeyKind {
  return isDevelopmentKey(key) ? "development" : "ceremony";
}

/**
 * Refuses a verification key that is broken or that anyone can forge proofs for: a point at infinity, off its curve or
 * outside its subgroup, a wrong number of IC points, γ = ±δ, δ = ± the generator. γ may be the generator: in every key
 * that comes from a ceremony it is, and nothing depends on its being secret as long as δ's ratio to it is.
 *
 * @throws KeyError naming the field
 */
export function refuseBadKey(key: VerificationKey): void {
  const { alpha1, beta2, gamma2, delta2, ic } = keyPoints(key);
  refuseBadG1("vk_alpha_1", alpha1);
  refuseBadG2("vk_beta_2", beta2);
  const gamma = refuseBadG2("vk_gamma_2", gamma2);
  const delta = refuseBadG2("vk_delta_2", delta2);
  refuseForgeable(gamma, delta);
  if (!Number.isSafeInteger(key.nPublic) || ic.length !== key.nPublic + 1) {
    throw bad(
      "KEY_IC_LENGTH",
      "IC",
      `there are ${ic.length} IC points for ${key.nPublic} public inputs: export the key again`,
    );
  }
  ic.forEach((point, i) => {
    // Infinity here is a public input that no constraint uses: any value of it would pass.
    refuseBadG1(`IC[${i}]`, point);
  });
}

/**
 * Refuses a proving key that was made for another circuit: sizes, and the circuit hash.
 *
 * @param expectedHash the circuit hash recorded with a ceremony key, hexadecimal. A development key needs none: its hash is
 *   computed from the circuit. Without either, only the sizes are compared.
 * @throws KeyError KEY_FOREIGN naming what differs
 */
export async function checkKeyBelongs(
  header: ZkeyHeader,
  artifacts: CircuitArtifacts,
  expectedHash?: string,
): Promise<void> {
  const domain = domainSize({ constraints: artifacts.constraints, publicSignals: artifacts.publicInputs });
  const sizes: [field: string, inKey: number, inCircuit: number][] = [
    ["nPublic", header.publicSignals, artifacts.publicInputs],
    ["nVars", header.wires, artifacts.wires],
    ["domainSize", header.domainSize, domain],
    ["IC", header.points.ic.length, artifacts.publicInputs + 1],
  ];
  for (const [field, inKey, inCircuit] of sizes) {
    if (inKey !== inCircuit) throw foreign(field, header, artifacts, `${inKey}`, `${inCircuit}`);
  }
  const { alpha1 } = header.points;
  const development = alpha1 !== null && equalG1(alpha1, seedPoints().alpha1);
  const expected = expectedHash ?? (development ? await circuitHash(artifacts.r1cs) : undefined);
  if (expected !== undefined && expected !== header.circuitHash) {
    throw foreign("circuitHash", header, artifacts, header.circuitHash.slice(0, 16), expected.slice(0, 16));
  }
}

function foreign(
  field: string,
  header: ZkeyHeader,
  artifacts: CircuitArtifacts,
  inKey: string,
  inCircuit: string,
): KeyError {
  return bad(
    "KEY_FOREIGN",
    field,
    `${header.path} belongs to another circuit than ${artifacts.name}: ${field} is ${inKey}, not ${inCircuit}; run setup for this circuit`,
  );
}

function refuseBadG1(field: string, point: G1Point | null): void {
  if (point === null) throw bad("KEY_INFINITY", field, `${field} is the point at infinity: get the key again`);
  if (!isOnG1(point)) throw bad("KEY_OFF_CURVE", field, `${field} is not on the curve: get the key again`);
}

function refuseBadG2(field: string, point: G2Point | null): G2Point {
  if (point === null) throw bad("KEY_INFINITY", field, `${field} is the point at infinity: get the key again`);
  if (!isOnTwist(point)) throw bad("KEY_OFF_CURVE", field, `${field} is not on the curve: get the key again`);
  if (!isInG2(point))
    throw bad("KEY_SUBGROUP", field, `${field} is on the curve but not in the group: get the key again`);
  return point;
}

function sameX(a: G2Point, b: G2Point): boolean {
  return a[0][0] === b[0][0] && a[0][1] === b[0][1];
}

function bad(code: string, field: string, message: string): KeyError {
  return new KeyError(code, field, message);
}
