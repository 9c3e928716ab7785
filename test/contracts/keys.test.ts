import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractSources } from "../../contracts/compiler.ts";
import { BASE_PRIME } from "../../prover/curve/bn254.ts";
import { KeyError } from "../../prover/errors.ts";
import { refuseBadKey } from "../../prover/keys/check.ts";
import { seedPoints } from "../../prover/keys/trapdoor.ts";
import { solidityG2 } from "../../prover/keys/verificationKey.ts";
import { call } from "../../verifier/chain/connect.ts";
import {
  advance,
  deployRegistry,
  disableVerifier,
  keyHash,
  keyWords,
  proposeVerifier,
  type Registry,
  readMap,
  refuseDevelopmentKeyOnPublicChain,
  registryAbi,
  storeKey,
  type VerificationKey,
} from "../../verifier/chain/registry.ts";
import { mapKeyReports } from "../../verifier/keyReports.ts";
import { hardhatChain, raw, refusal, SOME_KEY, TestMap } from "../lib/chains.ts";
import { DEVELOPMENT_SECRETS, DISGUISES, MADE_BY_SOMEBODY } from "../lib/disguises.ts";
import { forgedKey, type KeySecrets, SOME_SECRETS } from "../lib/forge.ts";
import { offGroup } from "../prover/keys/points.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let publicChain: Awaited<ReturnType<typeof hardhatChain>>;
let publicRegistry: Registry;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  publicChain = await hardhatChain(1);
  publicRegistry = await deployRegistry(publicChain);
});
afterAll(async () => {
  await chain[Symbol.asyncDispose]();
  await publicChain[Symbol.asyncDispose]();
});

/** The code under which the tool refuses what the registry refuses by this name: GammaIsDelta is KEY_GAMMA_IS_DELTA. */
function toolName(reason: string): string {
  return `KEY${reason.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The code under which the tool itself refuses a key. */
function toolRefuses(key: VerificationKey): string {
  try {
    refuseBadKey(key);
  } catch (error) {
    if (error instanceof KeyError) return error.code;
    throw error;
  }
  return "accepted";
}

/** The registry's answer to a key with other secrets. */
function refused(change: Partial<KeySecrets>) {
  return refusal(storeKey(registry, forgedKey({ ...SOME_SECRETS, ...change })));
}

/** The registry's answer to a key with some words replaced. */
function refusedWords(change: Readonly<Record<number, bigint>>) {
  const words = keyWords(SOME_KEY).map((word, index) => change[index] ?? word);
  return refusal(raw(registry, "storeKey", [words]));
}

async function keyAt(hash: string): Promise<bigint[]> {
  const abi = await registryAbi();
  const answer = await call(chain, registry.address, abi.encodeFunctionData("getKey", [hash]), abi);
  return [...abi.decodeFunctionResult("getKey", answer)[0]];
}

describe("a verification key", () => {
  it("is stored under the hash that the tool computes, word for word, once", async () => {
    const key = forgedKey({ ...SOME_SECRETS, beta: 24n });
    const hash = await storeKey(registry, key);
    expect(await keyAt(hash)).toEqual(keyWords(key));
    expect(await refusal(raw(registry, "storeKey", [keyWords(key)]))).toEqual({ reason: "KeyExists", vkeyHash: hash });
    expect(await storeKey(registry, key)).toBe(hash);
  });

  it("may be stored by another account at the same moment", async () => {
    const key = forgedKey({ ...SOME_SECRETS, beta: 25n });
    const hashes = await Promise.all([storeKey(registry, key), storeKey(registry, key)]);
    expect(hashes).toEqual([keyHash(key), keyHash(key)]);
    expect(await keyAt(keyHash(key))).toEqual(keyWords(key));
  });

  it("may have the generator as gamma, like all keys of snarkjs", async () => {
    expect(await refused({ gamma: 1n })).toEqual({ reason: "accepted" });
  });

  it.each([
    ["gamma is delta", { gamma: SOME_SECRETS.delta }, "GammaIsDelta"],
    ["gamma is delta's negative", { gamma: -SOME_SECRETS.delta }, "GammaIsDelta"],
    ["gamma and delta are the generator, for want of a contribution", { gamma: 1n, delta: 1n }, "GammaIsDelta"],
    ["delta is the generator", { delta: 1n }, "DeltaIsGenerator"],
    ["delta is the generator's negative", { delta: -1n }, "DeltaIsGenerator"],
    ["alpha is the generator", { alpha: 1n }, "AlphaOrBetaIsGenerator"],
    ["alpha is the generator's negative", { alpha: -1n }, "AlphaOrBetaIsGenerator"],
    ["beta is the generator", { beta: 1n }, "AlphaOrBetaIsGenerator"],
    ["beta is gamma", { gamma: SOME_SECRETS.beta }, "BetaIsGamma"],
    ["beta is gamma's negative", { gamma: -SOME_SECRETS.beta }, "BetaIsGamma"],
    ["beta is delta", { delta: SOME_SECRETS.beta }, "BetaIsDelta"],
    ["beta is delta's negative", { delta: -SOME_SECRETS.beta }, "BetaIsDelta"],
  ])("is refused if %s, here and on a public chain, and by the tool under the same name", async (_, change, reason) => {
    const key = forgedKey({ ...SOME_SECRETS, ...change });
    expect(await refused(change)).toEqual({ reason });
    expect(await refusal(storeKey(publicRegistry, key))).toEqual({ reason });
    expect(toolRefuses(key)).toBe(toolName(reason));
  });

  it("is accepted here and on a public chain with any other beta", async () => {
    for (const change of [{ gamma: SOME_SECRETS.beta + 1n }, { delta: SOME_SECRETS.beta - 1n }]) {
      expect(await refused(change)).toEqual({ reason: "accepted" });
      const key = forgedKey({ ...SOME_SECRETS, ...change });
      expect(await refusal(storeKey(publicRegistry, key))).toEqual({ reason: "accepted" });
      expect(toolRefuses(key)).toBe("accepted");
    }
  });

  it.each([
    ["alpha", { alpha: 0n }, 0n],
    ["beta", { beta: 0n }, 2n],
    ["gamma", { gamma: 0n }, 6n],
    ["delta", { delta: 0n }, 10n],
    ["the constant", { ic: [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n] }, 14n],
    ["the point of the input domain, which would then not be bound,", { ic: [1n, 2n, 3n, 4n, 5n, 0n, 6n, 7n] }, 24n],
  ])("is refused if %s is at infinity", async (_, change, word) => {
    expect(await refused(change)).toEqual({ reason: "PointAtInfinity", word });
    expect(toolRefuses(forgedKey({ ...SOME_SECRETS, ...change }))).toBe(toolName("PointAtInfinity"));
  });

  it("is refused if a point is off the curve or not reduced", async () => {
    const words = keyWords(SOME_KEY);
    for (const word of [0, 14, 16, 18, 20, 22, 24]) {
      const off = { [word + 1]: (words[word + 1] ?? 0n) + 1n };
      expect(await refusedWords(off)).toEqual({ reason: "NotAPoint", word: BigInt(word) });
    }
    for (const word of [2, 6, 10]) {
      const off = { [word + 3]: (words[word + 3] ?? 0n) + 1n };
      expect(await refusedWords(off)).toEqual({ reason: "NotAPoint", word: BigInt(word) });
    }
    const unreduced = { 0: (words[0] ?? 0n) + BASE_PRIME };
    expect(await refusedWords(unreduced)).toEqual({ reason: "NotAPoint", word: 0n });
  });

  it("is refused if a point of the twist lies outside the subgroup", async () => {
    const [x, y] = offGroup();
    const words = { 6: x[1], 7: x[0], 8: y[1], 9: y[0] };
    expect(await refusedWords(words)).toEqual({ reason: "NotAPoint", word: 6n });
  });

  it("is refused by the tool if it is for another number of inputs", async () => {
    const key = forgedKey({ ...SOME_SECRETS, ic: [1n, 2n, 3n, 4n, 5n] });
    await expect(storeKey(registry, key)).rejects.toThrow("4 public inputs");
  });
});

describe("development keys", () => {
  it("are known to the contract by the development seed's points", () => {
    const source = contractSources()["contracts/lib/DevelopmentKey.sol"] ?? "";
    const constant = (name: string) => BigInt(new RegExp(`constant ${name} = (\\d+);`).exec(source)?.[1] ?? 0);
    const { alpha1, beta2, gamma2, delta2 } = seedPoints();
    expect(["ALPHA_X", "ALPHA_Y"].map(constant)).toEqual(alpha1);
    expect(["BETA_X1", "BETA_X0", "BETA_Y1", "BETA_Y0"].map(constant)).toEqual(solidityG2(beta2));
    expect(["GAMMA_X1", "GAMMA_X0"].map(constant)).toEqual(solidityG2(gamma2).slice(0, 2));
    expect(["DELTA_X1", "DELTA_X0"].map(constant)).toEqual(solidityG2(delta2).slice(0, 2));
  });

  it.each([31337, 1337])("work on chain %i", async (chainId) => {
    await using local = await hardhatChain(chainId);
    const here = await deployRegistry(local);
    for (const [, secrets] of DISGUISES.slice(0, 2)) {
      const map = await TestMap.create(here, { verifiers: [{ profile: "batch-8", key: forgedKey(secrets) }] });
      await advance(here, map.mapId, [map.batch({ secrets })]);
      expect((await readMap(here, map.mapId)).seq).toBe(3);
    }
  });

  it.each([1, 10, 11155111])("are refused on chain %i, in the tool and in the contract", async (chainId) => {
    await using open = await hardhatChain(chainId);
    const there = await deployRegistry(open);
    const expected = { reason: "DevelopmentKeyOnPublicChain", chainId: BigInt(chainId) };
    for (const [name, secrets] of DISGUISES) {
      const key = forgedKey(secrets);
      expect(await refusal(refuseDevelopmentKeyOnPublicChain(key, BigInt(chainId))), name).toEqual(expected);
      expect(await refusal(raw(there, "storeKey", [keyWords(key)])), name).toEqual(expected);
    }
    expect(await refusal(storeKey(there, forgedKey(DEVELOPMENT_SECRETS)))).toEqual(expected);
    const map = await TestMap.create(there);
    await advance(there, map.mapId, [map.batch()]);
    expect((await readMap(there, map.mapId)).seq).toBe(3);
  });

  it("with other secrets are not recognised: a stored key is no evidence of a ceremony", async () => {
    const key = forgedKey(MADE_BY_SOMEBODY);
    expect(await refusal(storeKey(publicRegistry, key))).toEqual({ reason: "accepted" });
    expect(await mapKeyReports(publicRegistry, [{ profile: "elsewhere", keyHash: keyHash(key) }])).toMatchObject([
      { hash: keyHash(key), kind: "unknown", ceremony: null },
    ]);
  });

  it("are recognised once, so a second look costs little", async () => {
    const used = async (registry: Registry, secrets: KeySecrets): Promise<number> => {
      const { gasUsed } = await raw(registry, "storeKey", [keyWords(forgedKey(secrets))]);
      return Number(gasUsed);
    };
    const gas = {
      key: await used(publicRegistry, { ...SOME_SECRETS, alpha: 12_345n }),
      developmentKey: await used(registry, DEVELOPMENT_SECRETS),
    };
    console.log(`gas to store a key: ${gas.key}, a development key: ${gas.developmentKey}`);
    // Two pairings of two pairs each, with their preparation.
    expect(gas.key - gas.developmentKey).toBeGreaterThan(226_000);
    expect(gas.key - gas.developmentKey).toBeLessThan(232_000);
  });
});

describe("the owner's verifiers", () => {
  it("are listed with profile, notice and status", async () => {
    const map = await TestMap.create(registry, { verifierDelay: 100_000 });
    const key = forgedKey({ ...SOME_SECRETS, delta: 53n });
    const { blockNumber } = await proposeVerifier(registry, map.mapId, { profile: "batch-64", key });
    const announced = (await chain.provider.getBlock(blockNumber))?.timestamp ?? 0;
    await disableVerifier(registry, map.mapId, keyHash(SOME_KEY));
    const { verifiers } = await readMap(registry, map.mapId);
    expect(verifiers).toMatchObject([
      { keyHash: keyHash(SOME_KEY), profile: "batch-8", disabled: true },
      { keyHash: keyHash(key), profile: "batch-64", enabledFrom: announced + 100_000, disabled: false },
    ]);
  });

  it("are announced once, and again with the same notice after they were disabled", async () => {
    const map = await TestMap.create(registry);
    const verifier = { profile: "batch-8", key: SOME_KEY };
    const vkeyHash = keyHash(SOME_KEY);
    expect(await refusal(proposeVerifier(registry, map.mapId, verifier))).toEqual({
      reason: "VerifierExists",
      vkeyHash,
    });
    await disableVerifier(registry, map.mapId, vkeyHash);
    expect(await refusal(disableVerifier(registry, map.mapId, vkeyHash))).toEqual({
      reason: "VerifierDisabled",
      vkeyHash,
    });
    await proposeVerifier(registry, map.mapId, verifier);
    expect(await refusal(advance(registry, map.mapId, [map.batch()]))).toMatchObject({
      reason: "VerifierNotYetEnabled",
    });
    expect((await readMap(registry, map.mapId)).verifiers).toHaveLength(1);
  });

  it("can be disabled during their notice", async () => {
    const map = await TestMap.create(registry);
    const secrets = { ...SOME_SECRETS, delta: 59n };
    const vkeyHash = keyHash(forgedKey(secrets));
    await proposeVerifier(registry, map.mapId, { profile: "batch-64", key: forgedKey(secrets) });
    await disableVerifier(registry, map.mapId, vkeyHash);
    expect(await refusal(advance(registry, map.mapId, [map.batch({ secrets })]))).toEqual({
      reason: "VerifierDisabled",
      vkeyHash,
    });
  });

  it("cannot be disabled if the map does not know them", async () => {
    const map = await TestMap.create(registry);
    const vkeyHash = keyHash(forgedKey({ ...SOME_SECRETS, delta: 61n }));
    expect(await refusal(disableVerifier(registry, map.mapId, vkeyHash))).toEqual({
      reason: "UnknownVerifier",
      vkeyHash,
    });
  });
});
