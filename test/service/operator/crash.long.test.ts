/** Cuts the operator's work before and within every write, and opens what is left. */
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Caller, Proposal, ProposalStatus } from "../../../service/operator/types.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { asProgram, emptyRun, issue, nextId, type Served, START, StandInProofs, served, single } from "./lib/served.ts";

/** A proposal that was made, and what became of it as far as its caller was told. */
interface Sent {
  readonly proposal: Proposal;
  readonly by: Caller;
  state?: ProposalStatus;
}

/** A copy of the run, as a crash would have left it, and what was answered before. */
interface Wreck {
  readonly step: string;
  readonly dir: string;
  readonly now: number;
  readonly answered: ReadonlyMap<string, ProposalStatus>;
  /** Number of signatures that were taken. */
  readonly signed: number;
}

const copyOf = (dir: string): string => {
  const copy = join(mkdtempSync(`${dir}-`), "run");
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.includes(".lock") });
  return copy;
};

/** A run with all that an operator does, wrecked before each write. */
async function story(): Promise<{ sent: Sent[]; wrecks: Wreck[]; end: Served }> {
  const dir = await emptyRun();
  const sent: Sent[] = [];
  const wrecks: Wreck[] = [];
  let now = START;
  let signed = 0;
  const wreck = (step: string): void => {
    const answered = new Map(sent.flatMap(({ proposal, state }) => (state ? [[proposal.id, state] as const] : [])));
    wrecks.push({ step, dir: copyOf(dir), now, answered, signed });
  };
  const end = await served(dir, { onStep: wreck, mostAhead: 10_000 });
  const { operator, clock, proofs } = end;
  const send = async (program: number, effect: Effect | Proposal["parts"]): Promise<Sent> => {
    const id = nextId();
    const parts = Array.isArray(effect) ? effect : [{ actor: program, effect: effect as Effect }];
    const one: Sent = { proposal: { id, parts, validUntil: START + 5_000 }, by: asProgram(program) };
    sent.push(one);
    one.state = await operator.propose(one.proposal, one.by);
    return one;
  };
  const later = async (seconds: number): Promise<void> => {
    now = clock.now += seconds;
    await operator.tick();
  };
  await send(3, issue(3, 1));
  await later(10);
  await end.signAll(3);
  signed++;
  await proofs.deliver();
  await Promise.all([send(1, issue(1, 1)), send(2, issue(2, 1)), send(3, issue(3, 2))]);
  const swap = [1, 2].map((actor) => ({
    actor,
    effect: { effect: "EscrowToProgram", from: 1, to: { program: 3 - actor, slot: 16 }, deadline: 0 } as Effect,
  }));
  const group = await send(1, swap);
  group.state = await operator.approve(group.proposal.id, asProgram(2));
  await send(3, issue(3, 3));
  await later(10);
  await end.signAll(3, 2);
  signed += 2;
  await send(3, issue(3, 4));
  await later(100);
  for (const one of sent) one.state = operator.proposal(one.proposal.id)?.state ?? { status: "expired" };
  await send(2, issue(2, 5));
  await later(10);
  await end.signAll(2, 3);
  await proofs.deliverAll();
  wreck("end");
  return { sent, wrecks, end };
}

/** What is right whatever was interrupted. */
async function examine(wreck: Wreck, sent: readonly Sent[]): Promise<void> {
  const proofs = new StandInProofs();
  const { operator, clock } = await served(wreck.dir, { now: wreck.now, proofs, mostAhead: 10_000 });
  expect(clock.now).toBe(wreck.now);
  replayDirectory(wreck.dir, { everyRoot: true });
  const withdrawn = sent.filter(({ proposal }) => operator.proposal(proposal.id)?.state.status === "withdrawn");
  for (const [id, state] of wreck.answered) {
    const found = operator.proposal(id)?.state;
    if (state.status !== "accepted") continue;
    // A withdrawal moves effects, and takes some out. That is known before anybody is told.
    if (withdrawn.length > 0) expect(["accepted", "withdrawn"]).toContain(found?.status);
    else expect(found, `${wreck.step}: ${id}`).toEqual(state);
  }
  for (const { proposal, by, state } of sent) {
    if (operator.proposal(proposal.id) === undefined && state?.status === "accepted")
      await operator.propose(proposal, by).catch(() => undefined);
  }
  const seqs = sent.flatMap(({ proposal }) => {
    const found = operator.proposal(proposal.id)?.state;
    return found?.status === "accepted" ? [[found.firstSeq, found.lastSeq] as const] : [];
  });
  const { trace } = replayDirectory(wreck.dir, { everyRoot: true });
  // Every transition belongs to one proposal.
  const covered = seqs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  expect(covered.sort((a, b) => a - b)).toEqual(trace.records.map(({ seq }) => seq));
  const batches = operator.batches();
  expect(batches.map(({ firstSeq }) => firstSeq)).toEqual(
    [1, ...batches.map(({ lastSeq }) => lastSeq + 1)].slice(0, -1),
  );
  expect(new Set(proofs.asked).size).toBe(proofs.asked.length);
  await operator[Symbol.asyncDispose]();
}

describe("after a crash at any write", () => {
  test("no accepted effect is lost, and nothing happens twice", async () => {
    const { sent, wrecks } = await story();
    expect(new Set(wrecks.map(({ step }) => step))).toEqual(
      new Set([
        ...["whole journal", "journal", "trace", "signature", "bundle", "end"],
        ...["draft", "decide", "trace", "cut trace", "journal", "manifest", "end", "folder"].map(
          (step) => `withdrawal: ${step}`,
        ),
      ]),
    );
    for (const wreck of wrecks) await examine(wreck, sent);
  });

  test("the same end is reached from every point of a withdrawal, and signatures before it count", async () => {
    const { wrecks } = await story();
    const decided = wrecks.findIndex(({ step }) => step === "withdrawal: trace");
    const traces = new Set<string>();
    for (const [i, { dir, now, step, signed }] of wrecks.entries()) {
      const within = i >= decided && step.startsWith("withdrawal:");
      if (!within && !(signed === 3 && i < decided)) continue;
      // Before the time is over, where it does not matter.
      const { operator } = await served(dir, { now: within ? now : START + 20 });
      if (!within)
        expect(
          operator
            .toSign()
            .filter(({ lastSeq }) => lastSeq <= 7)
            .map(({ program }) => program),
        ).toEqual([1]);
      await operator[Symbol.asyncDispose]();
      if (within) traces.add(readFileSync(join(dir, "trace.jsonl"), "utf8"));
    }
    expect(traces.size).toBe(1);
  });
});

describe("a write that was torn", () => {
  /** Two answered proposals, and the files before the second. */
  async function two() {
    const dir = await emptyRun();
    const { operator, clock } = await served(dir);
    const proposals = [1, 2].map((program) => single(program, issue(program, 1), clock.now + 500));
    const [first, second] = proposals as [Proposal, Proposal];
    await operator.propose(first, asProgram(1));
    const sizes = ["journal.jsonl", "trace.jsonl"].map((name) => readFileSync(join(dir, name)).length);
    await operator.propose(second, asProgram(2));
    await operator[Symbol.asyncDispose]();
    return { dir, first, second, sizes: sizes as [number, number] };
  }

  /** The first proposal is there, and the second one happens once. */
  async function expectWhole(dir: string, first: Proposal, second: Proposal): Promise<void> {
    const { operator } = await served(dir);
    expect(operator.proposal(first.id)?.state).toEqual({ status: "accepted", firstSeq: 1, lastSeq: 1 });
    expect(await operator.propose(second, asProgram(2))).toEqual({ status: "accepted", firstSeq: 2, lastSeq: 2 });
    expect(replayDirectory(dir, { everyRoot: true }).trace.records).toHaveLength(2);
    await operator[Symbol.asyncDispose]();
  }

  test.each([
    ["journal.jsonl", 0],
    ["trace.jsonl", 1],
  ] as const)("in %s leaves the effect out, or in", async (name, index) => {
    const { dir, first, second, sizes } = await two();
    const { length } = readFileSync(join(dir, name));
    const step = Math.max(1, Math.floor((length - sizes[index]) / 5));
    for (let end = sizes[index]; end < length; end += step) {
      const copy = copyOf(dir);
      truncateSync(join(copy, name), end);
      // The journal is written first: while it is torn, the trace is as before.
      if (index === 0) truncateSync(join(copy, "trace.jsonl"), sizes[1]);
      await expectWhole(copy, first, second);
    }
  });

  test("in the middle of the journal is named", async () => {
    const { dir } = await two();
    appendFileSync(join(dir, "journal.jsonl"), 'x\n{"base":0}\n');
    await expect(served(dir)).rejects.toThrow("journal.jsonl line 6");
  });
});

describe("a disk that refuses", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });

  test.each(["journal", "trace"])("the %s answers everybody, and nothing counts", async (refused) => {
    let fails = false;
    const dir = await emptyRun();
    const all = await served(dir, {
      onStep(step) {
        if (fails && step === refused) throw full;
      },
    });
    await all.propose(1, issue(1, 1));
    fails = true;
    const lost = single(2, issue(2, 1), all.clock.now + 50);
    const answers = await Promise.allSettled([all.operator.propose(lost, asProgram(2)), all.propose(3, issue(3, 1))]);
    for (const answer of answers) {
      if (answer.status === "fulfilled") throw new Error("accepted");
      expect(answer.reason).toMatchObject({ code: "disk", exitCode: 3 });
    }
    // While the disk is full.
    await expect(all.propose(1, issue(1, 2))).rejects.toMatchObject({ code: "disk" });
    expect((await all.operator.status()).halted).toContain("no space is left");
    fails = false;
    await all.operator.tick();
    expect(await all.operator.status()).toMatchObject({ seq: 1, halted: null });
    expect(all.operator.proposal(lost.id)).toBeUndefined();
    expect(await all.operator.propose(lost, asProgram(2))).toEqual({ status: "accepted", firstSeq: 2, lastSeq: 2 });
    expect(replayDirectory(dir, { everyRoot: true }).trace.records).toHaveLength(2);
  });

  test("a withdrawal, too, happens when there is room", async () => {
    for (const refused of ["draft", "decide", "trace", "cut trace", "journal", "manifest", "end", "folder"]) {
      let fails = false;
      const all = await served(await emptyRun(), {
        onStep(step) {
          if (fails && step === `withdrawal: ${refused}`) throw full;
        },
      });
      await all.propose(1, issue(1, 1));
      await all.propose(2, issue(2, 1));
      all.clock.now += 10;
      await all.operator.tick();
      await all.signAll(2);
      all.clock.now += 100;
      fails = true;
      await all.operator.tick();
      fails = false;
      await all.operator.tick();
      expect(await all.operator.status(), refused).toMatchObject({ seq: 1, halted: null });
      expect(replayDirectory(all.dir, { everyRoot: true }).trace.records).toMatchObject([{ actor: 2 }]);
      await all.operator[Symbol.asyncDispose]();
    }
  });

  test("a bundle is delivered again", async () => {
    let fails = true;
    const all = await served(await emptyRun(), {
      onStep(step) {
        if (fails && step === "bundle") throw full;
      },
    });
    await all.propose(1, issue(1, 1));
    all.clock.now += 10;
    await all.operator.tick();
    await all.signAll(1);
    await expect(all.proofs.deliver()).rejects.toThrow();
    fails = false;
    await all.proofs.deliver();
    expect(all.operator.batches()).toMatchObject([{ stage: "proven" }]);
  });
});

test("a store that was damaged is made again, and nothing is lost", async () => {
  const store = { least: 0, segment: 4 };
  const dir = await emptyRun();
  const first = await served(dir, { store });
  for (let slot = 1; slot <= 20; slot++) await first.propose(1, issue(1, slot));
  await first.signAll(1);
  await first.operator[Symbol.asyncDispose]();
  const [name = ""] = readdirSync(dir).filter((file) => file.endsWith(".sqlite"));
  const bytes = readFileSync(join(dir, name));
  for (let at = 4_096; at < bytes.length; at += 16) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(join(dir, name), bytes);
  const notices: string[] = [];
  const again = await served(dir, { store: { ...store, onNotice: (text) => notices.push(text) } });
  expect(await again.propose(1, issue(1, 21))).toEqual({ status: "accepted", firstSeq: 21, lastSeq: 21 });
  await again.operator.tick();
  expect([...again.proofs.wanted.values()].map(({ firstSeq }) => firstSeq)).toEqual([1, 9]);
  expect(notices.length).toBeGreaterThan(0);
  expect(replayDirectory(dir, { everyRoot: true }).trace.records).toHaveLength(21);
});
