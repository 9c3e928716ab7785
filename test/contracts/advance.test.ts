import { AbiCoder, keccak256, Log, toBeHex, ZeroAddress } from "ethers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BASE_PRIME, FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { packSpan, unpackSpan } from "../../trace/commitment/commit.ts";
import { parseAdvanced } from "../../verifier/chain/events.ts";
import {
  type AdvancedEvent,
  advance,
  advancedEvents,
  type BatchSubmission,
  deployRegistry,
  disableVerifier,
  keyHash,
  mapDomain,
  proposeVerifier,
  type Registry,
  readMap,
  registryAbi,
} from "../../verifier/chain/registry.ts";
import {
  as,
  type Change,
  GENESIS_ROOT,
  hardhatChain,
  MAX_LAG,
  raw,
  refusal,
  SOME_KEY,
  TestMap,
  wait,
} from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let map: TestMap;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
});
beforeEach(async () => {
  map = await TestMap.create(registry);
});
afterAll(() => chain[Symbol.asyncDispose]());

function submit(...batches: BatchSubmission[]) {
  return advance(registry, map.mapId, batches);
}

/** The registry's answer to the first batch with a change. */
function refused(change: Change) {
  return refusal(submit(map.batch(change)));
}

describe("a batch that continues the head", () => {
  it("moves root, seq and time, and emits an event", async () => {
    const batch = map.batch();
    const { events, gasUsed } = await submit(batch);
    expect(await readMap(registry, map.mapId)).toMatchObject({
      root: 2_000n,
      seq: 3,
      time: map.now - 300,
      genesisRoot: GENESIS_ROOT,
      genesisTime: map.now - 6_000,
    });
    const expected: Partial<AdvancedEvent> = {
      mapId: map.mapId,
      seq: 3,
      keyHash: keyHash(SOME_KEY),
      preRoot: GENESIS_ROOT,
      postRoot: 2_000n,
      traceRoot: 3_000n,
      span: unpackSpan(batch.span),
    };
    expect(events).toMatchObject([expected]);
    expect(await advancedEvents(registry, map.mapId)).toMatchObject([expected]);
    // Measured: 289,500 for the whole transaction, 181,000 of it the pairing, 22,100 the root's place in the ring. That
    // costs 5,000 from the second round on.
    expect(gasUsed).toBeLessThan(291_000n);
  });

  it("has an event whose number is that of its span, or the node is not believed", async () => {
    const { transactionHash } = await submit(map.batch());
    const [log] = (await chain.provider.getTransactionReceipt(transactionHash))?.logs ?? [];
    if (log === undefined) throw new Error("there is no event");
    const abi = await registryAbi();
    expect(parseAdvanced(abi, registry, log)).toMatchObject({ seq: 3 });
    const [topic = "", mapId = ""] = log.topics;
    const changed = new Log({ ...log, topics: [topic, mapId, toBeHex(2, 32)] }, chain.provider);
    expect(() => parseAdvanced(abi, registry, changed)).toThrow("another number than its span");
    // Another contract may emit the same.
    const elsewhere = new Log({ ...log, address: ZeroAddress }, chain.provider);
    expect(parseAdvanced(abi, registry, elsewhere)).toBeUndefined();
  });

  it("is followed by the next, in the same call or in another", async () => {
    await submit(map.batch(), map.second());
    const third = map.batch({
      preRoot: 2_001n,
      postRoot: 2_002n,
      firstSeq: 12,
      count: 1,
      notBefore: map.now,
      until: map.now,
    });
    await submit(third);
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: 2_002n, seq: 12, time: map.now });
    expect((await advancedEvents(registry, map.mapId)).map((event) => event.seq)).toEqual([3, 11, 12]);
  });

  it("has its own key and first root in its event, also as the second of a call", async () => {
    const secrets = { ...SOME_SECRETS, delta: 53n };
    const keys = [SOME_KEY, forgedKey(secrets)].map((key) => ({ profile: "batch-8", key }));
    const both = await TestMap.create(registry, { verifiers: keys });
    const third = { preRoot: 2_001n, postRoot: 2_002n, firstSeq: 12, notBefore: both.now, until: both.now, secrets };
    const batches = [both.batch(), both.second(), both.batch(third)];
    const { events } = await advance(registry, both.mapId, batches);
    const told = ({ keyHash, preRoot, postRoot, traceRoot }: AdvancedEvent | BatchSubmission) => ({
      keyHash,
      preRoot,
      postRoot,
      traceRoot,
    });
    expect(events.map(told)).toEqual(batches.map(told));
    expect(events.map(({ seq }) => seq)).toEqual([3, 11, 14]);
    expect((await advancedEvents(registry, both.mapId)).map(told)).toEqual(batches.map(told));
  });

  it("may lie on every bound: at the head's time, in one instant, at the chain's present time", async () => {
    const genesisTime = map.now - 10;
    const tight = await TestMap.create(registry, { genesisTime });
    await advance(registry, tight.mapId, [tight.batch({ notBefore: genesisTime, until: genesisTime })]);
    await advance(registry, tight.mapId, [tight.second({ notBefore: genesisTime, until: tight.now })]);
    expect((await readMap(registry, tight.mapId)).time).toBe(tight.now);
  });

  it("may leave the root unchanged", async () => {
    await submit(map.batch({ postRoot: GENESIS_ROOT }));
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: GENESIS_ROOT, seq: 3 });
  });
});

describe("callers and batches", () => {
  it("refuses a caller that is not a submitter", async () => {
    const stranger = await as(registry, 1);
    expect(await refusal(advance(stranger, map.mapId, [map.batch()]))).toEqual({
      reason: "NotSubmitter",
      caller: await stranger.chain.signer?.getAddress(),
    });
  });

  it("refuses a map that does not exist", async () => {
    const mapId = toBeHex(77, 32);
    expect(await refusal(advance(registry, mapId, [map.batch()]))).toEqual({ reason: "UnknownMap", mapId });
  });

  it("refuses a call without a batch", async () => {
    expect(await refusal(submit())).toEqual({ reason: "NoBatches" });
  });

  it("refuses a key that only the registry knows, not the map", async () => {
    const secrets = { ...SOME_SECRETS, delta: 43n };
    const other = await TestMap.create(registry, { verifiers: [{ profile: "batch-8", key: forgedKey(secrets) }] });
    expect(await refused({ secrets })).toEqual({ reason: "UnknownVerifier", vkeyHash: keyHash(forgedKey(secrets)) });
    await advance(registry, other.mapId, [other.batch({ secrets })]);
  });

  it("refuses a disabled verifier", async () => {
    await disableVerifier(registry, map.mapId, keyHash(SOME_KEY));
    expect(await refused({})).toEqual({ reason: "VerifierDisabled", vkeyHash: keyHash(SOME_KEY) });
  });

  it("refuses a verifier during its notice, and accepts it afterwards", async () => {
    const secrets = { ...SOME_SECRETS, delta: 47n };
    const patient = await TestMap.create(registry, { maxLag: 200_000 });
    await proposeVerifier(registry, patient.mapId, { profile: "batch-64", key: forgedKey(secrets) });
    await wait(chain.provider, 86_000);
    const early = await refusal(advance(registry, patient.mapId, [patient.batch({ secrets })]));
    expect(early).toMatchObject({ reason: "VerifierNotYetEnabled", vkeyHash: keyHash(forgedKey(secrets)) });
    await wait(chain.provider, 400);
    await advance(registry, patient.mapId, [patient.batch({ secrets })]);
  });
});

describe("order", () => {
  it("refuses a batch that begins elsewhere", async () => {
    expect(await refused({ preRoot: 1_001n })).toEqual({ reason: "WrongPreRoot", given: 1_001n, head: GENESIS_ROOT });
  });

  it("refuses a replay", async () => {
    await submit(map.batch());
    expect(await refused({})).toEqual({ reason: "WrongPreRoot", given: GENESIS_ROOT, head: 2_000n });
  });

  it("refuses a replay by another proof of the same statement, because Groth16 proofs are malleable", async () => {
    await submit(map.batch());
    const again = map.batch({ a: 107n });
    expect(again.proof).not.toEqual(map.batch().proof);
    expect(await refusal(submit(again))).toMatchObject({ reason: "WrongPreRoot" });
  });

  it("refuses a replay even if the root has returned to its old value", async () => {
    const round = map.batch({ postRoot: GENESIS_ROOT });
    await submit(round);
    expect(await refusal(submit(round))).toEqual({ reason: "WrongSeq", given: 1n, expected: 4n });
  });

  it.each([0, 2, 4])("refuses a first batch that begins with transition %i", async (firstSeq) => {
    expect(await refused({ firstSeq })).toEqual({ reason: "WrongSeq", given: BigInt(firstSeq), expected: 1n });
  });

  it("refuses all batches of a call in the wrong order", async () => {
    const [first, second] = [map.batch(), map.second()];
    const handIn = (preRoot: bigint, ...batches: BatchSubmission[]) =>
      refusal(raw(registry, "advance", [map.mapId, preRoot, [{ vkeyHash: keyHash(SOME_KEY), batches }], [], 0]));
    expect(await handIn(2_000n, second, first)).toMatchObject({ reason: "WrongPreRoot" });
    expect(await handIn(GENESIS_ROOT, second, first)).toMatchObject({ reason: "WrongSeq" });
    expect(await refusal(submit(first, map.second({ firstSeq: 5 })))).toMatchObject({ reason: "WrongSeq" });
    await expect(submit(second, first)).rejects.toThrow("batch 1 of the call does not begin where");
    expect((await readMap(registry, map.mapId)).seq).toBe(0);
  });

  it("refuses a key run without a batch, before another as well as after it", async () => {
    const empty = { vkeyHash: keyHash(SOME_KEY), batches: [] };
    const full = { ...empty, batches: [map.batch()] };
    for (const runs of [[empty], [full, empty], [empty, full]]) {
      expect(await refusal(raw(registry, "advance", [map.mapId, GENESIS_ROOT, runs, [], 0]))).toEqual({
        reason: "NoBatches",
      });
    }
  });

  it("refuses an empty batch", async () => {
    expect(await refused({ count: 0 })).toEqual({ reason: "EmptyBatch" });
  });

  it("refuses to count past 2^32 − 1", async () => {
    // No test could advance a map that far. Its first word holds seq in the lowest 32 bits.
    const slot = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [map.mapId, 1])));
    const word = BigInt(await chain.provider.getStorage(registry.address, slot));
    const set = (seq: number) =>
      chain.provider.send("hardhat_setStorageAt", [registry.address, toBeHex(slot), toBeHex(word + BigInt(seq), 32)]);
    await set(2 ** 32 - 3);
    expect((await readMap(registry, map.mapId)).seq).toBe(2 ** 32 - 3);
    expect(await refused({ firstSeq: 2 ** 32 - 2, count: 3 })).toEqual({ reason: "SeqExhausted", last: 2n ** 32n });
    await submit(map.batch({ firstSeq: 2 ** 32 - 2, count: 2 }));
    expect((await readMap(registry, map.mapId)).seq).toBe(2 ** 32 - 1);
  });
});

describe("time", () => {
  it("refuses a batch from before the head", async () => {
    const notBefore = map.now - 6_001;
    expect(await refused({ notBefore })).toEqual({
      reason: "BeforeHead",
      notBefore: BigInt(notBefore),
      headTime: BigInt(map.now - 6_000),
    });
    await submit(map.batch());
    const early = map.second({ notBefore: map.now - 301 });
    expect(await refusal(submit(early))).toMatchObject({ reason: "BeforeHead", headTime: BigInt(map.now - 300) });
  });

  it("refuses a batch that ends before it begins", async () => {
    const [notBefore, until] = [map.now - 600, map.now - 601];
    expect(await refused({ notBefore, until })).toEqual({
      reason: "UntilBeforeStart",
      until: BigInt(until),
      notBefore: BigInt(notBefore),
    });
  });

  it("refuses a batch from the future", async () => {
    const until = map.now + 500;
    expect(await refused({ until })).toMatchObject({ reason: "FromTheFuture", time: BigInt(until) });
  });

  it("refuses a batch that begins too early, at any end", async () => {
    const notBefore = map.now - MAX_LAG - 60;
    expect(await refused({ notBefore, until: map.now })).toMatchObject({
      reason: "TooOld",
      notBefore: BigInt(notBefore),
      maxLag: BigInt(MAX_LAG),
    });
  });

  it("refuses a batch that became too old after it was made", async () => {
    const batch = map.batch();
    await wait(chain.provider, MAX_LAG);
    expect(await refusal(submit(batch))).toMatchObject({ reason: "TooOld" });
  });
});

describe("public inputs", () => {
  it.each([
    ["postRoot", 1n],
    ["traceRoot", 2n],
  ] as const)("refuses a %s that is not reduced, under which the same proof would hold", async (name, index) => {
    const batch = map.batch();
    const value = batch[name] + FIELD_ORDER;
    expect(await refusal(submit({ ...batch, [name]: value }))).toEqual({ reason: "InputNotReduced", index, value });
  });

  it("refuses a preRoot that is not reduced", async () => {
    const preRoot = GENESIS_ROOT + FIELD_ORDER;
    expect(await refusal(submit({ ...map.batch(), preRoot }))).toMatchObject({
      reason: "WrongPreRoot",
      given: preRoot,
    });
  });

  it("refuses a span of a map that publishes its rows", async () => {
    const span = map.batch().span + 2n ** 128n;
    expect(await refused({ span })).toEqual({ reason: "WrongMooring", given: true, expected: false });
  });

  it("refuses a span with bits above its 129", async () => {
    const span = map.batch().span + 2n ** 129n;
    expect(await refused({ span })).toEqual({ reason: "SpanOutOfRange", span });
    expect(await refused({ span: map.batch().span + FIELD_ORDER })).toMatchObject({ reason: "SpanOutOfRange" });
  });

  it.each([
    ["postRoot", 2_001n],
    ["traceRoot", 3_001n],
  ] as const)("refuses a proof of another %s", async (name, value) => {
    expect(await refusal(submit({ ...map.batch(), [name]: value }))).toEqual({ reason: "ProofRejected", batch: 0n });
  });

  it("refuses a proof of another span", async () => {
    for (const change of [{ count: 4 }, { notBefore: map.now - 601 }, { until: map.now - 301 }]) {
      const span = map.batch(change).span;
      expect(await refusal(submit({ ...map.batch(), span }))).toMatchObject({ reason: "ProofRejected" });
    }
  });

  it("names the batch with the invalid proof", async () => {
    const bad = { ...map.second(), proof: map.batch().proof };
    expect(await refusal(submit(map.batch(), bad))).toEqual({ reason: "ProofRejected", batch: 1n });
    // Each earlier one is checked from the end of the one before it.
    const third = map.batch({ preRoot: 2_001n, postRoot: 2_002n, firstSeq: 12, notBefore: map.now, until: map.now });
    const spoiled = { ...third, proof: bad.proof };
    expect(await refusal(submit(map.batch(), map.second(), spoiled))).toEqual({ reason: "ProofRejected", batch: 2n });
  });
});

describe("domain", () => {
  it("is the same in the tool and in the contract", async () => {
    expect(map.domain).toBe(mapDomain(31337n, registry.address, map.mapId));
    expect((await readMap(registry, map.mapId)).domain).toBe(map.domain);
  });

  it("refuses a proof made for another map", async () => {
    const other = await TestMap.create(registry);
    expect(await refused({ domain: other.domain })).toEqual({ reason: "ProofRejected", batch: 0n });
    expect(await refusal(advance(registry, map.mapId, [other.batch()]))).toMatchObject({ reason: "ProofRejected" });
  });

  it("refuses a proof made for another chain", async () => {
    expect(await refused({ domain: mapDomain(1n, registry.address, map.mapId) })).toMatchObject({
      reason: "ProofRejected",
    });
  });

  it("refuses a proof made for another contract", async () => {
    const elsewhere = await deployRegistry(chain);
    const domain = mapDomain(31337n, elsewhere.address, map.mapId);
    expect(await refused({ domain })).toMatchObject({ reason: "ProofRejected" });
  });

  it("refuses a proof without a map's domain", async () => {
    expect(await refused({ domain: 0n })).toMatchObject({ reason: "ProofRejected" });
  });
});

describe("proof", () => {
  const spoiled: readonly [string, (words: bigint[]) => void][] = [
    ["with the coordinates of B swapped", (w) => w.splice(2, 4, w[3] ?? 0n, w[2] ?? 0n, w[5] ?? 0n, w[4] ?? 0n)],
    ["with x and y of A swapped", (w) => w.splice(0, 2, w[1] ?? 0n, w[0] ?? 0n)],
    ["with A and C swapped", (w) => ([w[0], w[1], w[6], w[7]] = [w[6] ?? 0n, w[7] ?? 0n, w[0] ?? 0n, w[1] ?? 0n])],
    ["with A negated", (w) => w.splice(1, 1, BASE_PRIME - (w[1] ?? 0n))],
    ["with an x of A that is not reduced", (w) => w.splice(0, 1, (w[0] ?? 0n) + BASE_PRIME)],
    ["with a y of A that is not reduced", (w) => w.splice(1, 1, (w[1] ?? 0n) + BASE_PRIME)],
    ["with an x of C that is not reduced", (w) => w.splice(6, 1, (w[6] ?? 0n) + BASE_PRIME)],
    ["with B off the curve", (w) => w.splice(2, 1, (w[2] ?? 0n) + 1n)],
    ["of nothing but zeros", (w) => w.fill(0n)],
    ["with C at infinity", (w) => w.splice(6, 2, 0n, 0n)],
  ];
  it.each(spoiled)("%s is refused", async (_, spoil) => {
    const batch = map.batch();
    const proof = [...batch.proof];
    spoil(proof);
    expect(proof).not.toEqual(batch.proof);
    expect(await refusal(submit({ ...batch, proof }))).toEqual({ reason: "ProofRejected", batch: 0n });
  });

  it("made under another key is refused", async () => {
    const batch = map.batch({ secrets: { ...SOME_SECRETS, alpha: 12n } });
    expect(await refusal(submit({ ...batch, keyHash: keyHash(SOME_KEY) }))).toMatchObject({ reason: "ProofRejected" });
  });

  it("with A and B both negated proves the same statement, which counts once", async () => {
    const batch = map.batch();
    const proof = batch.proof.map((word, index) => ([1, 4, 5].includes(index) ? BASE_PRIME - word : word));
    await submit({ ...batch, proof });
    expect(await refusal(submit(batch))).toMatchObject({ reason: "WrongPreRoot" });
  });
});

describe("span", () => {
  it("is packed and unpacked in the same way by the tool and the contract", async () => {
    const fields = { firstSeq: 1, count: 65_535, notBefore: map.now - 77, until: map.now - 1, moored: false };
    const { events } = await submit(map.batch(fields));
    expect(events[0]?.span).toEqual(fields);
    expect(events[0]?.seq).toBe(65_535);
    expect(unpackSpan(packSpan(fields))).toEqual(fields);
  });

  it("has 129 bits", () => {
    const times = { notBefore: 2 ** 40 - 1, until: 2 ** 40 - 1 };
    const most = { firstSeq: 2 ** 32 - 1, count: 2 ** 16 - 1, ...times, moored: true };
    expect(packSpan(most)).toBe(2n ** 129n - 1n);
    expect(unpackSpan(2n ** 129n - 1n)).toEqual(most);
    expect(unpackSpan(2n ** 128n - 1n)).toEqual({ ...most, moored: false });
    expect(() => unpackSpan(2n ** 129n)).toThrow("span");
    expect(() => unpackSpan(-1n)).toThrow("span");
    for (const name of ["firstSeq", "count", "notBefore", "until"] as const) {
      expect(() => packSpan({ ...most, [name]: most[name] + 1 })).toThrow(name);
      expect(() => packSpan({ ...most, [name]: -1 })).toThrow(name);
      expect(() => packSpan({ ...most, [name]: 0.5 })).toThrow(name);
    }
  });
});
