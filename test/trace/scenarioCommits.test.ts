/** A scenario's groups on disk: one by one, or by commits; and read again where they are not kept. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recordDirectory } from "../../prover/recording/record.ts";
import { escrowScenario } from "../../scripts/bench/escrows.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { kindOf } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn, readRun } from "../../trace/run/runDirectory.ts";
import { groupsOnDisk } from "../../trace/tracer/groupsOnDisk.ts";
import { KeptGroups, MOST_KEPT } from "../../trace/tracer/keptGroups.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";

const root = mkdtempSync(join(tmpdir(), "time-bandits-"));
afterAll(() => rmSync(root, { recursive: true }));
let dirs = 0;
const next = (): string => join(root, String(++dirs));

const SCENARIO = escrowScenario("swaps", 300);
const digestOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** The scenario, with something after it. */
const then = (after: Scenario["run"]): Scenario => ({
  ...SCENARIO,
  async run(tracer, options) {
    await SCENARIO.run(tracer, options);
    await after(tracer, options);
  },
});

describe("by commits", () => {
  test("the run is the same, with a checkpoint after each commit", async () => {
    const [single, together] = [next(), next()];
    const commits: number[] = [];
    const one = await runScenario(SCENARIO, { out: single });
    const other = await runScenario(SCENARIO, {
      out: together,
      commitEvery: 101,
      onCommit: (seq) => commits.push(seq),
    });
    expect(other.root()).toBe(one.root());
    const [a, b] = [readRun(single), readRun(together)];
    expect(b.trace.records).toEqual(a.trace.records);
    expect(b.trace.checkpoints.map(({ checkpoint }) => checkpoint)).toEqual(commits);
    expect(commits).toEqual([101, 202, 300]);
    expect(replayDirectory(together).groups).toEqual(one.groups);
  });

  test("before a commit nothing of it is on disk, and after it all of it", async () => {
    const out = next();
    const lastLines: (string | undefined)[] = [];
    const look = (): void => {
      lastLines.push(readFileSync(pathIn(out, "trace"), "utf8").trimEnd().split("\n").at(-1)?.split(",")[0]);
    };
    const scenario = then((tracer) => {
      const issue = (): void => {
        tracer.program(1).issue({ kind: kindOf(1, 7), quantity: 1n });
      };
      look();
      for (let i = 0; i < 49; i++) issue();
      look();
      issue();
      look();
    });
    await runScenario(scenario, { out, commitEvery: 50 });
    expect(lastLines).toEqual(['{"checkpoint":300', '{"checkpoint":300', '{"checkpoint":350']);
  });

  test("what was traced before a refusal is on disk", async () => {
    const out = next();
    const refused = then((tracer) => {
      tracer.program(1).retire({ slot: 200 });
    });
    await expect(runScenario(refused, { out, commitEvery: 1_000 })).rejects.toThrow(RefusedError);
    expect(readRun(out).trace.records).toHaveLength(300);
  });

  test("a number of transitions that is none is refused before anything is written", async () => {
    for (const commitEvery of [0, -1, 1.5, Number.NaN]) {
      const out = next();
      await expect(runScenario(SCENARIO, { out, commitEvery })).rejects.toThrow(InvalidInputError);
      expect(existsSync(out)).toBe(false);
    }
    await runScenario(SCENARIO, { out: next(), commitEvery: 1 });
  });
});

test("a scenario's trace has the bytes that earlier versions of this program wrote", async () => {
  const digests = [];
  for (const workload of ["escrows", "swaps"] as const) {
    const out = next();
    await runScenario(escrowScenario(workload, 260), { out });
    digests.push(digestOf(pathIn(out, "trace")));
  }
  expect(digests).toEqual([
    "77c4cee1fbe999989a94c58b422412d64fa3704c31509f4fb87fc95e3ece7311",
    "d64324ff4398a81a5fbbc6c2ef102b39845029f7e5ef4ed3c386765e86ac406c",
  ]);
});

describe("groups that can be read again", () => {
  const group = (last: number, rows: number): Transition[] => new Array(rows).fill({ seq: last });
  const half = MOST_KEPT / 2;

  test("are kept up to a number of transitions, and dropped beyond it", () => {
    const asked: number[] = [];
    const read = (seq: number): Transition[][] => {
      asked.push(seq);
      return [group(half, half), group(2 * half, half)];
    };
    const few = new KeptGroups({ upTo: read });
    for (const last of [half, 2 * half]) few.add(group(last, half));
    expect(few.all()).toHaveLength(2);
    expect(asked).toEqual([]);

    const many = new KeptGroups({ upTo: read });
    for (const last of [half, 2 * half]) many.add(group(last, half));
    many.add(group(2 * half + 1, 1));
    expect(many.all().map((each) => each[0]?.seq)).toEqual([half, 2 * half, 2 * half + 1]);
    expect(asked).toEqual([2 * half]);
    many.add(group(2 * half + 2, 1));
    expect(many.all()).toHaveLength(4);
    expect(asked).toHaveLength(1);
  });

  test("stay where somebody has the list, or where they cannot be read", () => {
    const given = new KeptGroups({ upTo: () => [] });
    const list = given.all();
    const kept = new KeptGroups();
    for (const groups of [given, kept]) for (let i = 1; i < 5; i++) groups.add(group(i * half, half));
    expect(list).toHaveLength(4);
    expect(kept.all()).toHaveLength(4);
  });

  test("are those of the run, wherever it was moved, also where they wait for a commit", async () => {
    const [out, moved] = [next(), next()];
    let place = out;
    let waiting: number[] = [];
    const options = { out, movedTo: () => place, commitEvery: 1_000 };
    const tracer = await runScenario(
      then((running) => {
        waiting = [groupsOnDisk(out, 0).length];
        running.program(1).issue({ kind: kindOf(1, 7), quantity: 1n });
      }),
      options,
    );
    renameSync(out, moved);
    place = moved;
    expect(waiting).toEqual([0]);
    expect(groupsOnDisk(place, tracer.seq)).toEqual(tracer.groups);
  });

  test("a run that replaces another has its groups where it is then", async () => {
    const dir = next();
    await recordDirectory(dir, SCENARIO);
    let groups = 0;
    const onGroup = (): void => {
      groups++;
    };
    const tracer = await recordDirectory(dir, escrowScenario("escrows", 250), {
      force: true,
      commitEvery: 64,
      onGroup,
    });
    expect(tracer.groups).toHaveLength(groups);
    expect(groupsOnDisk(dir, tracer.seq)).toEqual(tracer.groups);
  });
});
