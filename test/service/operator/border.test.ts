/** An operator takes in what waits at the registry of its map, once, and says why the rest waits. */
import { expect, test } from "vitest";
import { requestOf } from "../../../trace/crossing/requestName.ts";
import { address, assetKind, CHAIN, ENTRY_ID } from "../../../trace/layout.ts";
import { MOORED_GENESIS } from "../../../trace/state/genesis.ts";
import { authority } from "../../lib/authorities.ts";
import { emptyRun, OPERATOR, type Served, START, served, single } from "./lib/served.ts";
import { StandInRegistry } from "./lib/standInRegistry.ts";

const B = 2;
const DEPOSIT = {
  ...{ number: 1n, label: 1, quantity: 70n, program: B, slot: 20, authority: authority(B) },
  ...{ entered: START, deadline: START + 1_000 },
};
const REQUEST = {
  ...{ location: address(B, 20), program: B, authority: authority(B), id: ENTRY_ID + 1n, time: START },
  request: requestOf(address(B, 20), B, authority(B)),
};

async function moored(registry: StandInRegistry): Promise<Served> {
  const all = await served(await emptyRun(MOORED_GENESIS), { border: registry });
  const created = { effect: "CreateProgram", inbox: 16, authority: authority(B) } as const;
  await all.operator.propose(single(CHAIN, created, START + 100), OPERATOR);
  return all;
}

/** The operator looks again, after its pause. */
async function later({ clock, operator }: Served, seconds = 5): Promise<void> {
  clock.now += seconds;
  await operator.tick();
}

test("a deposit enters, once, though the registry goes on saying that it waits", async () => {
  const registry = new StandInRegistry();
  const all = await moored(registry);
  registry.now = { ...registry.now, deposits: [DEPOSIT] };
  await later(all);
  expect(all.operator.map().cell(address(B, 20))).toMatchObject({ kind: assetKind(1), quantity: 70n });
  const { seq } = await all.operator.status();
  await later(all);
  expect((await all.operator.status()).seq).toBe(seq);
});

test("an operator that starts again finds in its run what it has taken in", async () => {
  const registry = new StandInRegistry();
  const before = await moored(registry);
  registry.now = { ...registry.now, deposits: [DEPOSIT] };
  await later(before);
  const { seq } = await before.operator.status();
  await before.operator[Symbol.asyncDispose]();
  const all = await served(before.dir, { border: registry, now: before.clock.now + 10 });
  await later(all);
  expect(await all.operator.status()).toMatchObject({ seq, waiting: [] });
});

test("a request is answered, once; and asked for again later, it is answered again", async () => {
  const registry = new StandInRegistry();
  const all = await moored(registry);
  registry.now = { ...registry.now, deposits: [DEPOSIT], requests: [REQUEST] };
  await later(all);
  expect((await all.operator.status()).waiting).toMatchObject([
    { what: "request", why: expect.stringContaining("dismiss") },
  ]);
  await later(all);
  expect(all.operator.map().cell(address(B, 20)).type).toBe("empty");
  const { seq } = await all.operator.status();
  // The registry has all of it now. The same asset comes back, and leaves again.
  registry.now = { head: seq, deposits: [{ ...DEPOSIT, number: 2n }], requests: [{ ...REQUEST, id: ENTRY_ID + 2n }] };
  await later(all);
  await later(all);
  expect((await all.operator.status()).seq).toBe(seq + 2);
});

test("what cannot enter waits, and the status says why", async () => {
  const registry = new StandInRegistry();
  const all = await moored(registry);
  registry.now = { ...registry.now, deposits: [{ ...DEPOSIT, authority: authority(9) }] };
  await later(all);
  expect((await all.operator.status()).waiting).toMatchObject([
    { what: "deposit", name: 1n, why: expect.stringContaining("another key") },
  ]);
  registry.now = { ...registry.now, deposits: [] };
  await later(all);
  expect((await all.operator.status()).waiting).toEqual([]);
});

test("a registry that does not answer is asked more and more rarely, and stops nothing else", async () => {
  const registry = new StandInRegistry();
  const all = await moored(registry);
  registry.away = true;
  const before = registry.asked;
  for (let i = 0; i < 40; i++) await later(all, 1);
  expect(registry.asked - before).toBeLessThan(8);
  expect((await all.operator.status()).halted).toContain("no Ethereum node answers");
  const created = { effect: "CreateProgram", inbox: 16, authority: authority(3) } as const;
  const state = await all.operator.propose(single(CHAIN, created, all.clock.now + 100), OPERATOR);
  expect(state).toMatchObject({ status: "accepted" });
  registry.away = false;
  await later(all, 400);
  expect((await all.operator.status()).halted).toBeNull();
});

test("nobody proposes for the chain but the operator", async () => {
  const all = await moored(new StandInRegistry());
  const entering = {
    effect: "Enter",
    to: { program: B, slot: 30 },
    id: ENTRY_ID + 9n,
    kind: assetKind(1),
    quantity: 1n,
  } as const;
  await expect(
    all.operator.propose(single(CHAIN, entering, START + 100), {
      kind: "program",
      program: B,
      authority: authority(B),
    }),
  ).rejects.toMatchObject({ field: "actor" });
  await expect(
    all.operator.propose(single(CHAIN, entering, START + 100), { kind: "program", program: CHAIN, authority: 1n }),
  ).rejects.toMatchObject({ field: "program", message: expect.stringContaining("is the chain") });
});
