/** What the benchmark measures is what it says: full batches, and a plot that can be read. */
import { expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { checkWitness } from "../../prover/witness.ts";
import { plot } from "../../scripts/bench/plot.ts";
import { fullBatch } from "../../scripts/bench/workload.ts";
import { PROFILE } from "../lib/profile.ts";

test.each(PROFILES.map((profile) => [profile.name, profile] as const))("a batch fills %s", (_name, profile) => {
  const { span, input } = fullBatch(profile);
  expect(span.count).toBe(profile.rows);
  expect((input.entryActive as bigint[]).filter((bit) => bit === 1n)).toHaveLength(profile.signatures);
});

test("the circuit accepts it", async () => {
  const { circuit } = await artifactsOf(PROFILE);
  expect(await checkWitness(circuit, fullBatch(PROFILE).input)).toEqual({ ok: true });
});

test("the plot shows every engine", () => {
  const engine = { profile: "batch-8", ratioToSnarkjs: 2, transitionsPerSecond: 2, peakMemoryMiB: 9 };
  const svg = plot(
    [
      { ...engine, engine: "wasm", seconds: 4 },
      { ...engine, engine: "snarkjs", seconds: 8 },
    ],
    "Proving",
  );
  expect(svg.match(/<rect/g)).toHaveLength(2);
  expect(svg).toContain("batch-8 · snarkjs");
  expect(svg).not.toContain("NaN");
});
