/**
 * A trace keeps the rows of a trigger before the group that sets the watch: inner ones first, each once.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { triggerDigest } from "../../trace/machine/group.ts";
import { replay } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { parseTrace } from "../../trace/run/traceReader.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";

const issue = (slot: number): Effect => ({ effect: "Issue", kind: GOLD, quantity: 2n, slot });
const watch = (slot: number, target: number, trigger: Effect[]): Effect => {
  const on = { target: { program: 1, slot: target }, condition: "arrival", kind: 0n, threshold: 0n } as const;
  return { effect: "WatchResource", slot, ...on, trigger };
};
const GENESIS = genesisWith({ programs: 1, levels: 1, cells: [resource([1, 1], GOLD, 9n)] });
const SCENARIO: Scenario = {
  name: "triggers",
  description: "a watch whose trigger sets another, and one with the same trigger as the inner one",
  genesis: () => GENESIS,
  run(tracer) {
    tracer.perform(1, issue(30), 1);
    tracer.perform(1, watch(5, 6, [watch(7, 8, [issue(9)])]), 2);
    tracer.batch(1, [watch(10, 11, [issue(9)]), watch(12, 13, [issue(14)])] as never, 3);
    tracer.perform(1, issue(6), 4);
    tracer.perform(1, issue(8), 5);
  },
};

let root = "";
let tracer: Tracer;
let bytes: Uint8Array;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "time-bandits-"));
  tracer = await runScenario(SCENARIO, { out: join(root, "run") });
  bytes = readFileSync(pathIn(join(root, "run"), "trace"));
});
afterAll(() => rmSync(root, { recursive: true }));

const lines = (): string[] => Buffer.from(bytes).toString("utf8").split("\n");

test("they stand before the group, inner ones first, each once, and are the rows that were applied", () => {
  const { triggers } = parseTrace(bytes);
  expect(
    [...triggers.values()].map((rows) => rows.map(({ effect, destination }) => [effect, destination & 255])),
  ).toEqual([[["Issue", 9]], [["WatchResource", 7]], [["Issue", 14]]]);
  for (const [digest, rows] of triggers) expect(triggerDigest(rows)).toBe(digest);
  expect(lines().map((line) => Object.keys(JSON.parse(line || "{}"))[0])).toEqual(
    [
      "format",
      "seq",
      "trigger",
      "trigger",
      "seq",
      "trigger",
      "seq",
      "seq",
      "checkpoint",
      "seq",
      "seq",
      "checkpoint",
    ].concat(
      lines()
        .slice(12)
        .map((line) => Object.keys(JSON.parse(line || "{}"))[0] as string),
    ),
  );
  expect(tracer.notes.filter(({ event }) => event === "applied")).toHaveLength(2);
});

test("they are cut off with their group, and written again with it", () => {
  const whole = parseTrace(bytes);
  const path = join(root, "torn.jsonl");
  for (let length = bytes.indexOf(0x0a) + 1; length <= bytes.length; length += 101) {
    writeFileSync(path, bytes.subarray(0, length));
    const { writer, trace } = TraceWriter.open(path);
    const watches = trace.records.filter(({ effect }) => effect === "WatchResource").length;
    expect(trace.triggers.size === 0).toBe(watches === 0);
    for (const group of tracer.groups) {
      if ((group[0]?.seq ?? 0) > trace.records.length)
        writer.append(group, () => rootAfter(group.at(-1)?.seq ?? 0), tracer.triggers);
    }
    writer.close(() => tracer.root());
    expect(parseTrace(readFileSync(path))).toEqual({ ...whole, bytes: readFileSync(path).length });
  }
});

function rootAfter(seq: number): bigint {
  let found = 0n;
  const steps = replay(GENESIS, parseTrace(bytes), {
    onGroup: (group, map) => {
      if (group.at(-1)?.seq === seq) found = map.root();
    },
  });
  for (let step = steps.next(); step.done !== true; step = steps.next());
  return found;
}

test.each([
  [
    "with changed rows",
    (all: string[]) => all.map((line, i) => (i === 2 ? line.replace('"quantity":"2"', '"quantity":"3"') : line)),
  ],
  ["written twice", (all: string[]) => [...all.slice(0, 3), all[2] as string, ...all.slice(3)]],
  ["within a group", (all: string[]) => [...all.slice(0, 5), ...all.slice(6, 7), all[5] as string, ...all.slice(7)]],
])("a trigger line %s is refused, and the message names the line", (_name, change) => {
  const changed = change(lines());
  expect(changed).not.toEqual(lines());
  expect(() => parseTrace(Buffer.from(changed.join("\n")))).toThrow(InvalidInputError);
  expect(() => parseTrace(Buffer.from(changed.join("\n")))).toThrow(/^line \d+ trigger/);
});
