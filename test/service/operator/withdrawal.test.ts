import { describe, expect, test } from "vitest";
import { SuspendedError } from "../../../service/operator/suspensions.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { authority } from "../../lib/authorities.ts";
import { asProgram, emptyRun, genesisOf, issue, nextId, served, signed, single } from "./lib/served.ts";

const escrow = (to: number): Effect => ({
  effect: "EscrowToProgram",
  from: 1,
  to: { program: to, slot: 16 },
  deadline: 0,
});
const accept: Effect = { effect: "ClaimFromProgram", from: { program: 2, slot: 16 }, to: "in place" };

/** 1 gives gold to 2, which accepts it; 3 makes something of its own before and after. A first batch is proven. */
async function gift() {
  const all = await served(await emptyRun());
  const { propose, operator, clock, signAll, proofs } = all;
  await propose(3, issue(3, 1));
  clock.now += 10;
  await operator.tick();
  await signAll(3);
  await proofs.deliver();
  const ids: Record<string, string> = {};
  const does = async (name: string, program: number, effect: Effect): Promise<void> => {
    ids[name] = nextId();
    await operator.propose(single(program, effect, clock.now + 500, ids[name]), asProgram(program));
  };
  await does("made", 1, issue(1, 1));
  await does("given", 1, escrow(2));
  await does("between", 3, issue(3, 2));
  await does("accepted", 2, accept);
  await does("after", 3, issue(3, 3));
  clock.now += 10;
  await operator.tick();
  const stateOf = (name: string) => operator.proposal(ids[name] ?? "")?.state;
  return { ...all, stateOf, ids };
}

test("the effects of one who did not sign in time are taken out, and what rests on them", async () => {
  const { operator, clock, signAll, stateOf, ids, dir, proofs, events } = await gift();
  await signAll(2, 3);
  clock.now += 99;
  await operator.tick();
  expect((await operator.status()).seq).toBe(6);
  clock.now += 1;
  await operator.tick();
  const { trace, map } = replayDirectory(dir, { everyRoot: true });
  expect(trace.records.map(({ seq, actor, effect, at }) => [seq, actor, effect, at])).toEqual([
    [1, 3, "Issue", clock.now - 120],
    [2, 3, "Issue", clock.now - 110],
    [3, 3, "Issue", clock.now - 110],
  ]);
  expect(await operator.status()).toMatchObject({ seq: 3, root: map.root(), proven: 1 });
  expect(stateOf("made")).toEqual({ status: "withdrawn", message: "program 1 did not sign in time" });
  expect(stateOf("accepted")).toMatchObject({
    status: "withdrawn",
    message: expect.stringContaining("no-double-spend"),
  });
  expect(stateOf("between")).toEqual({ status: "accepted", firstSeq: 2, lastSeq: 2 });
  expect(stateOf("after")).toEqual({ status: "accepted", firstSeq: 3, lastSeq: 3 });
  // 3's log did not change, so what it signed still serves.
  await operator.tick();
  expect(operator.batches()).toMatchObject([{ stage: "proven" }, { firstSeq: 2, lastSeq: 3, stage: "proving" }]);
  expect([...proofs.wanted.values()]).toMatchObject([{ firstSeq: 2, lastSeq: 3 }]);
  expect(proofs.forgotten).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toContainEqual({ type: "withdrawn", program: 1, firstSeq: 2, transitions: 3 });
  // Who has another number is told.
  expect(events).toContainEqual({ type: "proposal", id: ids.after, state: stateOf("after") });
});

test("two who did not sign are taken out together", async () => {
  const { operator, clock, signAll, dir } = await gift();
  await signAll(2);
  clock.now += 100;
  await operator.tick();
  expect(replayDirectory(dir).trace.records).toHaveLength(1);
  expect(operator.toSign()).toEqual([]);
});

test("nothing is taken out of a batch that everybody signed, however long its proof takes", async () => {
  const { operator, clock, signAll } = await gift();
  await signAll(1, 2, 3);
  clock.now += 100_000;
  await operator.tick();
  expect(await operator.status()).toMatchObject({ seq: 6, proven: 1 });
});

test("a batch behind one that is not signed is not proven before", async () => {
  const { operator, propose, clock, signAll, proofs } = await gift();
  await propose(3, issue(3, 4));
  clock.now += 10;
  await operator.tick();
  await signAll(3);
  expect(operator.batches()).toMatchObject([{}, { missing: [1, 2] }, { stage: "signing", missing: [] }]);
  expect(proofs.wanted.size).toBe(0);
  await signAll(1, 2);
  expect([...proofs.wanted.values()].map(({ firstSeq }) => firstSeq)).toEqual([2, 7]);
});

test("programs that were made behind it get other numbers, and sign again", async () => {
  const { operator, propose, clock, signAll, dir } = await served(await emptyRun());
  const create = (key: number): Effect => ({ effect: "CreateProgram", inbox: 16, authority: authority(key) });
  await propose(1, create(8));
  await propose(2, create(9));
  expect(await propose(6, issue(6, 1), 9)).toMatchObject({ status: "accepted" });
  clock.now += 10;
  await operator.tick();
  const { domain } = await operator.status();
  await signAll(2);
  for (const wanted of operator.toSign(6)) await operator.sign(signed(wanted, domain, 9));
  clock.now += 100;
  await operator.tick();
  expect(replayDirectory(dir).trace.records.map(({ actor, effect }) => [actor, effect])).toEqual([
    [2, "CreateProgram"],
    [5, "Issue"],
  ]);
  await operator.tick();
  // The number is in the log of the one who made it, too.
  expect(operator.toSign()).toMatchObject([{ program: 2 }, { program: 5, authority: authority(9) }]);
  expect(operator.map().programs()).toBe(5);
});

test("triggers of watches that stay are in the trace once", async () => {
  const { operator, propose, clock, signAll, dir } = await served(await emptyRun());
  const watch = (slot: number, target = 1): Effect => ({
    ...{ effect: "WatchResource", slot, condition: "arrival", kind: 0n, threshold: 0n },
    target: { program: 2, slot: target },
    trigger: [{ effect: "Issue", kind: (2n << 32n) + 1n, quantity: 5n, slot: 30 }],
  });
  await propose(2, watch(20));
  for (let slot = 2; slot <= 8; slot++) await propose(2, issue(2, slot));
  await signAll(2);
  await propose(1, issue(1, 1));
  await propose(2, watch(21));
  await propose(2, { ...watch(22, 9), trigger: [{ effect: "Clear", slot: 21 }] } as Effect);
  clock.now += 10;
  await operator.tick();
  await signAll(2);
  clock.now += 100;
  await operator.tick();
  expect(replayDirectory(dir, { everyRoot: true }).trace.records).toHaveLength(10);
  // The first two watches have the same trigger, which is known from the first batch. The first one is applied.
  await propose(2, issue(2, 1));
  const { trace } = replayDirectory(dir, { everyRoot: true });
  expect(trace.records.filter(({ effect }) => effect === "Trigger")).toHaveLength(1);
  expect(trace.triggers.size).toBe(2);
});

describe("a program that lets batches lapse", () => {
  /** Makes a batch of the program alone, and lets it lapse. */
  async function lapse({ operator, clock, propose }: Awaited<ReturnType<typeof served>>, slot: number): Promise<void> {
    await propose(1, issue(1, slot));
    clock.now += 10;
    await operator.tick();
    clock.now += 100;
    await operator.tick();
  }

  test("is suspended, each time for longer", async () => {
    const all = await served(await emptyRun(), { mostSuspended: 300 });
    const { propose, clock, operator } = all;
    let slot = 20;
    for (const seconds of [100, 200, 300, 300]) {
      await lapse(all, 1);
      const refused = propose(1, issue(1, 1));
      await expect(refused).rejects.toBeInstanceOf(SuspendedError);
      await expect(refused).rejects.toMatchObject({ invariant: "log-signed", until: clock.now + seconds });
      expect(await propose(2, issue(2, slot++))).toMatchObject({ status: "accepted" });
      const { domain } = await operator.status();
      clock.now += 10;
      await operator.tick();
      for (const wanted of operator.toSign(2)) await operator.sign(signed(wanted, domain, 2));
      clock.now += seconds - 11;
      await expect(propose(1, issue(1, 1))).rejects.toBeInstanceOf(SuspendedError);
      clock.now += 1;
    }
    expect(await propose(1, issue(1, 1))).toMatchObject({ status: "accepted" });
  });

  test("is suspended after a restart, too, and in groups", async () => {
    const all = await served(await emptyRun());
    await lapse(all, 1);
    await all.operator[Symbol.asyncDispose]();
    const { operator, clock } = await served(all.dir, { now: all.clock.now });
    const parts = [1, 2].map((actor) => ({ actor, effect: issue(actor, 1) }));
    const group = operator.propose({ id: nextId(), parts, validUntil: clock.now + 10 }, asProgram(2));
    await expect(group).rejects.toBeInstanceOf(SuspendedError);
  });
});

describe("several batches", () => {
  /** 3 acts in each of two batches, beside 1 in the first and 2 in the second, which is cut ten seconds later. */
  async function two() {
    const all = await served(await emptyRun());
    for (const [batch, other] of [1, 2].entries()) {
      await all.propose(3, issue(3, 1 + batch));
      await all.propose(other, issue(other, 1));
      all.clock.now += 10;
      await all.operator.tick();
    }
    const cut = all.clock.now;
    expect(all.operator.batches()).toMatchObject([
      { firstSeq: 1, lastSeq: 2 },
      { firstSeq: 3, lastSeq: 4 },
    ]);
    return { ...all, cut };
  }

  test("that lapse one after the other keep their own deadlines, and do not merge", async () => {
    const { operator, clock, signAll, proofs, cut } = await two();
    await signAll(3);
    clock.now = cut + 90;
    await operator.tick();
    await operator.tick();
    expect(operator.batches()).toMatchObject([
      { firstSeq: 1, lastSeq: 1, stage: "proving" },
      { firstSeq: 2, lastSeq: 3, stage: "signing", missing: [2] },
    ]);
    expect(operator.toSign()).toMatchObject([{ program: 2, withdrawnAt: cut + 100 }]);
    clock.now = cut + 99;
    await operator.tick();
    expect((await operator.status()).seq).toBe(3);
    clock.now = cut + 100;
    await operator.tick();
    await operator.tick();
    expect(operator.batches()).toMatchObject([
      { firstSeq: 1, lastSeq: 1, stage: "proving" },
      { firstSeq: 2, lastSeq: 2, stage: "proving" },
    ]);
    await proofs.deliverAll();
    expect((await operator.status()).proven).toBe(2);
  });

  test("that are overdue together lose all of their programs in one withdrawal", async () => {
    const { operator, clock, signAll, propose, events, cut } = await two();
    await signAll(3);
    clock.now = cut + 100;
    await operator.tick();
    await operator.tick();
    expect(operator.batches()).toMatchObject([
      { lastSeq: 1, stage: "proving" },
      { lastSeq: 2, stage: "proving" },
    ]);
    for (const program of [1, 2]) await expect(propose(program, issue(program, 1))).rejects.toThrow(SuspendedError);
    expect(events.filter(({ type }) => type === "withdrawn")).toEqual([
      { type: "withdrawn", program: 1, firstSeq: 1, transitions: 2 },
      { type: "withdrawn", program: 2, firstSeq: 3, transitions: 2 },
    ]);
  });

  test("keep what a program did before the first one that it did not sign", async () => {
    const { operator, propose, clock, signAll } = await served(await emptyRun());
    for (const program of [1, 2]) await propose(program, issue(program, 1));
    clock.now += 10;
    await operator.tick();
    // 1 signs the first batch, and 2 the second.
    await signAll(1);
    for (const program of [1, 2]) await propose(program, issue(program, 2));
    clock.now += 10;
    await operator.tick();
    clock.now += 100;
    await operator.tick();
    await operator.tick();
    expect((await operator.status()).seq).toBe(1);
    expect(operator.batches()).toMatchObject([{ firstSeq: 1, lastSeq: 1, stage: "proving" }]);
    for (const program of [1, 2]) await expect(propose(program, issue(program, 1))).rejects.toThrow(SuspendedError);
  });

  test("have a new deadline where a log has changed, and the old one where none has", async () => {
    const { operator, propose, clock, signAll } = await gift();
    const first = clock.now;
    // A batch of 3 alone, which it does not sign yet, and one more of 2, whose log goes on from what it accepted.
    await propose(3, issue(3, 4));
    clock.now += 10;
    await operator.tick();
    await propose(2, issue(2, 2));
    clock.now += 10;
    await operator.tick();
    for (const wanted of operator.toSign(3).slice(0, 1)) {
      const { domain } = await operator.status();
      await operator.sign(signed(wanted, domain, 3));
    }
    await signAll(2);
    clock.now = first + 100;
    await operator.tick();
    await operator.tick();
    expect(operator.toSign()).toMatchObject([
      { program: 3, withdrawnAt: first + 110 },
      { program: 2, withdrawnAt: clock.now + 100 },
    ]);
  });

  test("each with another program that does not sign delay the others once", async () => {
    const { operator, propose, clock, signAll, proofs } = await served(await emptyRun(genesisOf(6)));
    for (let other = 1; other <= 4; other++) {
      await propose(6, issue(6, other));
      await propose(other, issue(other, 1));
      clock.now += 10;
      await operator.tick();
    }
    await signAll(6);
    const last = clock.now + 100;
    for (; clock.now <= last; clock.now += 5) await operator.tick();
    await operator.tick();
    await proofs.deliverAll();
    expect(await operator.status()).toMatchObject({ seq: 4, proven: 4 });
  });
});
