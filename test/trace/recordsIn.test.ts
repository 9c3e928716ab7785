import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordsIn } from "../../trace/run/recordsIn.ts";
import { pathIn, readRun } from "../../trace/run/runDirectory.ts";
import { createRunStream } from "../../trace/tracer/appendRun.ts";
import { GOLD, genesisWith } from "../lib/build.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

test("records are found wherever they lie in a trace, without reading what is before them", async () => {
  const dir = join(await temporaryFolder(), "run");
  const run = createRunStream(dir, genesisWith({ programs: 2 }));
  for (let i = 0; i < 300; i++) {
    run.tracer.perform(1, { effect: "Issue", kind: GOLD, quantity: 5n, slot: 1 }, i);
    run.tracer.batch(
      1,
      [
        { effect: "Retire", slot: 1 },
        { effect: "Issue", kind: GOLD, quantity: 1n, slot: 2 },
      ],
      i,
    );
    run.tracer.perform(1, { effect: "Retire", slot: 2 }, i);
    if (i % 7 === 0) run.commit();
  }
  run.commit();
  run.close();
  const path = pathIn(dir, "trace");
  const { records } = readRun(dir).trace;
  expect(records).toHaveLength(1_200);
  for (let first = 1; first <= records.length; first += 37) {
    const last = Math.min(records.length, first + (first % 90));
    expect(recordsIn(path, first, last)).toEqual(records.slice(first - 1, last));
  }
  expect(recordsIn(path, 1, 1_200)).toEqual(records);
  expect(recordsIn(path, 1_200, 1_200)).toEqual(records.slice(-1));
  expect(recordsIn(path, 5, 4)).toEqual([]);
  expect(() => recordsIn(path, 1_200, 1_201)).toThrow("transitions 1200 to 1201 are not all in the trace");
  // A line that was torn at the end is not looked at.
  appendFileSync(path, '{"seq":1201,"gro');
  expect(recordsIn(path, 1_199, 1_200)).toEqual(records.slice(-2));
  expect(() => recordsIn(path, 1_201, 1_201)).toThrow("are not all in the trace");
  writeFileSync(path, "");
  expect(() => recordsIn(path, 1, 1)).toThrow("are not all in the trace");
});
