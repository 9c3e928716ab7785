import { expect, test } from "vitest";
import { profileOf } from "../../prover/profiles.ts";
import { ThroughputEstimate } from "../../prover/proving/throughput.ts";
import { stageText } from "../../scripts/lib/progress.ts";

const [small, large] = [profileOf("batch-8"), profileOf("batch-64")];

test("the remaining time is estimated from proven batches by their size; building does not count", () => {
  let now = 0;
  const batches = [small, small, small, large].map((profile, i) => ({ profile, proven: i === 1 }));
  const pace = new ThroughputEstimate(batches, () => now);
  expect(pace.now()).toBeUndefined();
  now = 100;
  const first = pace.begun();
  now = 102;
  // Overlaps with the first, and counts from its end only.
  const third = pace.begun();
  now = 104;
  pace.proven(0, first);
  const weights = [small, large].map(({ rows, nodes }) => rows + nodes) as [number, number];
  expect(pace.now()).toEqual({ secondsPerBatch: 4, secondsLeft: (4 / weights[0]) * (weights[0] + weights[1]) });
  now = 110;
  pace.proven(2, third);
  expect(pace.now()).toEqual({ secondsPerBatch: 5, secondsLeft: (5 / weights[0]) * weights[1] });
  // Batch 1 counted as proven before. It is proven again now.
  pace.proven(1, 110);
  expect(pace.now()?.secondsLeft).toBeGreaterThan(0);
  now = 130;
  pace.proven(3, 110);
  expect(pace.now()?.secondsLeft).toBe(0);
});

test("the text rounds the estimate", () => {
  const left = (secondsLeft: number) => stageText("prove", 3, 12, { secondsPerBatch: 5.06, secondsLeft });
  expect(left(45.5)).toBe("proving: batch 4 of 12; 5.1 s a batch, about 46 s left");
  expect(left(600)).toContain("about 10 min left");
  expect(left(9_000)).toContain("about 2.5 h left");
  expect(stageText("prove", 0, 12)).toBe("proving: batch 1 of 12");
  expect(stageText("prove", 12, 12, { secondsPerBatch: 5, secondsLeft: 0 })).toBe("proving: batch 12 of 12");
  expect(stageText("points", 1, 4)).toBe("making the keys: points 25 %");
  expect(stageText("compile", 0, 1)).toBe("compiling the circuit");
});
