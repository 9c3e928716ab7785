import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder, keccak256, solidityPackedKeccak256 } from "ethers";
import { zKey } from "snarkjs";
import { afterAll, expect, test, vi } from "vitest";
import { FIELD_ORDER, G1_GENERATOR, G2_GENERATOR, multiplyG1, multiplyG2 } from "../../../prover/curve/bn254.ts";
import { SnarkjsEngine } from "../../../prover/engines/snarkjs.ts";
import { isDevelopmentKey } from "../../../prover/keys/check.ts";
import { developmentKey } from "../../../prover/keys/development.ts";
import { makeVerificationKey } from "../../../prover/keys/makeKey.ts";
import { developmentTrapdoor, seedPoints } from "../../../prover/keys/trapdoor.ts";
import { solidityPoints } from "../../../prover/keys/verificationKey.ts";
import { hashFile } from "../../../prover/storage/cache.ts";
import { chain, multiplier } from "../circuits.ts";

afterAll(async () => {
  await new SnarkjsEngine().close();
});

test("the trapdoor never changes, because contracts refuse its key", () => {
  const trapdoor = developmentTrapdoor();
  const values = Object.values(trapdoor);
  expect(new Set(values).size).toBe(5);
  for (const value of values) expect(value > 1n && value < FIELD_ORDER).toBe(true);
  const { alpha1, beta2 } = seedPoints();
  expect(alpha1).toEqual(multiplyG1(G1_GENERATOR, trapdoor.alpha));
  expect(beta2).toEqual(multiplyG2(G2_GENERATOR, trapdoor.beta));
  expect(alpha1[0]).toBe(14320857304889825930318178598854037229848032161930898706024547294414123367283n);
  expect(beta2[0][0]).toBe(11232225239381252748776162416630423858426441210712280903638251274931528872920n);
});

test("a development key is made once, branded, and snarkjs reads the same verification key from it", async () => {
  const artifacts = await multiplier();
  const made = await developmentKey(artifacts);
  expect(made.kind).toBe("development");
  expect(made.ceremony).toBeNull();
  expect(await isDevelopmentKey(made.verificationKey)).toBe(true);
  expect(await hashFile(made.zkey)).toBe(made.hash);
  const { vk_alphabeta_12: _, ...exported } = await zKey.exportVerificationKey(made.zkey);
  expect(made.verificationKey).toEqual(exported);
  expect(await developmentKey(artifacts)).toEqual({ ...made, seconds: null });
});

test("the verification key alone is that of the proving key", async () => {
  for (const artifacts of [await multiplier(), await chain(1)]) {
    const { verificationKey } = await developmentKey(artifacts);
    expect(await makeVerificationKey(artifacts.r1cs, developmentTrapdoor())).toEqual(verificationKey);
  }
});

test("an empty cache gives the same key", async () => {
  const artifacts = await chain(1);
  const known = await developmentKey(artifacts);
  const cache = await mkdtemp(join(tmpdir(), "timebandits-keys-"));
  vi.stubEnv("TIMEBANDITS_CACHE", cache);
  const again = await developmentKey(artifacts);
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
  expect(again.seconds).not.toBeNull();
  expect([again.hash, again.vkeyHash]).toEqual([known.hash, known.vkeyHash]);
});

test("a contribution leaves a development key a development key", async () => {
  const { zkey } = await developmentKey(await multiplier());
  const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
  await zKey.contribute(zkey, file, "somebody", "entropy");
  const { vk_alphabeta_12: _, ...contributed } = await zKey.exportVerificationKey(file);
  expect(await isDevelopmentKey({ ...contributed, protocol: "groth16", curve: "bn128" })).toBe(true);
});

test("a key's numbers and hash are those of Solidity", async () => {
  const { verificationKey: key, vkeyHash } = await developmentKey(await multiplier());
  const numbers = solidityPoints(key);
  expect(numbers).toHaveLength(2 + 3 * 4 + 2 * 3);
  expect(numbers.slice(0, 2).map(String)).toEqual(key.vk_alpha_1.slice(0, 2));
  const [[x0, x1], [y0, y1]] = key.vk_beta_2;
  expect(numbers.slice(2, 6).map(String)).toEqual([x1, x0, y1, y0]);
  expect(numbers.slice(-2).map(String)).toEqual(key.IC[2]?.slice(0, 2));
  expect(vkeyHash).toBe(solidityPackedKeccak256(["uint256[]"], [numbers]));
  const words = AbiCoder.defaultAbiCoder().encode(new Array<string>(numbers.length).fill("uint256"), numbers);
  expect(vkeyHash).toBe(keccak256(words));
});
