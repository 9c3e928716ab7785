import { groth16 } from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../prover/circuit/build.ts";
import { BASE_PRIME, FIELD_ORDER, G1_GENERATOR, G2_GENERATOR, isInG2 } from "../../prover/curve/bn254.ts";
import type { Engine, Proven } from "../../prover/engines/engine.ts";
import { engineByName } from "../../prover/engines/index.ts";
import { witnessFromValues, witnessValues } from "../../prover/formats/wtns.ts";
import {
  type Groth16Proof,
  proofFromJson,
  proofToJson,
  solidityProof,
  verifyProof,
} from "../../prover/groth16/groth16.ts";
import { developmentKey, type KeyArtifacts } from "../../prover/keys/development.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { chain, multiplier } from "./circuits.ts";
import { offGroup } from "./keys/points.ts";

const INPUT = { a: 2n, b: 5n, inverse: (FIELD_ORDER + 1n) / 2n };
let engine: Engine;
let circuit: CircuitArtifacts;
let keys: KeyArtifacts;
let proven: Proven;

beforeAll(async () => {
  engine = engineByName("snarkjs");
  circuit = await multiplier();
  keys = await developmentKey(circuit);
  proven = await engine.prove(keys.zkey, await calculateWitness(circuit, INPUT));
});
afterAll(async () => {
  await engine.close();
});

const verify = (
  change: Partial<Groth16Proof> = {},
  signals: readonly bigint[] = proven.publicSignals,
): Promise<boolean> => verifyProof(keys.verificationKey, signals, { ...proven.proof, ...change });

test("a proof made with a development key verifies, here and in snarkjs", async () => {
  expect(proven.publicSignals).toEqual([12n, 5n]);
  expect(await verify()).toBe(true);
  const { proof, publicSignals } = await groth16.prove(keys.zkey, await calculateWitness(circuit, INPUT));
  const exported = { ...keys.verificationKey, vk_alphabeta_12: [] };
  expect(await groth16.verify(exported, publicSignals, proof)).toBe(true);
  expect(await groth16.verify(exported, ["12", "6"], proof)).toBe(false);
});

test("a proof of a Poseidon circuit verifies under its own key only", async () => {
  const artifacts = await chain(1);
  const { zkey, verificationKey } = await developmentKey(artifacts);
  const { proof, publicSignals } = await engine.prove(zkey, await calculateWitness(artifacts, { start: 7n }));
  expect(await verifyProof(verificationKey, publicSignals, proof)).toBe(true);
  expect(await verifyProof(keys.verificationKey, publicSignals, proof)).toBe(false);
});

test("a proof of a false witness does not verify", async () => {
  const values = witnessValues(await calculateWitness(circuit, INPUT));
  const forged = await engine.prove(keys.zkey, witnessFromValues(values.with(1, 13n)));
  expect(forged.publicSignals).toEqual([13n, 5n]);
  expect(await verifyProof(keys.verificationKey, forged.publicSignals, forged.proof)).toBe(false);
});

describe("refused without a pairing", () => {
  test("too few, too many, changed or unreduced signals", async () => {
    const [out, b] = proven.publicSignals as [bigint, bigint];
    for (const signals of [
      [],
      [out],
      [out, b, 0n],
      [out + 1n, b],
      [b, out],
      [out + FIELD_ORDER, b],
      [out - FIELD_ORDER, b],
    ]) {
      expect(await verify({}, signals)).toBe(false);
    }
  });

  test("points exchanged, off the curve, not reduced, outside the group", async () => {
    const { pi_a, pi_b, pi_c } = proven.proof;
    expect(await verify({ pi_a: pi_c, pi_c: pi_a })).toBe(false);
    expect(await verify({ pi_a: [pi_a[0], (pi_a[1] + 1n) % BASE_PRIME] })).toBe(false);
    expect(await verify({ pi_c: [pi_c[0] + BASE_PRIME, pi_c[1]] })).toBe(false);
    expect(await verify({ pi_a: [0n, 0n] })).toBe(false);
    expect(await verify({ pi_b: [pi_b[1], pi_b[0]] })).toBe(false);
    expect(await verify({ pi_b: offGroup() })).toBe(false);
    expect(await verify({ pi_a: G1_GENERATOR, pi_b: G2_GENERATOR })).toBe(false);
  });

  test("a proof negated in two places is another valid proof of the same statement", async () => {
    const { pi_a, pi_b } = proven.proof;
    const minus = (y: bigint): bigint => (BASE_PRIME - y) % BASE_PRIME;
    const twin = { pi_a: [pi_a[0], minus(pi_a[1])], pi_b: [pi_b[0], [minus(pi_b[1][0]), minus(pi_b[1][1])]] } as const;
    expect(isInG2(twin.pi_b)).toBe(true);
    expect(await verify(twin)).toBe(true);
  });

  test("a bad key is an error, not an invalid proof", async () => {
    const bad = { ...keys.verificationKey, vk_gamma_2: keys.verificationKey.vk_delta_2 };
    await expect(verifyProof(bad, proven.publicSignals, proven.proof)).rejects.toMatchObject({
      code: "KEY_GAMMA_IS_DELTA",
    });
  });
});

test("a proof has one JSON form", () => {
  const json = proofToJson(proven.proof);
  expect(proofFromJson(JSON.parse(JSON.stringify(json)))).toEqual(proven.proof);
  const [x, y] = json.pi_a;
  for (const bad of [
    null,
    "proof",
    {},
    { ...json, pi_d: [] },
    { ...json, pi_a: [x] },
    { ...json, pi_a: [x, y, "1"] },
    { ...json, pi_a: [`0${x}`, y] },
    { ...json, pi_a: [`-${x}`, y] },
    { ...json, pi_a: [` ${x}`, y] },
    { ...json, pi_a: ["0x1", y] },
    { ...json, pi_a: [1, y] },
    { ...json, pi_a: [`${BigInt(x) + BASE_PRIME}`, y] },
    { ...json, pi_b: json.pi_a },
  ]) {
    expect(() => proofFromJson(bad)).toThrow(expect.objectContaining({ code: "PROOF_MALFORMED" }));
  }
});

test("the coordinates of G2 are swapped for Solidity", async () => {
  const calldata = await groth16.exportSolidityCallData(
    {
      protocol: "groth16",
      curve: "bn128",
      pi_a: [...proofToJson(proven.proof).pi_a, "1"],
      pi_b: [[...proofToJson(proven.proof).pi_b[0]], [...proofToJson(proven.proof).pi_b[1]], ["1", "0"]],
      pi_c: [...proofToJson(proven.proof).pi_c, "1"],
    },
    proven.publicSignals.map(String),
  );
  const numbers = [...calldata.matchAll(/0x[0-9a-f]+/g)].map(([text]) => BigInt(text));
  expect([...solidityProof(proven.proof), ...proven.publicSignals]).toEqual(numbers);
});
