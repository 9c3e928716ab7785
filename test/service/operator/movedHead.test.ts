/**
 * Somebody else moves the head of a moored map, or the run was made again from its chain: where an operator goes on.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHAIN } from "../../../trace/layout.ts";
import { MOORED_GENESIS, mapOf } from "../../../trace/state/genesis.ts";
import { authority } from "../../lib/authorities.ts";
import { emptyRun, OPERATOR, type Served, START, StandInChain, served, single } from "./lib/served.ts";

const REBUILD = /make the run with rebuild/;

/** The chain's program makes so many programs, in one batch. */
async function create({ operator, clock }: Served, keys: readonly number[]): Promise<void> {
  for (const key of keys) {
    const effect = { effect: "CreateProgram", inbox: 16, authority: authority(key) } as const;
    await operator.propose(single(CHAIN, effect, clock.now + 100), OPERATOR);
  }
  await operator.cut();
}

async function moored(): Promise<Served & { chain: StandInChain }> {
  const chain = new StandInChain(mapOf(MOORED_GENESIS).root());
  return { ...(await served(await emptyRun(MOORED_GENESIS), { submitter: chain })), chain };
}

test("a head of the same number and another root is seen, and what to do is said", async () => {
  const all = await moored();
  await create(all, [2]);
  await all.proofs.deliverAll();
  await all.operator.tick();
  await create(all, [3]);
  // A stranger's batch has as many transitions as the one that is proven now.
  all.chain.batches.push({ seq: 2, root: 5n });
  all.clock.now += 30;
  await all.proofs.deliverAll();
  await all.operator.tick();
  expect((await all.operator.status()).halted).toMatch(REBUILD);
  expect(all.chain.transactions).toHaveLength(1);
});

test("so is a head inside of the operator's own batch, and one beyond", async () => {
  const all = await moored();
  await create(all, [2, 3]);
  all.chain.batches.push({ seq: 1, root: 5n });
  await all.proofs.deliverAll();
  await all.operator.tick();
  expect((await all.operator.status()).halted).toMatch(REBUILD);
  all.chain.batches.push({ seq: 7, root: 6n });
  all.clock.now += 30;
  await all.operator.tick();
  expect((await all.operator.status()).halted).toMatch(REBUILD);
});

test("a run without journal and proofs begins where the chain is, and asks for nothing before", async () => {
  const before = await moored();
  await create(before, [2, 3]);
  await before.proofs.deliverAll();
  await before.operator.tick();
  await before.operator[Symbol.asyncDispose]();
  for (const name of ["journal.jsonl", "proofs"]) rmSync(join(before.dir, name), { recursive: true });
  const all = await served(before.dir, { submitter: before.chain, now: START + 60 });
  expect(await all.operator.status()).toMatchObject({ seq: 2, proven: 2, halted: null });
  expect(all.proofs.asked).toEqual([]);
  await create(all, [4]);
  await all.proofs.deliverAll();
  await all.operator.tick();
  expect(before.chain.batches.map(({ seq }) => seq)).toEqual([2, 3]);
});

test("a run that the chain does not have is not served", async () => {
  const before = await moored();
  await create(before, [2, 3]);
  await before.operator[Symbol.asyncDispose]();
  rmSync(join(before.dir, "journal.jsonl"));
  before.chain.batches.push({ seq: 2, root: 5n });
  await expect(served(before.dir, { submitter: before.chain })).rejects.toMatchObject({ field: "chain" });
  before.chain.batches.push({ seq: 9, root: 5n });
  await expect(served(before.dir, { submitter: before.chain })).rejects.toThrow(/make it with rebuild/);
});
