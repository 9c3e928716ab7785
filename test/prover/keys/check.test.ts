import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../../prover/circuit/build.ts";
import {
  BASE_PRIME,
  FIELD_ORDER,
  G1_GENERATOR,
  G2_GENERATOR,
  multiplyG1,
  multiplyG2,
} from "../../../prover/curve/bn254.ts";
import { KeyError } from "../../../prover/errors.ts";
import { type Groth16Proof, verifyProof } from "../../../prover/groth16/groth16.ts";
import { checkKeyBelongs, isDevelopmentKey, keyKind, refuseBadKey } from "../../../prover/keys/check.ts";
import { loadKey } from "../../../prover/keys/development.ts";
import { makeKey } from "../../../prover/keys/makeKey.ts";
import { developmentTrapdoor } from "../../../prover/keys/trapdoor.ts";
import { type KeyPoints, type VerificationKey, verificationKey } from "../../../prover/keys/verificationKey.ts";
import { readZkeyHeader, type ZkeyHeader } from "../../../prover/keys/zkeyFile.ts";
import { DEVELOPMENT_SECRETS, DISGUISES, MADE_BY_SOMEBODY } from "../../lib/disguises.ts";
import { forgedKey, forgedProof } from "../../lib/forge.ts";
import { chain, multiplier } from "../circuits.ts";
import { offGroup } from "./points.ts";

const secret = developmentTrapdoor();
const g1 = (scalar: bigint) => multiplyG1(G1_GENERATOR, scalar);
const g2 = (scalar: bigint) => multiplyG2(G2_GENERATOR, scalar);
/** A good key with secrets of its own. */
const GOOD: KeyPoints = { alpha1: g1(11n), beta2: g2(12n), gamma2: g2(13n), delta2: g2(14n), ic: [g1(15n), g1(16n)] };

function key(change: Partial<KeyPoints> = {}): VerificationKey {
  return verificationKey({ ...GOOD, ...change });
}

describe("refuseBadKey", () => {
  test("accepts good keys, also a ceremony's, whose γ is the generator", () => {
    expect(() => refuseBadKey(key())).not.toThrow();
    expect(() => refuseBadKey(key({ gamma2: G2_GENERATOR }))).not.toThrow();
  });

  const cases: [name: string, key: VerificationKey, code: string, field: string][] = [
    ["γ = δ", key({ gamma2: g2(14n) }), "KEY_GAMMA_IS_DELTA", "vk_delta_2"],
    ["γ = −δ", key({ gamma2: g2(FIELD_ORDER - 14n) }), "KEY_GAMMA_IS_DELTA", "vk_delta_2"],
    ["δ = generator", key({ delta2: G2_GENERATOR }), "KEY_DELTA_IS_GENERATOR", "vk_delta_2"],
    ["δ = −generator", key({ delta2: g2(FIELD_ORDER - 1n) }), "KEY_DELTA_IS_GENERATOR", "vk_delta_2"],
    ["γ = δ = generator", key({ gamma2: G2_GENERATOR, delta2: G2_GENERATOR }), "KEY_GAMMA_IS_DELTA", "vk_delta_2"],
    ["β = γ", key({ gamma2: g2(12n) }), "KEY_BETA_IS_GAMMA", "vk_beta_2"],
    ["β = −γ", key({ gamma2: g2(FIELD_ORDER - 12n) }), "KEY_BETA_IS_GAMMA", "vk_beta_2"],
    ["β = δ", key({ delta2: g2(12n) }), "KEY_BETA_IS_DELTA", "vk_beta_2"],
    ["β = −δ", key({ delta2: g2(FIELD_ORDER - 12n) }), "KEY_BETA_IS_DELTA", "vk_beta_2"],
    ["α = generator", key({ alpha1: G1_GENERATOR }), "KEY_ALPHA_OR_BETA_IS_GENERATOR", "vk_alpha_1"],
    ["β = −generator", key({ beta2: g2(FIELD_ORDER - 1n) }), "KEY_ALPHA_OR_BETA_IS_GENERATOR", "vk_alpha_1"],
    ["α at infinity", key({ alpha1: null }), "KEY_POINT_AT_INFINITY", "vk_alpha_1"],
    ["β at infinity", key({ beta2: null }), "KEY_POINT_AT_INFINITY", "vk_beta_2"],
    ["γ at infinity", key({ gamma2: null }), "KEY_POINT_AT_INFINITY", "vk_gamma_2"],
    ["δ at infinity", key({ delta2: null }), "KEY_POINT_AT_INFINITY", "vk_delta_2"],
    ["an IC point at infinity", key({ ic: [g1(15n), null] }), "KEY_POINT_AT_INFINITY", "IC[1]"],
    ["α off the curve", key({ alpha1: [1n, 3n] }), "KEY_NOT_A_POINT", "vk_alpha_1"],
    ["an IC point off the curve", key({ ic: [[5n, 5n], g1(16n)] }), "KEY_NOT_A_POINT", "IC[0]"],
    ["β off the curve", key({ beta2: [G2_GENERATOR[1], G2_GENERATOR[0]] }), "KEY_NOT_A_POINT", "vk_beta_2"],
    ["β outside the group", key({ beta2: offGroup() }), "KEY_NOT_A_POINT", "vk_beta_2"],
    ["γ outside the group", key({ gamma2: offGroup() }), "KEY_NOT_A_POINT", "vk_gamma_2"],
    ["δ outside the group", key({ delta2: offGroup() }), "KEY_NOT_A_POINT", "vk_delta_2"],
    ["too few IC points", { ...key(), nPublic: 2 }, "KEY_IC_LENGTH", "IC"],
    ["too many IC points", { ...key(), nPublic: 0 }, "KEY_IC_LENGTH", "IC"],
    ["another protocol", { ...key(), protocol: "plonk" as "groth16" }, "KEY_MALFORMED", "protocol"],
    ["a number not reduced", { ...key(), vk_alpha_1: [`${BASE_PRIME + 1n}`, "2", "1"] }, "KEY_MALFORMED", "vk_alpha_1"],
    ["a point that is projective", { ...key(), vk_alpha_1: ["1", "2", "7"] }, "KEY_MALFORMED", "vk_alpha_1"],
    [
      "a field missing",
      { ...key(), vk_delta_2: undefined } as unknown as VerificationKey,
      "KEY_MALFORMED",
      "vk_delta_2",
    ],
  ];
  test.each(cases)("refuses %s", (_, bad, code, field) => {
    let error: unknown;
    try {
      refuseBadKey(bad);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(KeyError);
    expect(error).toMatchObject({ code, field, message: expect.stringContaining(":") });
  });
});

describe("isDevelopmentKey", () => {
  const inputs = [1n, 2n, 3n, 4n, 5n, 6n, 7n];
  const proofOf = ([ax, ay, bx1, bx0, by1, by0, cx, cy]: readonly bigint[]): Groth16Proof =>
    ({
      pi_a: [ax, ay],
      pi_b: [
        [bx0, bx1],
        [by0, by1],
      ],
      pi_c: [cx, cy],
    }) as Groth16Proof;

  test.each(DISGUISES)("recognises the development key: %s", async (_, secrets, sameProofs) => {
    const disguised = forgedKey(secrets);
    expect(await isDevelopmentKey(disguised)).toBe(true);
    // A proof that was made with the development key is valid under the disguised key, too.
    const proof = proofOf(forgedProof(DEVELOPMENT_SECRETS, inputs));
    expect(await verifyProof(disguised, inputs, proof)).toBe(sameProofs);
  });

  test("is false for a good key", async () => {
    expect(await isDevelopmentKey(key())).toBe(false);
    expect(await keyKind(key())).toBe("unknown");
  });

  test("is false for a key of other secrets: its origin is unknown, never a ceremony", async () => {
    const made = forgedKey(MADE_BY_SOMEBODY);
    expect(() => refuseBadKey(made)).not.toThrow();
    expect(await keyKind(made)).toBe("unknown");
    expect(await verifyProof(made, inputs, proofOf(forgedProof(MADE_BY_SOMEBODY, inputs)))).toBe(true);
  });

  test("does not throw for malformed points", async () => {
    for (const change of [{ alpha1: null }, { beta2: null }, { alpha1: [5n, 5n] as const }, { beta2: offGroup() }])
      expect(await isDevelopmentKey(key(change))).toBe(false);
  });

  test("ignores the label", async () => {
    const labelled = { ...key({ alpha1: g1(secret.alpha) }), kind: "ceremony", name: "main network" };
    expect(await keyKind(labelled)).toBe("development");
  });
});

describe("checkKeyBelongs", () => {
  let folder: string;
  let artifacts: CircuitArtifacts;
  let header: ZkeyHeader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "timebandits-check-"));
    artifacts = await multiplier();
    await makeKey(artifacts.r1cs, secret, join(folder, "key.zkey"));
    header = await readZkeyHeader(join(folder, "key.zkey"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("accepts the circuit's own key", async () => {
    await expect(checkKeyBelongs(header, artifacts)).resolves.toBeUndefined();
  });

  test("refuses another circuit's key", async () => {
    await expect(checkKeyBelongs(header, await chain(1))).rejects.toMatchObject({
      code: "KEY_FOREIGN",
      field: "nPublic",
    });
  });

  test.each([
    ["nPublic", { publicInputs: 1 }],
    ["nVars", { wires: 6 }],
    ["domainSize", { constraints: 200 }],
  ])("compares %s", async (field, change) => {
    await expect(checkKeyBelongs(header, { ...artifacts, ...change })).rejects.toMatchObject({
      code: "KEY_FOREIGN",
      field,
    });
  });

  test("tells circuits of equal size apart by the circuit hash", async () => {
    // The same sizes, another r1cs file.
    const twin = { ...artifacts, r1cs: (await chain(1)).r1cs };
    await expect(checkKeyBelongs(header, twin)).rejects.toMatchObject({ code: "KEY_FOREIGN", field: "circuitHash" });
  });

  test("compares a ceremony key with the hash that was recorded", async () => {
    await expect(checkKeyBelongs(header, artifacts, header.circuitHash)).resolves.toBeUndefined();
    await expect(checkKeyBelongs(header, artifacts, "00".repeat(64))).rejects.toMatchObject({ field: "circuitHash" });
  });

  test("a key without contribution is refused when it is loaded", async () => {
    const path = join(folder, "fresh.zkey");
    await makeKey(artifacts.r1cs, { ...secret, gamma: 1n, delta: 1n }, path);
    await expect(loadKey(path, artifacts, { hash: "", seconds: null })).rejects.toMatchObject({
      code: "KEY_GAMMA_IS_DELTA",
    });
  });
});
