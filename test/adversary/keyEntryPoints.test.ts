/**
 * Five places check a key for seven faults. Each place refuses each fault. The registry recognises the key of another
 * circuit only by its number of inputs: it stores keys of any circuit, and a map names its keys.
 */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import type { CircuitArtifacts } from "../../prover/circuit/build.ts";
import { circuitHash } from "../../prover/circuit/build.ts";
import { FIELD_ORDER, G1_GENERATOR, G2_GENERATOR, inverse } from "../../prover/curve/bn254.ts";
import { checkWitness } from "../../prover/engines/witnessCheck.ts";
import { verifyProof } from "../../prover/groth16/groth16.ts";
import {
  applyBeacon,
  beginCeremony,
  ceremonyKey,
  contribute,
  type Transcript,
  verifyCeremony,
} from "../../prover/keys/ceremony.ts";
import { refuseDevelopmentKeyOn } from "../../prover/keys/check.ts";
import { loadKey } from "../../prover/keys/development.ts";
import { makeKey } from "../../prover/keys/makeKey.ts";
import { checkPowersOfTau } from "../../prover/keys/powersOfTau.ts";
import { developmentTrapdoor, type Trapdoor } from "../../prover/keys/trapdoor.ts";
import { verificationKey } from "../../prover/keys/verificationKey.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { cached, hashFile, sha256 } from "../../prover/storage/cache.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import {
  deployRegistry,
  keyWords,
  type Registry,
  refuseDevelopmentKeyOnPublicChain,
  storeKey,
} from "../../verifier/chain/registry.ts";
import { forgeableOn } from "../../verifier/verify.ts";
import { hardhatChain, refusal } from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { freshRun } from "../lib/provenRun.ts";
import { UNMOORED } from "../lib/unmoored.ts";
import { multiplier, chain as poseidonChain } from "../prover/circuits.ts";
import { knownPtau } from "../prover/keys/ptau.ts";

const PUBLIC = 1n;
const SECRETS: Trapdoor = { tau: 1234567n, alpha: 89n, beta: 1011n, gamma: 1n, delta: 14n };
const PROOF = { pi_a: G1_GENERATOR, pi_b: G2_GENERATOR, pi_c: G1_GENERATOR };

let folder: string;
let circuit: CircuitArtifacts;
let witness: Uint8Array;
let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let ptau: { path: string; hash: string };
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-doors-"));
  circuit = await multiplier();
  witness = await calculateWitness(circuit, { a: 2n, b: 3n, inverse: (FIELD_ORDER + 1n) / 2n });
  await writeFile(at("small.ptau"), await knownPtau(SECRETS, 3));
  ptau = { path: at("small.ptau"), hash: await hashFile(at("small.ptau"), "blake2b512") };
  await makeKey(circuit.r1cs, SECRETS, at("good.zkey"));
  await makeKey(circuit.r1cs, { ...SECRETS, gamma: 14n }, at("same.zkey"));
  await makeKey(circuit.r1cs, { ...SECRETS, gamma: 13n, delta: 1n }, at("generator.zkey"));
  await makeKey(circuit.r1cs, { ...SECRETS, beta: 13n, gamma: 13n }, at("beta-gamma.zkey"));
  await makeKey(circuit.r1cs, { ...SECRETS, beta: 14n }, at("beta-delta.zkey"));
  await makeKey(circuit.r1cs, developmentTrapdoor(), at("development.zkey"));
  const { alpha, beta } = developmentTrapdoor();
  const disguised = { alpha: (alpha * 7n) % FIELD_ORDER, beta: (beta * inverse(7n, FIELD_ORDER)) % FIELD_ORDER };
  await makeKey(circuit.r1cs, { ...developmentTrapdoor(), ...disguised }, at("disguised.zkey"));
  await makeKey((await poseidonChain(1)).r1cs, SECRETS, at("foreign.zkey"));
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
});
afterAll(async () => {
  await chain[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const made = (zkey: string) => verifyCeremony(circuit, ptau, at(zkey));
const loaded = (zkey: string) => loadKey(at(zkey), circuit, { hash: "", seconds: null });
const proving = (zkey: string) => checkWitness(at(zkey), witness);
const verifying = async (zkey: string) =>
  verifyProof(verificationKey((await readZkeyHeader(at(zkey))).points), [1n, 1n], PROOF);
/** The registry takes only keys of seven inputs, so the fault is on such a key there. */
const deploying = (change: Partial<typeof SOME_SECRETS>) =>
  refusal(storeKey(registry, forgedKey({ ...SOME_SECRETS, ...change })));

/** Runs `action` with an artifact cache of its own. */
async function withCache<T>(name: string, action: () => Promise<T>): Promise<T> {
  const before = process.env.TIMEBANDITS_CACHE;
  process.env.TIMEBANDITS_CACHE = at(name);
  try {
    return await action();
  } finally {
    if (before === undefined) delete process.env.TIMEBANDITS_CACHE;
    else process.env.TIMEBANDITS_CACHE = before;
  }
}

/** Puts a key where `ceremony install` would, with an unverified transcript. */
async function shelve(zkey: string, says: Partial<Transcript>): Promise<void> {
  const id = sha256(JSON.stringify({ format: 1, r1cs: circuit.r1csHash }));
  await cached<Partial<Transcript>>("ceremonies", id, async (into) => {
    await copyFile(at(zkey), join(into, "key.zkey"));
    return {
      r1cs: circuit.r1csHash,
      zkey: await hashFile(at(zkey)),
      circuitHash: await circuitHash(circuit.r1cs),
      ptau: { hash: ptau.hash, power: 3, published: false },
      contributions: 2,
      ...says,
    };
  });
}

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const refuses = async (action: Promise<unknown>, wanted: string) => await expect(action).rejects.toEqual(code(wanted));

test("a good key passes all places but the ceremony's, which asks for its origin", async () => {
  await refuses(made("good.zkey"), "KEY_TRANSCRIPT");
  expect(await loaded("good.zkey")).toMatchObject({ kind: "unknown", ceremony: null });
  await proving("good.zkey");
  expect(await verifying("good.zkey")).toBe(false);
  expect(await deploying({})).toEqual({ reason: "accepted" });
});

describe("γ = δ is refused when a key is", () => {
  test("made", () => refuses(made("same.zkey"), "KEY_GAMMA_IS_DELTA"));
  test("loaded", () => refuses(loaded("same.zkey"), "KEY_GAMMA_IS_DELTA"));
  test("proven with", () => expect(proving("same.zkey")).rejects.toThrow("γ and δ are the same"));
  test("verified with", () => refuses(verifying("same.zkey"), "KEY_GAMMA_IS_DELTA"));
  test("deployed", async () =>
    expect(await deploying({ gamma: SOME_SECRETS.delta })).toMatchObject({ reason: "GammaIsDelta" }));
});

describe("δ = the generator is refused when a key is", () => {
  test("made", () => refuses(made("generator.zkey"), "KEY_DELTA_IS_GENERATOR"));
  test("loaded", () => refuses(loaded("generator.zkey"), "KEY_DELTA_IS_GENERATOR"));
  test("proven with", () => expect(proving("generator.zkey")).rejects.toThrow("δ is the generator"));
  test("verified with", () => refuses(verifying("generator.zkey"), "KEY_DELTA_IS_GENERATOR"));
  test("deployed", async () => expect(await deploying({ delta: 1n })).toMatchObject({ reason: "DeltaIsGenerator" }));
});

describe.each([
  ["γ", "beta-gamma.zkey", "KEY_BETA_IS_GAMMA", { gamma: SOME_SECRETS.beta }, "BetaIsGamma"],
  ["δ", "beta-delta.zkey", "KEY_BETA_IS_DELTA", { delta: SOME_SECRETS.beta }, "BetaIsDelta"],
] as const)("β = %s is refused when a key is", (letter, zkey, name, change, reason) => {
  test("made", () => refuses(made(zkey), name));
  test("loaded", () => refuses(loaded(zkey), name));
  test("proven with", () => expect(proving(zkey)).rejects.toThrow(`β and ${letter} are the same`));
  test("verified with", () => refuses(verifying(zkey), name));
  test("deployed", async () => expect(await deploying(change)).toMatchObject({ reason }));
});

describe("the key of another circuit is refused when it is", () => {
  test("made", () => refuses(made("foreign.zkey"), "KEY_FOREIGN"));
  test("loaded", () => refuses(loaded("foreign.zkey"), "KEY_FOREIGN"));
  test("proven with", () => expect(proving("foreign.zkey")).rejects.toThrow("wires"));
  test("verified with", async () => expect(await verifying("foreign.zkey")).toBe(false));
  test("deployed", async () => {
    const key = verificationKey((await readZkeyHeader(at("foreign.zkey"))).points);
    expect(() => keyWords(key)).toThrow(/^IC/);
  });
});

describe("a development key for a public network is refused, also with another α and β of the same product, when it is", () => {
  test.each(["development.zkey", "disguised.zkey"])("made: %s", (zkey) => refuses(made(zkey), "KEY_DEVELOPMENT"));
  test.each(["development.zkey", "disguised.zkey"])("contributed to: %s", async (zkey) => {
    await refuses(contribute(at(zkey), at("never.zkey"), "somebody"), "KEY_DEVELOPMENT");
    await refuses(applyBeacon(at(zkey), at("never.zkey"), "00".repeat(32)), "KEY_DEVELOPMENT");
  });
  test.each(["development.zkey", "disguised.zkey"])("loaded: %s", async (zkey) => {
    const { kind } = await loaded(zkey);
    expect(() => refuseDevelopmentKeyOn(PUBLIC, kind)).toThrow("a development key is not for chain 1");
    expect(() => refuseDevelopmentKeyOn(31337n, kind)).not.toThrow();
  });
  test("installed for a ceremony's, with a transcript beside it", async () => {
    await withCache("disguised", async () => {
      const key = await loaded("disguised.zkey");
      await shelve("disguised.zkey", { verificationKey: key.vkeyHash, zkey: await hashFile(at("disguised.zkey")) });
      expect(await ceremonyKey(circuit)).toMatchObject({ kind: "development", ceremony: null });
    });
  });
  test("proven with", async () => {
    const dir = await freshRun();
    const { manifest, trace } = readRun(dir);
    const place = { registry: `0x${"1".repeat(40)}`, creator: `0x${"2".repeat(40)}`, salt: `0x${"3".repeat(64)}` };
    saveManifest(dir, { ...manifest, chain: mapPlace({ ...place, chainId: PUBLIC }, trace.header.genesisRoot) });
    await refuses(proveDirectory(dir), "KEY_DEVELOPMENT_KEY_ON_PUBLIC_CHAIN");
  });
  test("verified with", () => {
    const statement = { preRoot: 1n, postRoot: 2n, traceRoot: 3n, span: (1n << 32n) + 1n, domain: 5n, ...UNMOORED };
    const key = { hash: "0x", kind: "development" as const };
    const bundle = { profile: "batch-8", circuit: "", key, statement, proof: PROOF };
    const batch = { name: "a", bundle, firstSeq: 1, lastSeq: 1 };
    expect(forgeableOn(PUBLIC, [batch])).toMatchObject([{ kind: "wrong", field: "key kind" }]);
    expect(forgeableOn(31337n, [batch])).toEqual([]);
  });
  test("deployed: the tool refuses it, and the registry stores no key of this size", async () => {
    for (const zkey of ["development.zkey", "disguised.zkey"]) {
      const { points } = await readZkeyHeader(at(zkey));
      await expect(refuseDevelopmentKeyOnPublicChain(verificationKey(points), PUBLIC)).rejects.toMatchObject({
        reason: "DevelopmentKeyOnPublicChain",
      });
    }
  });
});

describe("a transcript", () => {
  test("makes its own key a ceremony's", async () => {
    await withCache("vouching", async () => {
      await shelve("good.zkey", { verificationKey: (await loaded("good.zkey")).vkeyHash });
      const key = await ceremonyKey(circuit);
      expect(key).toMatchObject({
        kind: "ceremony",
        ceremony: { contributions: 2, ptau: { power: 3, published: false } },
      });
    });
  });
  test.each([
    ["verification key", { verificationKey: `0x${"12".repeat(32)}` }],
    ["file", { zkey: "34".repeat(32) }],
    ["circuit", { r1cs: "56".repeat(32) }],
  ])("of another %s vouches for none", async (what, change) => {
    await withCache(`foreign-${what}`, async () => {
      await shelve("good.zkey", { verificationKey: (await loaded("good.zkey")).vkeyHash, ...change });
      await refuses(ceremonyKey(circuit), "KEY_TRANSCRIPT");
    });
  });
});

describe("powers of tau with the wrong hash are refused when they, or a key made from them, are", () => {
  const stranger = () => ({ path: at("small.ptau"), hash: "0".repeat(128) });
  /** A key in the cache with a transcript that wrongly says that its powers of tau are the published ones. */
  const lying = () =>
    withCache("cache", async () => {
      await shelve("good.zkey", { ptau: { hash: ptau.hash, power: 16, published: true } });
      return await ceremonyKey(circuit);
    });
  test("made into a key", () => refuses(beginCeremony(circuit, stranger(), at("never.zkey")), "PTAU_UNKNOWN"));
  test("loaded", () => refuses(checkPowersOfTau(ptau.path, circuit), "PTAU_UNKNOWN"));
  test("proven with: keys for proving, verifying and deploying are all loaded here", () =>
    refuses(lying(), "PTAU_UNKNOWN"));
  test("verified with", () => refuses(verifyCeremony(circuit, stranger(), at("good.zkey")), "PTAU_UNKNOWN"));
  test("deployed", () => refuses(lying(), "PTAU_UNKNOWN"));
});
