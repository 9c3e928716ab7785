/**
 * Runs that grow by commits: a commit is on disk wholly or not at all, and a run that was opened again is what one that
 * was never closed would be.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Asked, effectStream, streamGenesis } from "../../scripts/bench/tracing.ts";
import type { WatchResource } from "../../trace/effects/effects.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn, readRun } from "../../trace/run/runDirectory.ts";
import { createRunStream, type OpenRun, type OpenRunOptions, openRun } from "../../trace/tracer/appendRun.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";
import { PROFILE } from "../lib/profile.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-append-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);

const PROGRAMS = 8;
const GENESIS = streamGenesis(PROGRAMS);
const ASKED = [...effectStream(20, PROGRAMS)];
const traceOf = (dir: string): string => readFileSync(pathIn(dir, "trace"), "utf8");

function perform({ tracer }: Pick<OpenRun, "tracer">, asked: readonly Asked[]): void {
  for (const { actor, effect, at } of asked) tracer.perform(actor, effect, at);
}

/** A tracer that did the same without interruption. */
function inOneGo(asked: readonly Asked[]): Tracer {
  const tracer = Tracer.from(GENESIS);
  perform({ tracer }, asked);
  return tracer;
}

/** A run of two commits. @returns the last transition of each */
function twoCommits(dir: string): [number, number] {
  using run = createRunStream(dir, GENESIS, { profiles: [PROFILE] });
  perform(run, ASKED.slice(0, 60));
  run.commit();
  const first = run.committed;
  perform(run, ASKED.slice(60, 130));
  run.commit();
  return [first, run.committed];
}

const options: OpenRunOptions = { profiles: [PROFILE] };

describe("a run that grows by commits", () => {
  test("is what one run without interruption is, also when opened again", () => {
    const dir = fresh();
    const [first, second] = twoCommits(dir);
    const { trace } = readRun(dir);
    expect(trace.checkpoints.map(({ checkpoint }) => checkpoint)).toEqual([first, second]);
    expect(trace.records.some(({ group }) => group !== 0)).toBe(true);
    const seen: number[] = [];
    {
      using run = openRun(dir, { ...options, onReplayed: (group) => seen.push(group.length) });
      expect(seen.reduce((sum, rows) => sum + rows, 0)).toBe(second);
      expect(run.committed).toBe(second);
      expect(run.tracer.root()).toBe(inOneGo(ASKED.slice(0, 130)).root());
      expect(run.tracer.groups).toEqual([]);
      perform(run, ASKED.slice(130));
      run.tracer.manifest.programs[1] = "Mint";
      run.commit();
    }
    const whole = inOneGo(ASKED);
    const replayed = replayDirectory(dir, { everyRoot: true });
    expect(replayed.groups).toEqual(whole.groups);
    expect(replayed.map.root()).toBe(whole.root());
    expect(replayed.manifest).toMatchObject({ programs: { 1: "Mint" }, profiles: [PROFILE.name] });
    expect(Object.values(replayed.manifest.functions).sort()).toEqual(["call", "pay"]);
  });

  test("has on disk what was committed, and no more", () => {
    const dir = fresh();
    const run = createRunStream(dir, GENESIS);
    const before = traceOf(dir);
    perform(run, ASKED.slice(0, 30));
    expect(traceOf(dir)).toBe(before);
    run.close();
    run.close();
    expect(traceOf(dir)).toBe(before);
    using again = openRun(dir);
    expect([again.committed, again.tracer.seq]).toEqual([0, 0]);
    again.commit();
    expect(traceOf(dir)).toBe(before);
  });

  test("loses an interrupted commit as a whole, wherever it was cut", () => {
    const dir = fresh();
    const [first, second] = twoCommits(dir);
    const whole = traceOf(dir);
    const mark = `{"checkpoint":${first},`;
    const start = whole.indexOf("\n", whole.indexOf(mark)) + 1;
    const root = inOneGo(ASKED.slice(0, 60)).root();
    for (let length = start; length < whole.length; length += 1_999) {
      writeFileSync(pathIn(dir, "trace"), whole.slice(0, length));
      using run = openRun(dir, options);
      expect([run.committed, run.tracer.root()]).toEqual([first, root]);
      expect(traceOf(dir)).toBe(whole.slice(0, start));
    }
    using run = openRun(dir, options);
    perform(run, ASKED.slice(60, 130));
    run.commit();
    expect(run.committed).toBe(second);
    expect(traceOf(dir)).toBe(whole);
  });

  test("is cut whatever the interrupted commit left", () => {
    const dir = fresh();
    const [, second] = twoCommits(dir);
    const whole = traceOf(dir);
    appendFileSync(pathIn(dir, "trace"), "\0".repeat(5_000));
    appendFileSync(pathIn(dir, "trace"), "\n{}\n");
    using run = openRun(dir, options);
    expect(run.committed).toBe(second);
    expect(traceOf(dir)).toBe(whole);
  });

  test("can be cut after any of its groups", () => {
    const [wholeDir, tracer] = [fresh(), inOneGo(ASKED.slice(0, 130))];
    const [first, second] = twoCommits(wholeDir);
    const whole = traceOf(wholeDir);
    for (const group of tracer.groups.filter(({ length }, i) => length > 1 || i % 19 === 0)) {
      const last = group.at(-1)?.seq ?? 0;
      writeFileSync(pathIn(wholeDir, "trace"), whole);
      for (const { seq } of group.slice(0, -1)) {
        expect(() => openRun(wholeDir, { ...options, upTo: seq })).toThrow(/^upTo: is \d+, inside the group/);
      }
      expect(traceOf(wholeDir)).toBe(whole);
      using run = openRun(wholeDir, { ...options, upTo: last });
      expect([run.committed, run.tracer.seq]).toEqual([last, last]);
      const { trace, map } = replayDirectory(wholeDir, { everyRoot: true });
      expect(trace).toMatchObject({
        torn: false,
        checkpoints: expect.arrayContaining([{ checkpoint: last, root: map.root() }]),
      });
      expect(trace.records).toHaveLength(last);
    }
    writeFileSync(pathIn(wholeDir, "trace"), whole);
    openRun(wholeDir, { ...options, upTo: second }).close();
    expect(traceOf(wholeDir)).toBe(whole);
    openRun(wholeDir, { ...options, upTo: first }).close();
    using run = openRun(wholeDir, { ...options, upTo: 0 });
    expect(run.tracer.root()).toBe(Tracer.from(GENESIS).root());
    expect(traceOf(wholeDir).split("\n")).toHaveLength(2);
  });

  test("goes on after a cut as if the rest had never been", () => {
    const dir = fresh();
    const [first] = twoCommits(dir);
    using run = openRun(dir, { ...options, upTo: first });
    perform(run, ASKED.slice(60));
    run.commit();
    expect(replayDirectory(dir).groups).toEqual(inOneGo(ASKED).groups);
  });

  test("takes triggers along, also those of watches before the cut", () => {
    const dir = fresh();
    const watch = (slot: number, target: number): WatchResource => ({
      effect: "WatchResource",
      ...{ slot, target: { program: 1, slot: target }, condition: "arrival" as const, kind: 0n, threshold: 0n },
      trigger: [{ effect: "CreateProgram", inbox: 16, authority: "open" }],
    });
    const issue = { effect: "Issue", kind: (1n << 32n) + 1n, quantity: 1n } as const;
    {
      using run = createRunStream(dir, GENESIS);
      run.tracer.perform(1, watch(5, 20), 1);
      run.commit();
      run.tracer.perform(1, { ...watch(6, 21), trigger: [] }, 1);
      run.tracer.perform(1, { ...watch(7, 22), trigger: [{ ...issue, slot: 30 }] }, 1);
      run.commit();
    }
    using run = openRun(dir, { upTo: 1 });
    run.tracer.perform(1, { ...watch(7, 22), trigger: [{ ...issue, slot: 30 }] }, 2);
    run.tracer.perform(1, { ...issue, slot: 20 }, 3);
    run.commit();
    const { manifest, trace } = replayDirectory(dir);
    expect(trace.triggers.size).toBe(2);
    expect(manifest.notes).toEqual([
      "transition 4 fired the watch in slot 5 of program 1",
      "transition 5 applied the trigger of the watch in slot 5 of program 1",
    ]);
  });

  test("is held by one writer at a time, also after a refused cut", () => {
    const dir = fresh();
    const run = createRunStream(dir, GENESIS);
    expect(() => openRun(dir)).toThrow(expect.objectContaining({ code: "locked" }));
    run.close();
    expect(() => createRunStream(dir, GENESIS)).toThrow("holds a run already");
    expect(() => openRun(dir, { upTo: 7 })).toThrow("upTo: is 7, but the trace ends at transition 0");
    expect(() => openRun(dir, { upTo: 0.5 })).toThrow("upTo");
    expect(() => openRun(fresh())).toThrow("name a run directory");
    openRun(dir).close();
  });

  test("asks for its profiles, and refuses what outgrows them", () => {
    const dir = fresh();
    twoCommits(dir);
    expect(() => openRun(dir)).toThrow("is not among them");
    using run = openRun(dir, options);
    const effects = Array.from({ length: 9 }, (_, i) => {
      return { effect: "Issue", kind: (1n << 32n) + 1n, quantity: 1n, slot: 60 + i } as const;
    });
    expect(() => run.tracer.batch(1, effects)).toThrow("group-whole");
  });

  test("is refused if its trace was altered before the cut", () => {
    const dir = fresh();
    const [first] = twoCommits(dir);
    const whole = traceOf(dir);
    writeFileSync(pathIn(dir, "trace"), whole.replace('"clock":3', '"clock":4'));
    expect(() => openRun(dir, options)).toThrow(/^transition \d+ clock/);
    writeFileSync(pathIn(dir, "trace"), whole.replace(/("checkpoint":\d+,"root":")\d+/, "$11"));
    expect(() => openRun(dir, { ...options, upTo: first })).toThrow(`checkpoint ${first} root`);
    writeFileSync(pathIn(dir, "trace"), whole.replace('"levels":3', '"levels":2'));
    expect(() => openRun(dir, options)).toThrow("levels");
  });

  test("a run of a scenario can be gone on with", async () => {
    const dir = fresh();
    const scenario = { name: "s", description: "", genesis: () => GENESIS };
    await runScenario({ ...scenario, run: (tracer) => perform({ tracer }, ASKED.slice(0, 60)) }, { out: dir });
    {
      using run = openRun(dir);
      perform(run, ASKED.slice(60));
      run.commit();
    }
    expect(replayDirectory(dir).map.root()).toBe(inOneGo(ASKED).root());
    truncateSync(pathIn(dir, "trace"), 10);
    expect(() => openRun(dir)).toThrow("line 1");
  });
});

describe("a tracer that keeps no groups", () => {
  test("hands them on, in order", () => {
    const groups: unknown[] = [];
    const tracer = Tracer.from(GENESIS, { keepGroups: false, onGroup: (group) => groups.push(group) });
    perform({ tracer }, ASKED);
    expect(groups).toEqual(inOneGo(ASKED).groups);
    expect(tracer.groups).toEqual([]);
  });

  test("meets again those that it met before it had a key", () => {
    const asked: [number, Parameters<Tracer["perform"]>[1]][] = [
      [2, { effect: "CreateProgram", inbox: 48, authority: "open" }],
      [2, { effect: "Issue", kind: (2n << 32n) + 1n, quantity: 5n, slot: 10 }],
      [2, { effect: "EscrowToProgram", from: 10, to: { program: 9, slot: 50 }, deadline: 0 }],
      [2, { effect: "RotateAuthority", authority: authority(1) }],
      [9, { effect: "DeclareEntry", slot: 1, name: "f", nargs: 0, accepts: 0n, minimum: 0n, guarded: false }],
      [2, { effect: "InvokeProgram", program: 9, name: "f", args: [] }],
      [2, { effect: "InvokeProgram", program: 9, name: "f", args: [] }],
    ];
    const told = [true, false].map((keepGroups) => {
      const tracer = Tracer.from(GENESIS, { keepGroups });
      return asked.map(([actor, effect]) => tracer.perform(actor, effect, 1).map((row) => row.effect));
    });
    expect(told[0]?.slice(-2)).toEqual([["InvokeProgram"], ["InvokeProgram"]]);
    expect(told[1]?.slice(-2)).toEqual([["JoinWith", "InvokeProgram"], ["InvokeProgram"]]);
  });
});
