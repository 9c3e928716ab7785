/** The examples are proven, verified and audited. The soak replays to the same root. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import soak, { outcomes } from "../../examples/soak.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { profileOf } from "../../prover/profiles.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { scenarioOf } from "../../scripts/lib/scenarios.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";

const folder = mkdtempSync(join(tmpdir(), "timebandits-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(["escrowed-swap", "order-book", "supply-chain", "job-market", "treasury"])("%s", async (name) => {
  const out = join(folder, name);
  await runScenario(await scenarioOf(name), { out, profiles: USUAL_PROFILES });
  // The fewest constraints for each transition of those whose keys are made within half a minute.
  const { proven, batches } = await proveDirectory(out, { profile: "batch-64" });
  expect(proven).toBe(batches);
  const report = await auditDirectory(out);
  expect(report.problems).toEqual([]);
  expect(report.ok).toBe(true);
  expect(report.counts.proven).toBe(report.counts.transitions);
});

test("ten thousand transitions of the soak replay, and fit into batches", async () => {
  const out = join(folder, "soak");
  const tracer = await runScenario(soak, { out, profiles: USUAL_PROFILES });
  expect(tracer.seq).toBeGreaterThan(10_000);
  expect(outcomes.rings).toBe(outcomes.anvil);
  const replayed = replayDirectory(out);
  expect(replayed.map.root()).toBe(tracer.root());
  const batches = [...batchesOf(tracer.groups, profileOf("batch-256"))];
  expect(batches.reduce((sum, { transitions }) => sum + transitions.length, 0)).toBe(tracer.seq);
});
