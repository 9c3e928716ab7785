import { keccak256, toBeHex } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE_PRIME, FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { solidityG2 } from "../../prover/keys/verificationKey.ts";
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

it("a call has the expected cost per proof, and emits an event for each", async () => {
  const table: Record<string, { transaction: number; execution: number; "transaction per proof": number }> = {};
  for (const length of [1, 2, 4, 8, 16]) {
    map = await TestMap.create(await as(registry, 0), { genesisRoot: number(0) });
    const { gasUsed, events, transactionHash } = await advance(registry, map.mapId, row(length));
    expect(events.map(({ seq }) => seq)).toEqual(row(length).map((_, index) => 8 * index + 8));
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: number(length), seq: 8 * length });
    const data = (await chain.provider.getTransaction(transactionHash))?.data ?? "";
    const bytes = [...data.slice(2).matchAll(/../g)].map(([byte]) => (byte === "00" ? 4 : 16));
    const transaction = Number(gasUsed);
    const execution = transaction - 21_000 - bytes.reduce((sum, cost) => sum + cost, 0);
    table[length] = { transaction, execution, "transaction per proof": Math.ceil(transaction / length) };
  }
  console.table(table);
  // Of these, 22,100 are the place of a root in the first round of the ring; from the second round on it is 5,000.
  expect(table[1]?.transaction).toBeLessThanOrEqual(300_500);
  expect(table[8]?.["transaction per proof"]).toBeLessThanOrEqual(88_000);
});
