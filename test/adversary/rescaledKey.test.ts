/**
 * A disguised key: the development key with α multiplied and β divided by the same number. Its pairing e(α, β) is the
 * old one, so it accepts all proofs of the development key, of true and of false statements. Every place recognises it.
 */
import { copyFile, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../prover/circuit/build.ts";
import {
  BASE_PRIME,
  FIELD_ORDER,
  G1_GENERATOR,
  G2_GENERATOR,
  inverse,
  multiplyG1,
  multiplyG2,
} from "../../prover/curve/bn254.ts";
import { WasmEngine } from "../../prover/engines/wasm.ts";
import { BinFile, integerBytes } from "../../prover/formats/binfile.ts";
import { type Groth16Proof, verifyProof } from "../../prover/groth16/groth16.ts";
import { contribute, verifyCeremony } from "../../prover/keys/ceremony.ts";
import { refuseDevelopmentKeyOn } from "../../prover/keys/check.ts";
import { developmentKey, type KeyArtifacts, loadKey } from "../../prover/keys/development.ts";
import { developmentTrapdoor, seedPoints } from "../../prover/keys/trapdoor.ts";
import { keyPoints, type VerificationKey, verificationKey } from "../../prover/keys/verificationKey.ts";
import { ZKEY } from "../../prover/keys/zkeyFile.ts";
import { hashFile } from "../../prover/storage/cache.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { PUBLIC_INPUTS, packSpan } from "../../trace/commitment/commit.ts";
import {
  advance,
  type BatchSubmission,
  deployRegistry,
  keyHash,
  keyWords,
  proofWords,
  type Registry,
  readMap,
  refuseDevelopmentKeyOnPublicChain,
  storeKey,
} from "../../verifier/chain/registry.ts";
import { GENESIS_ROOT, hardhatChain, raw, refusal, TestMap } from "../lib/chains.ts";
import { developmentProof } from "../lib/developmentProof.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { UNMOORED } from "../lib/unmoored.ts";
import { knownPtau } from "../prover/keys/ptau.ts";

/** The smallest circuit with the inputs of a batch: the last root is the first one's square. */
const SQUARE = `pragma circom 2.0.0;
template Square() {
  signal input preRoot;
  signal input postRoot;
  signal input traceRoot;
  signal input span;
  signal input domain;
  signal input point;
  signal input value;
  postRoot === preRoot * preRoot;
  signal bound;
  bound <== traceRoot * span + domain;
  signal told;
  told <== point * value;
}
component main { public [preRoot, postRoot, traceRoot, span, domain, point, value] } = Square();
`;
const K = 7n;

let folder: string;
let circuit: CircuitArtifacts;
let honest: KeyArtifacts;
let rescaled: VerificationKey;
let local: Awaited<ReturnType<typeof hardhatChain>>;
let open1: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let publicRegistry: Registry;
const at = (name: string): string => join(folder, name);

const { alpha1, beta2 } = seedPoints();
const newAlpha = multiplyG1(alpha1, K) ?? G1_GENERATOR;
const newBeta = multiplyG2(beta2, inverse(K, FIELD_ORDER)) ?? G2_GENERATOR;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-rescaled-"));
  circuit = await buildCircuit("square", SQUARE, { libraries: [] });
  honest = await developmentKey(circuit);
  rescaled = verificationKey({ ...keyPoints(honest.verificationKey), alpha1: newAlpha, beta2: newBeta });
  await writeRescaledZkey(at("rescaled.zkey"));
  [local, open1] = [await hardhatChain(), await hardhatChain(1)];
  [registry, publicRegistry] = [await deployRegistry(local), await deployRegistry(open1)];
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await open1[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The development key's file with other α and β in its header. */
async function writeRescaledZkey(path: string): Promise<void> {
  await copyFile(honest.zkey, path);
  const { beta } = developmentTrapdoor();
  const newBeta1 = multiplyG1(G1_GENERATOR, (beta * inverse(K, FIELD_ORDER)) % FIELD_ORDER) ?? G1_GENERATOR;
  const numbers = [newAlpha, newBeta1, ...newBeta].flat();
  const bytes = Buffer.concat(numbers.map((value) => integerBytes((value << 256n) % BASE_PRIME)));
  await using file = await BinFile.open(path, "zkey");
  await using handle = await open(path, "r+");
  await handle.write(bytes, 0, bytes.length, file.section(ZKEY.header).offset + 84);
}

/** A batch of the map that ends at any given root. */
function batchOf(map: TestMap, postRoot: bigint, prove: (signals: readonly bigint[]) => Groth16Proof): BatchSubmission {
  const span = packSpan({ firstSeq: 1, count: 3, notBefore: map.now - 600, until: map.now - 300, moored: false });
  const statement = { preRoot: GENESIS_ROOT, postRoot, traceRoot: 3_000n, span, domain: map.domain, ...UNMOORED };
  const proof = prove(PUBLIC_INPUTS.map((name) => statement[name]));
  return { keyHash: keyHash(rescaled), ...statement, proof: proofWords(proof) };
}

describe("under the rescaled key", () => {
  test("proofs of the development key are valid, of true and of false statements", async () => {
    const input = { preRoot: 5n, postRoot: 25n, traceRoot: 3n, span: 4n, domain: 0n, ...UNMOORED };
    const engine = new WasmEngine();
    const { proof, publicSignals } = await engine.prove(honest.zkey, await calculateWitness(circuit, input));
    await engine.close();
    expect(publicSignals).toEqual(PUBLIC_INPUTS.map((name) => input[name]));
    expect(await verifyProof(rescaled, publicSignals, proof)).toBe(true);
    const lie = publicSignals.with(1, 26n);
    expect(await verifyProof(rescaled, lie, proof)).toBe(false);
    expect(await verifyProof(rescaled, lie, developmentProof(honest.verificationKey, lie))).toBe(true);
  });

  test("a registry on a test chain accepts a false head", async () => {
    const map = await TestMap.create(registry, { verifiers: [{ profile: "batch-8", key: rescaled }] });
    const forged = batchOf(map, 666n, (signals) => developmentProof(honest.verificationKey, signals));
    await advance(registry, map.mapId, [forged]);
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: 666n, seq: 3 });
  });
});

describe("the rescaled key is recognised", () => {
  test("if a key file is loaded, contributed to, or verified as a ceremony's", async () => {
    const key = await loadKey(at("rescaled.zkey"), circuit, { hash: "", seconds: null });
    expect(key).toMatchObject({ kind: "development", ceremony: null, verificationKey: rescaled });
    expect(() => refuseDevelopmentKeyOn(1n, key.kind)).toThrow("a development key is not for chain 1");
    const code = { code: "KEY_DEVELOPMENT" };
    await expect(contribute(at("rescaled.zkey"), at("never.zkey"), "somebody")).rejects.toMatchObject(code);
    await writeFile(at("some.ptau"), await knownPtau({ ...developmentTrapdoor(), gamma: 1n, delta: 1n }, 4));
    const ptau = { path: at("some.ptau"), hash: await hashFile(at("some.ptau"), "blake2b512") };
    await expect(verifyCeremony(circuit, ptau, at("rescaled.zkey"))).rejects.toMatchObject(code);
  });

  test("on chain 1 by the tool before it sends anything, and by the registry, so no map can use it", async () => {
    const expected = { reason: "DevelopmentKeyOnPublicChain", chainId: 1n };
    expect(await refusal(refuseDevelopmentKeyOnPublicChain(rescaled, 1n))).toEqual(expected);
    expect(await refusal(storeKey(publicRegistry, rescaled))).toEqual(expected);
    expect(await refusal(raw(publicRegistry, "storeKey", [keyWords(rescaled)]))).toEqual(expected);
    const verifiers = [{ profile: "batch-8", key: rescaled }];
    expect(await refusal(TestMap.create(publicRegistry, { verifiers }))).toEqual(expected);
  });

  test("by its exact pairing: the nearest other key passes", async () => {
    const { alpha, beta } = developmentTrapdoor();
    const key = forgedKey({ ...SOME_SECRETS, alpha: alpha * beta * inverse(3n, FIELD_ORDER) + 1n, beta: 3n });
    expect(await refusal(storeKey(publicRegistry, key))).toEqual({ reason: "accepted" });
  });
});
