/** An operator dismisses requests to leave whose makers are not entitled at the chain's head, each once. */
import { expect, test } from "vitest";
import { requestOf } from "../../../trace/crossing/requestName.ts";
import { address, CHAIN, ENTRY_ID } from "../../../trace/layout.ts";
import { MOORED_GENESIS, mapOf } from "../../../trace/state/genesis.ts";
import { authority } from "../../lib/authorities.ts";
import { PAYEE } from "../../lib/moored.ts";
import { asProgram, emptyRun, OPERATOR, type Served, START, StandInChain, served, single } from "./lib/served.ts";
import { DismissingRegistry, StandInRegistry } from "./lib/standInRegistry.ts";

const B = 2;
const SLOT = 20;
const DEPOSIT = {
  ...{ number: 1n, label: 1, quantity: 70n, program: B, slot: SLOT, authority: authority(B) },
  ...{ entered: START, deadline: START + 1_000 },
};
/** A request for what lies in a slot of B, by whoever has a key. */
const request = (id = ENTRY_ID + 1n, key = B, slot = SLOT) => ({
  ...{ location: address(B, slot), program: B, authority: authority(key), id, time: START },
  request: requestOf(address(B, slot), B, authority(key)),
});

interface Moored extends Served {
  readonly chain: StandInChain;
  readonly registry: DismissingRegistry;
}

/** B is there, and has the deposit. The chain has all of it. */
async function moored(): Promise<Moored> {
  const chain = new StandInChain(mapOf(MOORED_GENESIS).root());
  const registry = new DismissingRegistry(chain);
  const all = await served(await emptyRun(MOORED_GENESIS), { submitter: chain, border: registry });
  const created = { effect: "CreateProgram", inbox: 16, authority: authority(B) } as const;
  await all.operator.propose(single(CHAIN, created, START + 100), OPERATOR);
  registry.now = { ...registry.now, deposits: [DEPOSIT] };
  await later(all);
  await submitted(all);
  registry.now = { head: 2, deposits: [], requests: [] };
  return { ...all, chain, registry };
}

/** The operator looks again, after its pauses. */
async function later({ clock, operator }: Served, seconds = 15): Promise<void> {
  clock.now += seconds;
  await operator.tick();
}

/** All of the run gets to the chain. */
async function submitted(all: Served): Promise<void> {
  await all.operator.cut();
  await all.signAll(B);
  await all.proofs.deliverAll();
  await later(all);
}

/** B has what it holds paid out. */
async function retired({ operator, clock }: Served): Promise<void> {
  const effect = { effect: "Retire", slot: SLOT, recipient: PAYEE } as const;
  await operator.propose(single(B, effect, clock.now + 100), asProgram(B));
}

const told = ({ events }: Served) => events.filter(({ type }) => type === "dismissed");

test("a request for what is not there is dismissed, once, though the registry goes on saying that it waits", async () => {
  const all = await moored();
  const asked = request(ENTRY_ID + 9n);
  all.registry.now = { ...all.registry.now, requests: [asked] };
  for (let i = 0; i < 4; i++) await later(all);
  expect(all.registry.dismissed).toEqual([asked.request]);
  expect(told(all)).toEqual([{ type: "dismissed", request: asked.request, reason: "not there", transaction: "0x1" }]);
});

test("so is one by a key that is not the program's; and who is entitled is let out instead", async () => {
  const all = await moored();
  const [stranger, own] = [request(ENTRY_ID + 1n, 7), request()];
  all.registry.now = { ...all.registry.now, requests: [stranger, own] };
  await later(all);
  await later(all);
  expect(all.registry.dismissed).toEqual([stranger.request]);
  expect(told(all)).toMatchObject([{ reason: "another key" }]);
  expect(all.operator.map().cell(address(B, SLOT)).type).toBe("empty");
  expect(all.registry.tries.get(own.request)).toBeUndefined();
});

test("what only the run's end says is no reason: it waits until the chain's head says it, too", async () => {
  const all = await moored();
  await retired(all);
  const asked = request();
  all.registry.now = { ...all.registry.now, requests: [asked] };
  for (let i = 0; i < 3; i++) await later(all);
  expect(all.registry.dismissed).toEqual([]);
  expect(all.registry.tries.get(asked.request)).toBeGreaterThan(1);
  expect((await all.operator.status()).waiting).toMatchObject([{ what: "request", name: asked.request }]);
  await submitted(all);
  await later(all);
  expect(all.registry.dismissed).toEqual([asked.request]);
});

test("what the run has ejected behind the head is not dismissed, whatever the head says", async () => {
  const all = await moored();
  // By the head, nothing lies in the second slot. The run lets the asset in there, and out again.
  const more = { ...DEPOSIT, number: 2n, slot: SLOT + 1 };
  const asked = request(ENTRY_ID + 2n, B, SLOT + 1);
  all.registry.now = { ...all.registry.now, deposits: [more] };
  await later(all);
  all.registry.now = { ...all.registry.now, requests: [asked] };
  for (let i = 0; i < 3; i++) await later(all);
  expect(all.operator.map().cell(address(B, SLOT + 1)).type).toBe("empty");
  expect(all.registry.tries.get(asked.request)).toBeUndefined();
});

test("one that cannot be dismissed is named, is tried again more and more rarely, and keeps no other waiting", async () => {
  const all = await moored();
  const [bad, good] = [request(ENTRY_ID + 8n), request(ENTRY_ID + 9n, 7)];
  all.registry.refused.add(bad.request);
  all.registry.now = { ...all.registry.now, requests: [bad, good] };
  for (let i = 0; i < 60; i++) await later(all, 1);
  expect(all.registry.dismissed).toEqual([good.request]);
  expect(all.registry.tries.get(bad.request)).toBeLessThan(8);
  const { halted } = await all.operator.status();
  expect(halted).toBe(`request ${bad.request} is not dismissed: ExitProofRejected()`);
  all.registry.refused.clear();
  await later(all, 400);
  expect((await all.operator.status()).halted).toBeNull();
  expect(all.registry.dismissed).toEqual([good.request, bad.request]);
});

test("of many, a few are dismissed at a time: what else waits is looked at in between", async () => {
  const all = await moored();
  const many = Array.from({ length: 6 }, (_, i) => request(ENTRY_ID + 9n, B, 30 + i));
  all.registry.now = { ...all.registry.now, requests: many };
  const counts: number[] = [];
  const asked = all.registry.asked;
  for (let i = 0; i < 3; i++) {
    await later(all, 5);
    counts.push(all.registry.dismissed.length);
  }
  expect(counts).toEqual([4, 6, 6]);
  expect(all.registry.asked).toBe(asked + 3);
  expect(all.registry.dismissed).toEqual(many.map(({ request: name }) => name));
});

test("a head that is no state of the run proves nothing", async () => {
  const all = await moored();
  all.chain.batches.push({ seq: 2, root: 5n });
  all.registry.now = { ...all.registry.now, requests: [request(ENTRY_ID + 9n)] };
  await later(all);
  await later(all);
  expect(all.registry.dismissed).toEqual([]);
  expect((await all.operator.status()).halted).toContain("no state of this trace");
});

test("a border that does not dismiss leaves the request waiting, and the status says what to do", async () => {
  const registry = new StandInRegistry();
  const all = await served(await emptyRun(MOORED_GENESIS), { border: registry });
  registry.now = { ...registry.now, requests: [request()] };
  await later(all);
  expect(await all.operator.status()).toMatchObject({
    halted: null,
    waiting: [{ what: "request", why: expect.stringContaining("dismiss it") }],
  });
});
