/**
 * Five doors that a key goes through, and five things that may be wrong with it: whichever door it comes to first refuses it, and so do the others.
 * "Another circuit" is told at the door of the chain only by its number of inputs: the registry stores keys of any circuit, and a map names those it takes.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CircuitArtifacts } from "../../prover/build.ts";
import { cached, hashFile, sha256 } from "../../prover/cache.ts";
import { refuseMisfit } from "../../prover/engines/fit.ts";
import { verifyProof } from "../../prover/groth16.ts";
import { beginCeremony, ceremonyKey, verifyCeremony } from "../../prover/keys/ceremony.ts";
import { refuseDevelopmentKeyOn } from "../../prover/keys/check.ts";
import { FIELD_ORDER, G1_GENERATOR, G2_GENERATOR } from "../../prover/keys/curve.ts";
import { loadKey } from "../../prover/keys/development.ts";
import { circuitHash, makeKey } from "../../prover/keys/makeKey.ts";
import { checkPowersOfTau } from "../../prover/keys/powersOfTau.ts";
import { developmentTrapdoor, type Trapdoor } from "../../prover/keys/trapdoor.ts";
import { verificationKey } from "../../prover/keys/verificationKey.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import { mapPlace } from "../../prover/mapPlace.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { calculateWitness } from "../../prover/witness.ts";
import { readRun, saveManifest } from "../../trace/files.ts";
import {
  deployRegistry,
  keyWords,
  type Registry,
  refuseDevelopmentKeyOnPublicChain,
  storeKey,
} from "../../verifier/chain.ts";
import { forgeableOn } from "../../verifier/verify.ts";
import { hardhatChain, refusal } from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { freshRun } from "../lib/provenRun.ts";
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
  await makeKey(circuit.r1cs, developmentTrapdoor(), at("development.zkey"));
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
const proving = (zkey: string) => refuseMisfit(at(zkey), witness);
const verifying = async (zkey: string) =>
  verifyProof(verificationKey((await readZkeyHeader(at(zkey))).points), [1n, 1n], PROOF);
/** The registry takes keys of five inputs only, so a defect is shown there on one of those. */
const deploying = (change: Partial<typeof SOME_SECRETS>) =>
  refusal(storeKey(registry, forgedKey({ ...SOME_SECRETS, ...change })));

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const refuses = async (action: Promise<unknown>, wanted: string) => await expect(action).rejects.toEqual(code(wanted));

test("a key that nothing is wrong with passes all but the first, which asks where it came from", async () => {
  await refuses(made("good.zkey"), "KEY_TRANSCRIPT");
  expect(await loaded("good.zkey")).toMatchObject({ kind: "ceremony" });
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
  test("made", () => refuses(made("generator.zkey"), "KEY_GENERATOR"));
  test("loaded", () => refuses(loaded("generator.zkey"), "KEY_GENERATOR"));
  test("proven with", () => expect(proving("generator.zkey")).rejects.toThrow("δ is the generator"));
  test("verified with", () => refuses(verifying("generator.zkey"), "KEY_GENERATOR"));
  test("deployed", async () => expect(await deploying({ delta: 1n })).toMatchObject({ reason: "DeltaIsGenerator" }));
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

describe("a development key for a public network is refused when it is", () => {
  test("made", () => refuses(made("development.zkey"), "KEY_DEVELOPMENT"));
  test("loaded", async () => {
    const { kind } = await loaded("development.zkey");
    expect(() => refuseDevelopmentKeyOn(PUBLIC, kind)).toThrow("a development key is not for chain 1");
    expect(() => refuseDevelopmentKeyOn(31337n, kind)).not.toThrow();
  });
  test("proven with", async () => {
    const dir = await freshRun();
    const { manifest, trace } = readRun(dir);
    const place = { registry: `0x${"1".repeat(40)}`, creator: `0x${"2".repeat(40)}`, salt: `0x${"3".repeat(64)}` };
    saveManifest(dir, { ...manifest, chain: mapPlace({ ...place, chainId: PUBLIC }, trace.header.genesisRoot) });
    await refuses(proveDirectory(dir), "KEY_DEVELOPMENT");
  });
  test("verified with", () => {
    const statement = { preRoot: 1n, postRoot: 2n, traceRoot: 3n, span: (1n << 32n) + 1n, domain: 5n };
    const key = { hash: "0x", kind: "development" as const };
    const bundle = { profile: "batch-8", circuit: "", key, statement, proof: PROOF };
    const batch = { name: "a", bundle, firstSeq: 1, lastSeq: 1 };
    expect(forgeableOn(PUBLIC, [batch])).toMatchObject([{ kind: "wrong", field: "key kind" }]);
    expect(forgeableOn(31337n, [batch])).toEqual([]);
  });
  test("deployed", async () => {
    const { alpha, beta } = developmentTrapdoor();
    for (const secrets of [{ alpha }, { alpha: FIELD_ORDER - alpha }, { beta }]) {
      const key = forgedKey({ ...SOME_SECRETS, ...secrets });
      await expect(refuseDevelopmentKeyOnPublicChain(key, PUBLIC)).rejects.toMatchObject({
        reason: "DevelopmentKeyOnPublicChain",
      });
    }
  });
});

describe("powers of tau with the wrong hash are refused when they, or a key made from them, are", () => {
  const stranger = () => ({ path: at("small.ptau"), hash: "0".repeat(128) });
  /** A key in the cache whose transcript says that its powers of tau are the published ones, and they are not. */
  const lying = async () => {
    const id = sha256(JSON.stringify({ format: 1, r1cs: circuit.r1csHash }));
    const facts = {
      circuitHash: await circuitHash(circuit.r1cs),
      ptau: { hash: ptau.hash, power: 16, published: true },
    };
    const before = process.env.TIMEBANDITS_CACHE;
    process.env.TIMEBANDITS_CACHE = at("cache");
    try {
      await cached("ceremonies", id, async (into) => {
        await writeFile(join(into, "key.zkey"), "");
        return facts;
      });
      return await ceremonyKey(circuit);
    } finally {
      if (before === undefined) delete process.env.TIMEBANDITS_CACHE;
      else process.env.TIMEBANDITS_CACHE = before;
    }
  };
  test("made into a key", () => refuses(beginCeremony(circuit, stranger(), at("never.zkey")), "PTAU_UNKNOWN"));
  test("loaded", () => refuses(checkPowersOfTau(ptau.path, circuit), "PTAU_UNKNOWN"));
  test("proven with: keys for proving, verifying and deploying all come in by this door", () =>
    refuses(lying(), "PTAU_UNKNOWN"));
  test("verified with", () => refuses(verifyCeremony(circuit, stranger(), at("good.zkey")), "PTAU_UNKNOWN"));
  test("deployed", () => refuses(lying(), "PTAU_UNKNOWN"));
});
