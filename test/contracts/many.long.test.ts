import { AbiCoder, keccak256, toBeHex } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE_PRIME, FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { solidityG2 } from "../../prover/keys/verificationKey.ts";
import { unpackSpan } from "../../trace/commitment/commit.ts";
import { chainError } from "../../verifier/chain/errors.ts";
import {
  advance,
  advanceArguments,
  type BatchSubmission,
  deployRegistry,
  keyHash,
  type Registry,
  readMap,
  registryAbi,
} from "../../verifier/chain/registry.ts";
import { as, type Change, hardhatChain, refusal, SOME_KEY, TestMap } from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { offGroup } from "../prover/keys/points.ts";

const OTHER_SECRETS = { ...SOME_SECRETS, delta: 43n };
const OTHER_KEY = forgedKey(OTHER_SECRETS);
let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let map: TestMap;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  const verifiers = [SOME_KEY, OTHER_KEY].map((key) => ({ profile: "batch-8", key }));
  map = await TestMap.create(registry, { genesisRoot: number(0), verifiers });
});
afterAll(() => chain[Symbol.asyncDispose]());

/** A number of the field as long as real ones, so that calldata has its real cost. */
function number(name: number): bigint {
  return BigInt(keccak256(toBeHex(name, 32))) % FIELD_ORDER;
}

/** A batch of a chain of batches: each continues the one before. */
function link(index: number, change: Change = {}): BatchSubmission {
  return map.batch({
    preRoot: number(index),
    postRoot: number(index + 1),
    traceRoot: number(1_000 + index),
    firstSeq: 1 + 8 * index,
    count: 8,
    notBefore: map.now - 600 + index,
    until: map.now - 599 + index,
    a: 107n + BigInt(index),
    ...change,
  });
}

function row(length: number): BatchSubmission[] {
  return Array.from({ length }, (_, index) => link(index));
}

/** Asks without sending, so that the head stays where it is. */
async function asked(batches: readonly BatchSubmission[], gasLimit?: bigint) {
  const abi = await registryAbi();
  const data = abi.encodeFunctionData("advance", advanceArguments(map.mapId, batches));
  const from = String(await chain.signer?.getAddress());
  const asking = chain.provider
    .call({ to: registry.address, from, data, ...(gasLimit === undefined ? {} : { gasLimit }) })
    .catch((error: unknown) => Promise.reject(chainError(error, abi)));
  return refusal(asking);
}

const words = (batch: BatchSubmission, change: (proof: bigint[]) => void): BatchSubmission => {
  const proof = [...batch.proof];
  change(proof);
  return { ...batch, proof };
};
const spoiled: readonly [string, (batch: BatchSubmission) => BatchSubmission][] = [
  ["another's A", (batch) => words(batch, (w) => w.splice(0, 2, ...link(90).proof.slice(0, 2)))],
  ["another's C", (batch) => words(batch, (w) => w.splice(6, 2, ...link(90).proof.slice(6)))],
  ["B negated", (batch) => words(batch, (w) => w.splice(4, 2, BASE_PRIME - (w[4] ?? 0n), BASE_PRIME - (w[5] ?? 0n)))],
  ["B outside its group", (batch) => words(batch, (w) => w.splice(2, 4, ...solidityG2(offGroup())))],
  ["A off the curve", (batch) => words(batch, (w) => w.splice(1, 1, (w[1] ?? 0n) ^ 1n))],
  ["an A that is not reduced", (batch) => words(batch, (w) => w.splice(1, 1, (w[1] ?? 0n) + BASE_PRIME))],
  // Taken from the prime modulo 2^256, and then reduced, it gives what the right one would.
  [
    "another name of A",
    (batch) => words(batch, (w) => w.splice(1, 1, BASE_PRIME + (((w[1] ?? 0n) + 2n ** 256n) % BASE_PRIME))),
  ],
  ["a C that is not reduced", (batch) => words(batch, (w) => w.splice(6, 1, (w[6] ?? 0n) + BASE_PRIME))],
  ["nothing but zeros", (batch) => words(batch, (w) => w.fill(0n))],
  ["another input", (batch) => ({ ...batch, traceRoot: batch.traceRoot ^ 1n })],
];

describe.each([1, 2, 5])("of %i proofs in one call", (length) => {
  it("all good ones are accepted", async () => {
    expect(await asked(row(length))).toEqual({ reason: "accepted" });
  });

  it.each(spoiled)("one with %s is refused at every position, and the error has its number", async (_, spoil) => {
    for (let bad = 0; bad < length; bad++) {
      const batches = row(length);
      batches[bad] = spoil(link(bad));
      expect(batches[bad]).not.toEqual(link(bad));
      expect(await asked(batches)).toEqual({ reason: "ProofRejected", batch: BigInt(bad) });
    }
  });

  it("an input that is not reduced is named at every position", async () => {
    for (let bad = 0; bad < length; bad++) {
      const batches = row(length);
      const value = link(bad).traceRoot + FIELD_ORDER;
      batches[bad] = { ...link(bad), traceRoot: value };
      expect(await asked(batches)).toEqual({ reason: "InputNotReduced", index: 2n, value });
    }
  });

  it("two with errors that cancel are refused", async () => {
    // Proofs under keys with the constants C + P and C − P.
    const off = (index: number, by: bigint): BatchSubmission => {
      const ic = SOME_SECRETS.ic.with(0, (SOME_SECRETS.ic[0] ?? 0n) + by);
      return { ...link(index, { secrets: { ...SOME_SECRETS, ic } }), keyHash: keyHash(SOME_KEY) };
    };
    for (let one = 0; one < length; one++) {
      for (let other = one + 1; other < length; other++) {
        const batches = row(length).with(one, off(one, 3n)).with(other, off(other, -3n));
        expect(await asked(batches)).toEqual({ reason: "ProofRejected", batch: BigInt(one) });
      }
    }
  });

  it("two with exchanged inputs are refused", async () => {
    for (let one = 0; one + 1 < length; one++) {
      const [first, second] = [link(one), link(one + 1)];
      const batches = row(length)
        .with(one, { ...first, traceRoot: second.traceRoot })
        .with(one + 1, { ...second, traceRoot: first.traceRoot });
      expect(await asked(batches)).toEqual({ reason: "ProofRejected", batch: BigInt(one) });
    }
  });
});

describe("several keys in one call", () => {
  const mixed = (): BatchSubmission[] =>
    row(6).map((batch, index) => ([2, 4, 5].includes(index) ? link(index, { secrets: OTHER_SECRETS }) : batch));

  it("are accepted in the order of the batches", async () => {
    expect(await asked(mixed())).toEqual({ reason: "accepted" });
  });

  it("name the bad proof", async () => {
    for (let bad = 0; bad < 6; bad++) {
      const batches = mixed().with(bad, { ...(mixed()[bad] as BatchSubmission), proof: link(91).proof });
      expect(await asked(batches)).toEqual({ reason: "ProofRejected", batch: BigInt(bad) });
    }
  });

  it("are not exchanged with each other", async () => {
    const batches = row(3).with(1, { ...link(1), keyHash: keyHash(OTHER_KEY) });
    expect(await asked(batches)).toEqual({ reason: "ProofRejected", batch: 1n });
  });
});

it("a bad proof is refused also if the gas does not suffice to name it", async () => {
  for (const [, spoil] of spoiled) {
    // A point that a precompile refuses uses up the gas. Another bad proof leaves some, but not enough.
    expect(await asked(row(4).with(2, spoil(link(2))), 560_000n)).toEqual({
      reason: "ProofsRejected",
      first: 0n,
      last: 3n,
    });
  }
});

/** Writes to the place of the map's next root, which the registry then only changes: as after a round of the ring. */
async function fillNextPlace(): Promise<void> {
  const { root, advances } = await readMap(registry, map.mapId);
  const coder = AbiCoder.defaultAbiCoder();
  const place = (number: number, slot: number): string => {
    const ring = keccak256(coder.encode(["bytes32", "uint256"], [map.mapId, slot]));
    return keccak256(coder.encode(["uint256", "bytes32"], [number % 8_192, ring]));
  };
  // The place is found by what it holds: the root at the head.
  for (let slot = 0; slot < 20; slot++) {
    if (BigInt(await chain.provider.getStorage(registry.address, place(advances, slot))) !== root) continue;
    await chain.ask("hardhat_setStorageAt", [registry.address, place(advances + 1, slot), toBeHex(1, 32)]);
    return;
  }
  throw new Error("the ring is not where it was looked for");
}

/** Moves a new map over so many batches, in one call. */
async function moved(length: number, secondRound: boolean) {
  map = await TestMap.create(await as(registry, 0), { genesisRoot: number(0) });
  if (secondRound) await fillNextPlace();
  const { gasUsed, events, transactionHash } = await advance(registry, map.mapId, row(length));
  expect(await readMap(registry, map.mapId)).toMatchObject({ root: number(length), seq: 8 * length });
  return { transaction: Number(gasUsed), events, transactionHash };
}

it("a call has the expected cost per proof", async () => {
  const table: Record<string, { transaction: number; execution: number; "transaction per proof": number }> = {};
  for (const length of [1, 2, 4, 8, 16]) {
    const { transaction, transactionHash } = await moved(length, true);
    const data = (await chain.provider.getTransaction(transactionHash))?.data ?? "";
    const bytes = [...data.slice(2).matchAll(/../g)].map(([byte]) => (byte === "00" ? 4 : 16));
    const execution = transaction - 21_000 - bytes.reduce((sum, cost) => sum + cost, 0);
    table[length] = { transaction, execution, "transaction per proof": Math.ceil(transaction / length) };
  }
  console.table(table);
  const first = (await moved(8, false)).transaction;
  console.log(`eight proofs in the first round of the ring: ${first}`);
  // Before maps could be moored, and had inputs for it and a ring of roots, it was 662,692. It may be 18,000 more.
  expect(table[8]?.transaction).toBeLessThanOrEqual(680_692);
  expect(first).toBeLessThanOrEqual(680_692 + 17_100);
  expect(table[1]?.transaction).toBeLessThanOrEqual(274_000);
});

it("a call emits an event for each batch, found by map and number of its first transition", async () => {
  const { events, transactionHash } = await moved(4, false);
  const expected = row(4).map((batch) => {
    const { keyHash: name, preRoot, postRoot, traceRoot } = batch;
    const span = unpackSpan(batch.span);
    return { mapId: map.mapId, keyHash: name, preRoot, postRoot, traceRoot, span, seq: span.firstSeq + 7 };
  });
  expect(events).toMatchObject(expected);
  const topic = (await registryAbi()).getEvent("Advanced")?.topicHash ?? "";
  for (const [index, event] of events.entries()) {
    const topics = [topic, map.mapId, toBeHex(event.span.firstSeq, 32)];
    const logs = await chain.provider.getLogs({ address: registry.address, topics, fromBlock: 0 });
    expect(logs.map((log) => [log.transactionHash, log.index])).toEqual([[transactionHash, index]]);
  }
});
