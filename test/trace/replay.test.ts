/** A replay recomputes the root at some checkpoints. It still names the first wrong transition. */
import { expect, test } from "vitest";
import { type ReplayOptions, replay } from "../../trace/replay/replay.ts";
import { type Checkpoint, recordOf, type TraceRecord } from "../../trace/run/traceLines.ts";
import { CHECKPOINT_EVERY } from "../../trace/run/traceWriter.ts";
import { type Genesis, openPrograms } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD } from "../lib/build.ts";

const GENESIS: Genesis = { levels: 1, cells: openPrograms(1, 128) };
const GROUPS = CHECKPOINT_EVERY + 10;

/** Groups of two, which issue and retire in turns, and their checkpoints, as a writer leaves them. */
function traced(): { records: TraceRecord[]; checkpoints: Checkpoint[] } {
  const checkpoints: Checkpoint[] = [];
  const tracer = Tracer.from(GENESIS, {
    onGroup: (group, map) => checkpoints.push({ checkpoint: group.at(-1)?.seq ?? 0, root: map.root() }),
  });
  for (let i = 0; i < GROUPS; i++) {
    const issue = (slot: number) => ({ effect: "Issue", kind: GOLD, quantity: 7n, slot }) as const;
    const retire = (slot: number) => ({ effect: "Retire", slot }) as const;
    tracer.batch(1, i % 2 === 0 ? [issue(1), issue(2)] : [retire(1), retire(2)]);
  }
  return { records: tracer.transitions.map(recordOf), checkpoints };
}

const trace = traced();

/** The checkpoints at which the root was recomputed. */
function recomputed(given: typeof trace, options: ReplayOptions = {}): number[] {
  const seen: number[] = [];
  for (const _ of replay(GENESIS, given, { ...options, onCheckpoint: ({ checkpoint }) => seen.push(checkpoint) }));
  return seen;
}

test("the root is recomputed at the first, the last and every 256th transition, or with everyRoot at all checkpoints", () => {
  const last = 2 * GROUPS;
  expect(recomputed(trace)).toEqual([2, 2 + CHECKPOINT_EVERY, 2 + 2 * CHECKPOINT_EVERY, last]);
  expect(recomputed(trace, { everyRoot: true })).toEqual(trace.checkpoints.map(({ checkpoint }) => checkpoint));
});

test("a wrong state is reported at the transition where it begins", () => {
  const records = trace.records.map((record) => (record.seq === 5 ? { ...record, quantity: 8n } : record));
  const expected = expect.objectContaining({ field: "checkpoint 6 root" });
  expect(() => recomputed({ ...trace, records })).toThrow(expected);
  expect(() => recomputed({ ...trace, records }, { everyRoot: true })).toThrow(expected);
});

test("a wrong root in a right trace is found at a recomputed checkpoint", () => {
  const wrong = (index: number) => trace.checkpoints.map((given, i) => (i === index ? { ...given, root: 1n } : given));
  for (const index of [0, CHECKPOINT_EVERY / 2, GROUPS - 1]) {
    const field = `checkpoint ${trace.checkpoints[index]?.checkpoint} root`;
    expect(() => recomputed({ ...trace, checkpoints: wrong(index) })).toThrow(expect.objectContaining({ field }));
  }
  const between = { ...trace, checkpoints: wrong(3) };
  expect(recomputed(between)).toHaveLength(4);
  expect(() => recomputed(between, { everyRoot: true })).toThrow(/^checkpoint 8 root/);
});
