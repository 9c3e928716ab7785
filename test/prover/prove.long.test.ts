import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { PROFILE } from "../lib/profile.ts";
import { freshRun } from "../lib/provenRun.ts";

test("a run with every sort of row is proven, verified and audited; a lost bundle is proven again", async () => {
  const dir = await freshRun(EVERYTHING);
  const first = await proveDirectory(dir);
  expect(first.proven).toBe(first.batches);
  expect(first.batches).toBeGreaterThan(3);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: first.transitions } });
  expect(await auditDirectory(dir)).toMatchObject({ ok: true, problems: [] });
  await rm(join(proofsIn(dir), first.bundles[1] ?? ""));
  expect(await verifyDirectory(dir)).toMatchObject({ ok: false });
  // Proofs are random, so the new bundle has another name. Its statement is the same.
  expect(await proveDirectory(dir, { engine: "snarkjs" })).toMatchObject({
    proven: 1,
    skipped: first.batches - 1,
    stale: [],
  });
  expect(await auditDirectory(dir)).toMatchObject({ ok: true, problems: [] });
});

/** Two effects alone, and twelve at once, which need the larger profile. */
const LARGE_GROUP: Scenario = {
  name: "large-group",
  description: "a group of twelve between two effects",
  genesis: () => ({ levels: PROFILE.levels, cells: openPrograms(1, 16) }),
  run(tracer) {
    const a = tracer.program(1);
    const issue = (slot: number) => ({ effect: "Issue", kind: kindOf(1, 1), quantity: 1n, slot }) as const;
    a.perform(issue(1));
    a.atomicBatch(Array.from({ length: 12 }, (_, i) => issue(20 + i)));
    a.perform(issue(2));
  },
};

test("a group that the first profile does not hold is proven with a larger one", async () => {
  const dir = await freshRun(LARGE_GROUP);
  const report = await proveDirectory(dir);
  expect(report.profiles).toEqual(["batch-8", "batch-64"]);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 14 } });
});
