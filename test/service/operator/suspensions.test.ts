/** Counts of lapses, and what a signed batch takes off. */
import { describe, expect, test } from "vitest";
import { SuspendedError, Suspensions } from "../../../service/operator/suspensions.ts";
import { emptyRun, issue, type Served, served, signed } from "./lib/served.ts";

const DAY = 86_400;

/** Makes a batch of program 1 alone, and lets it lapse. @returns for how long it is suspended */
async function lapse({ operator, clock, propose }: Served): Promise<number> {
  await propose(1, issue(1, 1));
  clock.now += 10;
  await operator.tick();
  clock.now += 100;
  await operator.tick();
  try {
    await propose(1, issue(1, 1));
  } catch (error) {
    if (error instanceof SuspendedError) return error.until - clock.now;
    throw error;
  }
  throw new Error("it is not suspended");
}

/** The same, and lets the suspension pass. */
async function lapseAndWait(all: Served): Promise<void> {
  const seconds = await lapse(all);
  all.clock.now += seconds;
}

let slot = 20;

/** Makes a batch of program 1 alone, and signs it. */
async function good({ operator, clock, propose, signAll, proofs }: Served): Promise<void> {
  await propose(1, issue(1, slot++));
  clock.now += 10;
  await operator.tick();
  await signAll(1);
  await proofs.deliverAll();
}

describe("a program that lets batches lapse", () => {
  test("pays no lapse with a signed batch more than once a day", async () => {
    const all = await served(await emptyRun());
    const seconds: number[] = [];
    for (let i = 0; i < 4; i++) {
      seconds.push(await lapse(all));
      all.clock.now += seconds.at(-1) ?? 0;
      await good(all);
    }
    // The first signed batch takes one off, and the others are of the same day.
    expect(seconds).toEqual([100, 100, 200, 400]);
  });

  test("gets one off on each day on which it signs", async () => {
    const all = await served(await emptyRun());
    for (const seconds of [100, 200, 400]) {
      expect(await lapse(all)).toBe(seconds);
      all.clock.now += seconds;
    }
    for (let day = 0; day < 2; day++) {
      for (let i = 0; i < 2; i++) await good(all);
      all.clock.now += DAY;
    }
    // Three lapses, less two, and one more.
    expect(await lapse(all)).toBe(200);
  });

  test("is remembered over a restart, with what was taken off", async () => {
    const before = await served(await emptyRun());
    await lapseAndWait(before);
    await good(before);
    await before.operator[Symbol.asyncDispose]();
    const all = await served(before.dir, { now: before.clock.now, proofs: before.proofs });
    await lapseAndWait(all);
    await good(all);
    expect(await lapse(all)).toBe(200);
  });

  test("gets one off, too, if it signs before the batch is cut", async () => {
    const all = await served(await emptyRun());
    const { operator, clock, propose } = all;
    await lapseAndWait(all);
    await propose(1, issue(1, 2));
    const { domain } = await operator.status();
    const header = operator.map().cell(256);
    if (header.type !== "program") throw new Error("no program");
    const early = { program: 1, log: header.log, lastSeq: 1, until: clock.now };
    await operator.sign(signed(early, domain, 1));
    clock.now += 10;
    await operator.tick();
    expect(operator.batches()).toMatchObject([{ missing: [] }]);
    expect(await lapse(all)).toBe(100);
  });

  test("gets nothing off for a signature that is only valid longer", async () => {
    const all = await served(await emptyRun());
    const { operator, clock, propose, proofs } = all;
    proofs.refuse = new Error("no proof now");
    for (const seconds of [100, 200]) {
      expect(await lapse(all)).toBe(seconds);
      clock.now += seconds;
    }
    await propose(1, issue(1, 2));
    clock.now += 10;
    await operator.tick();
    const { domain } = await operator.status();
    const [wanted] = operator.toSign(1);
    if (wanted === undefined) throw new Error("nothing to sign");
    for (let day = 0; day < 5; day++) {
      await operator.sign(signed(wanted, domain, 1, wanted.until + 10 + day));
      clock.now += DAY;
      await operator.tick();
    }
    // Two lapses, less one.
    expect(await lapse(all)).toBe(200);
  });

  test("gets nothing off for effects of before, in a batch that was cut again after it", async () => {
    const all = await served(await emptyRun(), { signWithin: 1_000 });
    const { operator, clock, propose } = all;
    const sign = async (...programs: number[]): Promise<void> => all.signAll(...programs);
    // A batch of 1 and 2, in which 1 claims what 2 gave.
    await propose(2, issue(2, 1));
    await propose(2, { effect: "EscrowToProgram", from: 1, to: { program: 1, slot: 16 }, deadline: 0 });
    await propose(1, { effect: "ClaimFromProgram", from: { program: 1, slot: 16 }, to: "in place" });
    await propose(1, issue(1, 9));
    clock.now += 10;
    await operator.tick();
    await sign(1);
    // 1 lets the next one lapse, at the same time as 2 the first one.
    await propose(1, issue(1, 2));
    clock.now += 10;
    await operator.tick();
    clock.now += 1_000;
    await operator.tick();
    await operator.tick();
    // What 1 did in the first batch has another log, and is asked for anew.
    expect(operator.toSign()).toMatchObject([{ program: 1, withdrawnAt: clock.now + 1_000 }]);
    clock.now += 999;
    await sign(1);
    clock.now += 1;
    await propose(1, issue(1, 3));
    clock.now += 10;
    await operator.tick();
    clock.now += 1_000;
    await operator.tick();
    await expect(propose(1, issue(1, 4))).rejects.toMatchObject({ until: clock.now + 2_000 });
  });
});

test("what is past is forgotten, and what was taken off today is not", () => {
  const suspensions = new Suspensions({ signWithin: 100, mostSuspended: 1_000 });
  for (const lapse of suspensions.after([1, 2, 3], 0)) suspensions.put(lapse);
  const of = (): number[] => suspensions.lines().flatMap((line) => ("lapse" in line ? [line.lapse.program] : []));
  expect(suspensions.signed(2, 99, 100)).toEqual([]);
  expect(suspensions.signed(1, 100, 100)).toEqual([{ lapse: { program: 1, times: 0, until: 100, lowered: 100 } }]);
  suspensions.forget(10_100);
  expect(of()).toEqual([1, 2, 3]);
  suspensions.forget(10_101);
  expect(of()).toEqual([1]);
  suspensions.forget(100 + DAY);
  expect(of()).toEqual([1]);
  suspensions.forget(101 + DAY);
  expect(of()).toEqual([]);
});
