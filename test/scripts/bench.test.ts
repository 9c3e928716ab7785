/** The benchmark measures full batches, and its plot is readable. */

import { expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { circuitInput } from "../../prover/batches/circuitInput.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { checkWitness } from "../../prover/witness/witness.ts";
import { batchOn, grownGenesis } from "../../scripts/bench/growth.ts";
import { plot } from "../../scripts/bench/plot.ts";
import { mixedTrace } from "../../scripts/bench/replay.ts";
import { effectStream, measureTracing, tracingText } from "../../scripts/bench/tracing.ts";
import { measureWays, waysText } from "../../scripts/bench/tracingWays.ts";
import { fullBatch } from "../../scripts/bench/workload.ts";
import { jsonFile } from "../../scripts/lib/output.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { PROFILE } from "../lib/profile.ts";

test.each(PROFILES.map((profile) => [profile.name, profile] as const))("a batch fills %s", (_name, profile) => {
  const { span, input } = fullBatch(profile);
  expect(span.count).toBe(profile.rows);
  expect((input.entryActive as bigint[]).filter((bit) => bit === 1n)).toHaveLength(profile.signatures);
});

test("the circuit accepts it", async () => {
  const { circuit } = await artifactsOf(PROFILE);
  expect(await checkWitness(circuit, circuitInput(fullBatch(PROFILE).input))).toEqual({ ok: true });
});

test("a map with a given number of cells, and a batch that leaves it unchanged", () => {
  for (const cells of [100, 1_000]) {
    const genesis = grownGenesis(cells);
    expect(genesis.cells).toHaveLength(cells);
    const map = mapOf(genesis);
    const root = map.root();
    expect(batchOn(map)).toHaveLength(PROFILE.rows);
    expect(map.root()).toBe(root);
  }
});

test("the replayed trace has groups and single effects", async () => {
  const { transitions } = await runScenario(mixedTrace(100));
  expect(transitions.length).toBeGreaterThanOrEqual(100);
  const grouped = transitions.filter(({ group }) => group !== 0).length;
  expect(grouped).toBeGreaterThan(transitions.length / 3);
  expect(grouped).toBeLessThan(transitions.length / 2);
});

test("the traced stream has calls with and without a coin, and every sort of move", async () => {
  const sorts = new Set([...effectStream(16, 8)].map(({ effect }) => effect.effect));
  expect([...sorts].sort()).toEqual([
    "ClaimFromProgram",
    "CreateProgram",
    "DeclareEntry",
    "DelegateCapability",
    "EscrowToProgram",
    "InvokeProgram",
    "Issue",
    "Merge",
    "Retire",
    "RevokeCapability",
    "Split",
  ]);
  const result = await measureTracing(2, 1, [PROFILE]);
  expect(result).toMatchObject({ transitions: 2_040, commits: 114 });
  expect(tracingText(result)).toContain("2040 transitions onto the disk in 114 commits");
});

test("escrows and claims are traced in each way, and replayed", async () => {
  const result = await measureWays(240, [PROFILE]);
  // Each program issues a coin first.
  expect(result.ways.map(({ workload, way, transitions }) => [workload, way, transitions])).toEqual(
    ["escrows", "swaps"].flatMap((workload) => [
      [workload, "scenario, --commit-every 1000", 240],
      [workload, "stream", 240],
      [workload, "scenario", 200],
    ]),
  );
  for (const { transitionsPerSecond, ratioToReplay } of result.ways) {
    expect(transitionsPerSecond).toBeGreaterThan(0);
    expect(ratioToReplay).toBeGreaterThan(0);
  }
  expect(waysText(result).split("\n")).toHaveLength(7);
});

test("a file of findings begins with the version of its layout, and holds big numbers as decimal texts", () => {
  const text = jsonFile({ date: "2026-01-01", engines: [{ seconds: 4.5 }], root: 2n ** 70n });
  expect(text).toMatch(/^\{\n {2}"schemaVersion": 1,\n/);
  expect(JSON.parse(text)).toEqual({
    ...{ schemaVersion: 1, date: "2026-01-01", engines: [{ seconds: 4.5 }], root: "1180591620717411303424" },
  });
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
