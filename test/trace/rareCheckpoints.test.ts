/** Traces with one checkpoint after many groups: a group of several rows is closed by what follows it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Single } from "../../trace/effects/effects.ts";
import { replay } from "../../trace/replay/replay.ts";
import { parseTrace } from "../../trace/run/traceReader.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith } from "../lib/build.ts";

const root = mkdtempSync(join(tmpdir(), "time-bandits-"));
afterAll(() => rmSync(root, { recursive: true }));

const GENESIS = genesisWith({ programs: 1, levels: 1, cells: [] });
const HEADER = { genesisRoot: mapOf(GENESIS).root(), levels: 1, profiles: [] };

/** Groups of one row, two, two, one, two and two. */
function traced(): Tracer {
  const tracer = Tracer.from(GENESIS);
  const issue = (slot: number): Single => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot });
  for (const [i, rows] of [1, 2, 2, 1, 2, 2].entries()) {
    const slot = 10 * (i + 1);
    if (rows === 1) tracer.perform(1, issue(slot), 10);
    else tracer.batch(1, [issue(slot), issue(slot + 1)], 10);
  }
  return tracer;
}

test("a torn trace with one checkpoint after many groups keeps whole groups, wherever it is cut", () => {
  const path = join(root, "together.jsonl");
  const many = traced();
  const writer = TraceWriter.create(path, HEADER);
  expect(() => writer.appendAll([many.groups[0] ?? [], many.groups[2] ?? []], () => 0n, many.triggers)).toThrow("seq");
  writer.appendAll(many.groups, () => many.root(), many.triggers);
  writer.appendAll([], () => 0n, many.triggers);
  writer.close(() => 0n);
  const written = readFileSync(path);
  const whole = parseTrace(written);
  expect(whole.checkpoints).toEqual([{ checkpoint: many.seq, root: many.root() }]);
  expect([...replay(GENESIS, whole)]).toEqual(many.groups);
  const ends = new Set<number>();
  for (let length = written.indexOf(0x0a) + 1; length < written.length; length++) {
    const trace = parseTrace(written.subarray(0, length));
    ends.add(trace.records.length);
    expect(trace.records).toEqual(whole.records.slice(0, trace.records.length));
    expect(trace.torn).toBe(trace.bytes !== length);
    expect(parseTrace(written.subarray(0, trace.bytes))).toEqual({ ...trace, torn: false, cut: 0 });
  }
  // A group of several rows is kept with what closes it: a group of one row, or the checkpoint.
  expect([...ends]).toEqual([0, 1, 6]);
});

test("a group of several rows that only says so is refused where it ends", () => {
  const path = join(root, "alone.jsonl");
  const many = traced();
  const writer = TraceWriter.create(path, HEADER);
  writer.appendAll(many.groups, () => many.root(), many.triggers);
  writer.close(() => 0n);
  const lines = readFileSync(path, "utf8").split("\n");
  const single = lines[2] ?? "";
  const alone = single.replace('"seq":2', '"seq":3').replace('"group":2', '"group":3');
  const checkpoint = (lines.at(-2) ?? "").replace('"checkpoint":10', '"checkpoint":2');
  for (const next of [alone, checkpoint.replace('"checkpoint":3', '"checkpoint":2')]) {
    const changed = [...lines.slice(0, 3), next, ""].join("\n");
    expect(() => parseTrace(Buffer.from(changed))).toThrow("one row only");
  }
});
