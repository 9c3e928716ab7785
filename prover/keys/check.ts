/**
 * Recognises keys that must not be used. Called whenever a key is made, loaded, used or deployed: two deployed
 * verifiers have lost millions to γ = δ.
 */
import { isLocalChain } from "../../trace/run/localChains.ts";
import type { CircuitArtifacts } from "../circuit/build.ts";
import { circuitHash } from "../circuit/build.ts";
import { G1_GENERATOR, type G1Point, G2_GENERATOR, type G2Point, isInG2, isOnG1, isOnTwist } from "../curve/bn254.ts";
import { KeyError } from "../errors.ts";
import { domainSize } from "../formats/r1csHeader.ts";
import { pairAlike } from "./pairing.ts";
import { seedPoints } from "./trapdoor.ts";
import { type KeyPoints, keyPoints, type VerificationKey, verificationKey } from "./verificationKey.ts";
import type { ZkeyHeader } from "./zkeyFile.ts";

/**
 * Knowledge about a key's secrets. `development`: they are public. `ceremony`: a transcript verified here shows who
 * contributed. `unknown`: neither. The key's points cannot tell more: its maker knows its secrets and can make it look
 * like any other key.
 */
export type KeyKind = (typeof KEY_KINDS)[number];
/** What is known of where a key comes from. */
export const KEY_KINDS = ["development", "ceremony", "unknown"] as const;

/**
 * True if the key holds a point of the development seed (α, β, γ, δ) or its negative, or if e(α, β) is the seed's or
 * its inverse. Its name, label or file do not matter. Finds all keys of two sorts. Adding contributions changes δ only,
 * so keys made that way keep the other points. A key that accepts a proof of the development key unchanged must have
 * the same δ. No check, here or elsewhere, finds a key made in another way from known secrets.
 */
export async function isDevelopmentKey(key: VerificationKey): Promise<boolean> {
  const { alpha1, beta2, gamma2, delta2 } = keyPoints(key);
  const seed = seedPoints();
  if (alpha1 !== null && alpha1[0] === seed.alpha1[0]) return true;
  if (sameX(beta2, seed.beta2) || sameX(gamma2, seed.gamma2) || sameX(delta2, seed.delta2)) return true;
  // α' = k·α, β' = β/k: every proof made with the development key still holds.
  if (alpha1 === null || beta2 === null || !isOnG1(alpha1) || !isOnTwist(beta2)) return false;
  return await pairAlike([alpha1, beta2], [seed.alpha1, seed.beta2]);
}

/**
 * Refuses a development key on a public network.
 * @param chainId of the map's chain; undefined if it is on none
 * @throws KeyError KEY_DEVELOPMENT_KEY_ON_PUBLIC_CHAIN
 */
export function refuseDevelopmentKeyOn(chainId: bigint | undefined, kind: KeyKind): void {
  if (chainId === undefined || isLocalChain(chainId) || kind !== "development") return;
  throw bad(
    "DEVELOPMENT_KEY_ON_PUBLIC_CHAIN",
    "vk_alpha_1",
    `a development key is not for chain ${chainId}, because anyone can forge proofs with it: ` +
      "hold a ceremony (docs/security/ceremony.md)",
  );
}

/** The points between which a known ratio lets anyone forge proofs. */
export type SecretPoints = Pick<KeyPoints, "alpha1" | "beta2" | "gamma2" | "delta2">;

/**
 * Refuses a key's points if the key alone suffices to forge proofs. The forgeries follow from a proof's equation e(A,
 * B) = e(α, β) · e(IC, γ) · e(C, δ), where IC is the inputs' sum: γ = ±δ, by A = α, B = β, C = ∓IC; β = ±γ, by A = α ±
 * IC, B = β + δ, C = A; β = ±δ, by A = IC, B = γ, C = ∓α. Also refuses δ, α or β = ± the generator: then nobody has
 * contributed to δ, or to the powers of tau, and all their secrets are known.
 * @throws KeyError KEY_GAMMA_IS_DELTA, KEY_DELTA_IS_GENERATOR, KEY_BETA_IS_GAMMA, KEY_BETA_IS_DELTA,
 *   KEY_ALPHA_OR_BETA_IS_GENERATOR
 */
export function refuseForgeable({ alpha1, beta2, gamma2, delta2 }: SecretPoints): void {
  // Compares x only: just a point and its negative share it, and a forger can negate one more point.
  if (sameX(gamma2, delta2)) {
    throw bad(
      "GAMMA_IS_DELTA",
      "vk_delta_2",
      "γ and δ are the same, so anyone can forge a proof: add a contribution to the key",
    );
  }
  if (sameX(delta2, G2_GENERATOR)) {
    throw bad(
      "DELTA_IS_GENERATOR",
      "vk_delta_2",
      "δ is the generator, so no one has contributed to this key: add a contribution",
    );
  }
  for (const [name, letter, other] of [
    ["BETA_IS_GAMMA", "γ", gamma2],
    ["BETA_IS_DELTA", "δ", delta2],
  ] as const) {
    if (!sameX(beta2, other)) continue;
    throw bad(name, "vk_beta_2", `β and ${letter} are the same, so anyone can forge a proof: get another key`);
  }
  if ((alpha1 !== null && alpha1[0] === G1_GENERATOR[0]) || sameX(beta2, G2_GENERATOR)) {
    throw bad(
      "ALPHA_OR_BETA_IS_GENERATOR",
      "vk_alpha_1",
      "α or β is the generator, so no one has contributed to the powers of tau: take others",
    );
  }
}

/** The kind of a key, by its points. Only a transcript can show that a ceremony made it. */
export async function keyKind(key: VerificationKey): Promise<Exclude<KeyKind, "ceremony">> {
  return (await isDevelopmentKey(key)) ? "development" : "unknown";
}

/**
 * Refuses a verification key with a point at infinity, off its curve or outside its subgroup, or with a wrong number of
 * IC points.
 * @throws KeyError KEY_POINT_AT_INFINITY, KEY_NOT_A_POINT, KEY_IC_LENGTH, naming the field
 */
export function refuseBadPoints(key: VerificationKey): void {
  const points = keyPoints(key);
  const { ic } = points;
  refuseBadG1("vk_alpha_1", points.alpha1);
  refuseBadG2("vk_beta_2", points.beta2);
  refuseBadG2("vk_gamma_2", points.gamma2);
  refuseBadG2("vk_delta_2", points.delta2);
  if (!Number.isSafeInteger(key.nPublic) || ic.length !== key.nPublic + 1) {
    throw bad(
      "IC_LENGTH",
      "IC",
      `there are ${ic.length} IC points for ${key.nPublic} public inputs: export the key again`,
    );
  }
  ic.forEach((point, i) => {
    // A point at infinity here is a public input that no constraint uses: any value of it would pass.
    refuseBadG1(`IC[${i}]`, point);
  });
}

/**
 * Refuses a verification key that is broken or allows forged proofs: the cases of `refuseBadPoints` and
 * `refuseForgeable`. γ may be the generator. It is in every key from a ceremony, and it need not be secret as long as
 * δ's ratio to it is. The registry refuses the same keys under the same names (`VerifyingKey.check`). A key that passes
 * may still have known secrets.
 *
 * @throws KeyError naming the field
 */
export function refuseBadKey(key: VerificationKey): void {
  refuseBadPoints(key);
  refuseForgeable(keyPoints(key));
}

/** The circuit that a key is compared with: its sizes, and its constraints where they are available. */
export type SizedCircuit = Pick<CircuitArtifacts, "name" | "constraints" | "wires" | "publicInputs"> & {
  readonly r1cs?: string;
};

/**
 * Refuses a proving key that was made for another circuit: sizes, and the circuit hash.
 *
 * @param expectedHash the circuit hash recorded with a ceremony key, hexadecimal. A development key needs none: its
 *   hash is computed from the circuit. Without either, only the sizes are compared.
 * @throws KeyError KEY_FOREIGN naming what differs
 */
export async function checkKeyBelongs(
  header: ZkeyHeader,
  artifacts: SizedCircuit,
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
  const { r1cs } = artifacts;
  const own = async (path: string): Promise<string | undefined> =>
    (await isDevelopmentKey(verificationKey(header.points))) ? await circuitHash(path) : undefined;
  const expected = expectedHash ?? (r1cs === undefined ? undefined : await own(r1cs));
  if (expected !== undefined && expected !== header.circuitHash) {
    throw foreign("circuitHash", header, artifacts, header.circuitHash.slice(0, 16), expected.slice(0, 16));
  }
}

function foreign(
  field: string,
  header: ZkeyHeader,
  artifacts: SizedCircuit,
  inKey: string,
  inCircuit: string,
): KeyError {
  return bad(
    "FOREIGN",
    field,
    `${header.path} belongs to another circuit than ${artifacts.name}: ${field} is ${inKey}, not ${inCircuit}; run setup for this circuit`,
  );
}

function refuseBadG1(field: string, point: G1Point | null): void {
  if (point === null) throw atInfinity(field);
  if (!isOnG1(point)) throw notAPoint(field, "is not on the curve");
}

function refuseBadG2(field: string, point: G2Point | null): void {
  if (point === null) throw atInfinity(field);
  if (!isOnTwist(point)) throw notAPoint(field, "is not on the curve");
  if (!isInG2(point)) throw notAPoint(field, "is on the curve but not in the group");
}

function atInfinity(field: string): KeyError {
  return bad("POINT_AT_INFINITY", field, `${field} is the point at infinity: get the key again`);
}

function notAPoint(field: string, what: string): KeyError {
  return bad("NOT_A_POINT", field, `${field} ${what}: get the key again`);
}

function sameX(a: G2Point | null, b: G2Point | null): boolean {
  return a !== null && b !== null && a[0][0] === b[0][0] && a[0][1] === b[0][1];
}

/** @param name the registry's error of the same meaning, in capitals, where it has one */
function bad(name: string, field: string, message: string): KeyError {
  return new KeyError(`KEY_${name}`, field, message);
}
