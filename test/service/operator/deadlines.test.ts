/** Deadlines of batches: time in which nobody could sign does not count, and starting again and again is no delay. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseJournal } from "../../../service/operator/journalLines.ts";
import { presenceIn } from "../../../service/operator/presence.ts";
import { SuspendedError } from "../../../service/operator/suspensions.ts";
import { emptyRun, issue, type Served, START, StandInProofs, served } from "./lib/served.ts";

/** A batch of program 1, cut at START + 10 and to be signed by START + 110. */
async function waiting(options: Parameters<typeof served>[1] = {}): Promise<Served> {
  const all = await served(await emptyRun(), options);
  await all.propose(1, issue(1, 1));
  all.clock.now += 10;
  await all.operator.tick();
  return all;
}

const end = async ({ operator }: Served): Promise<void> => operator[Symbol.asyncDispose]();

/** The run as a kill leaves it. */
function killed({ dir }: Served): string {
  const copy = join(mkdtempSync(`${dir}-`), "run");
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.includes(".lock") });
  return copy;
}

test("a deadline moves by the time that the operator was away, and no batch lapses at its start", async () => {
  const before = await waiting();
  before.clock.now += 40;
  await before.operator.tick();
  await end(before);
  const all = await served(before.dir, { now: before.clock.now + 100_000 });
  const { operator, clock, signAll, propose } = all;
  await operator.tick();
  expect((await operator.status()).seq).toBe(1);
  const deadline = clock.now + 60;
  expect(operator.toSign()).toMatchObject([{ program: 1, withdrawnAt: deadline }]);
  await signAll(1);
  expect(operator.batches()).toMatchObject([{ stage: "proving" }]);
  expect(await propose(1, issue(1, 2))).toMatchObject({ status: "accepted" });
});

test("who does not sign after that either is taken out at the deadline that was told, and suspended", async () => {
  const before = await waiting();
  await end(before);
  const { operator, clock, propose } = await served(before.dir, { now: before.clock.now + 5_000 });
  const deadline = operator.toSign()[0]?.withdrawnAt ?? 0;
  expect(deadline).toBe(clock.now + 100);
  clock.now = deadline - 1;
  await operator.tick();
  expect((await operator.status()).seq).toBe(1);
  clock.now = deadline;
  await operator.tick();
  expect((await operator.status()).seq).toBe(0);
  await expect(propose(1, issue(1, 1))).rejects.toBeInstanceOf(SuspendedError);
});

test("starting again and again moves a deadline by the time between end and start only", async () => {
  let all = await waiting();
  for (let i = 1; i < 10; i++) {
    all.clock.now += 10;
    await all.operator.tick();
    expect((await all.operator.status()).seq).toBe(1);
    await end(all);
    all = await served(all.dir, { now: all.clock.now + 3 });
    expect(all.operator.toSign()).toMatchObject([{ withdrawnAt: START + 110 + 3 * i }]);
  }
  all.clock.now += 10;
  await all.operator.tick();
  expect((await all.operator.status()).seq).toBe(0);
});

test("a batch that is cut after the operator was away has no more time than others", async () => {
  const before = await waiting();
  await end(before);
  const { operator, clock, propose, signAll, dir } = await served(before.dir, { now: before.clock.now + 5_000 });
  await signAll(1);
  await propose(2, issue(2, 1));
  clock.now += 10;
  await operator.tick();
  expect(operator.toSign()).toMatchObject([{ program: 2, withdrawnAt: clock.now + 100 }]);
  await operator[Symbol.asyncDispose]();
  const again = await served(dir, { now: clock.now });
  expect(again.operator.toSign()).toMatchObject([{ program: 2, withdrawnAt: clock.now + 100 }]);
});

test("a run that was never served gives its old transitions the usual time", async () => {
  const { dir } = await waiting();
  const copy = killed({ dir } as Served);
  rmSync(join(copy, "journal.jsonl"));
  const { operator, clock } = await served(copy, { now: START + 1_000_000 });
  await operator.tick();
  expect(operator.toSign()).toMatchObject([{ program: 1, withdrawnAt: clock.now + 100 }]);
});

test.each([
  [25, 4, 6],
  [9, 11, 16],
])("killed every %i seconds, the operator takes out what is not signed all the same", async (life, least, most) => {
  let all = await waiting();
  let kills = 0;
  for (; (await all.operator.status()).seq === 1 && kills < 2 * most; kills++) {
    for (let second = 0; second < life; second++) {
      all.clock.now++;
      await all.operator.tick();
    }
    const dir = killed(all);
    await end(all);
    all = await served(dir, { now: all.clock.now + 2 });
  }
  expect(kills).toBeGreaterThanOrEqual(least);
  expect(kills).toBeLessThanOrEqual(most);
});

test("the time that a start takes does not count, also if it is killed", async () => {
  const before = await waiting();
  await end(before);
  const clock = { now: before.clock.now };
  class Slow extends StandInProofs {
    override async start(listener: Parameters<StandInProofs["start"]>[0]): Promise<void> {
      clock.now += 500;
      await super.start(listener);
    }
  }
  const proofs = new Slow();
  const all = await served(before.dir, { clock: () => clock.now, proofs });
  await all.operator.tick();
  expect(all.operator.toSign()).toMatchObject([{ withdrawnAt: clock.now + 100 }]);
  const dir = killed(all);
  clock.now += 7;
  const { operator } = await served(dir, { clock: () => clock.now });
  expect(operator.toSign()).toMatchObject([{ withdrawnAt: clock.now + 100 }]);
});

test("a process that was stopped for long, and a clock that was set, give time", async () => {
  const { operator, clock, signAll } = await waiting({ tickMs: 5 });
  for (let i = 0; i < 4; i++) {
    clock.now += 10;
    // The first may have begun before.
    for (let look = 0; look < 2; look++) await operator.tick();
  }
  expect(operator.toSign()).toMatchObject([{ withdrawnAt: START + 110 }]);
  clock.now += 10_000;
  await expect.poll(() => operator.toSign()).toMatchObject([{ withdrawnAt: clock.now + 60 }]);
  await signAll(1);
  expect(await operator.status()).toMatchObject({ seq: 1, cut: 1 });
});

test("while the disk refuses, no time counts, and the new deadline is told", async () => {
  let refuses = false;
  const all = await waiting({
    onStep: () => {
      if (refuses) throw Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
    },
  });
  const { operator, clock, propose, signAll, events } = all;
  clock.now += 50;
  await operator.tick();
  refuses = true;
  await expect(propose(2, issue(2, 1))).rejects.toMatchObject({ code: "disk" });
  for (let i = 0; i < 5; i++) {
    clock.now += 60;
    await operator.tick();
  }
  refuses = false;
  await operator.tick();
  expect(await operator.status()).toMatchObject({ seq: 1, halted: null });
  const [wanted] = operator.toSign();
  expect(wanted).toMatchObject({ program: 1, withdrawnAt: clock.now + 50 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(events.filter(({ type }) => type === "toSign")).toEqual([
    { type: "toSign", log: { ...wanted, withdrawnAt: START + 110 } },
    { type: "toSign", log: wanted },
  ]);
  clock.now += 49;
  await operator.tick();
  expect((await operator.status()).seq).toBe(1);
  await signAll(1);
  clock.now += 1_000;
  await operator.tick();
  expect((await operator.status()).seq).toBe(1);
});

test("a refusal of a moment, again and again, gives no time", async () => {
  let refusals = 0;
  const { operator, clock, propose } = await waiting({
    onStep: (step) => {
      if (step !== "journal" || refusals === 0) return;
      refusals--;
      throw Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
    },
  });
  for (let i = 0; i < 20; i++) {
    clock.now += 4;
    refusals = 1;
    await expect(propose(2, issue(2, 1))).rejects.toMatchObject({ code: "disk" });
    await operator.tick();
  }
  expect(operator.toSign()).toMatchObject([{ withdrawnAt: START + 110 }]);
  clock.now = START + 110;
  await operator.tick();
  expect((await operator.status()).seq).toBe(0);
});

test("what the journal tells later than its last sign of life is one, too", () => {
  const lines = parseJournal(
    [
      '{"format":"time-bandits-journal","version":1}',
      '{"alive":{"at":100,"away":5}}',
      '{"cut":{"firstSeq":1,"lastSeq":1,"profile":"batch-8","at":130,"away":5}}',
      "",
    ].join("\n"),
  );
  const cut = { at: 130, away: 5 };
  expect(presenceIn(lines, [], 150).deadline(cut, 100)).toBe(250);
  expect(presenceIn(lines, [140], 150).deadline(cut, 100)).toBe(240);
  // A clock that was set back.
  expect(presenceIn(lines, [], 90).deadline(cut, 100)).toBe(230);
});
