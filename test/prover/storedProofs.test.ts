/** Proving with a store: what was verified here is not read again, and everything else is as without a store. */
import { readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseBundle, readBundles } from "../../prover/bundles/bundle.ts";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { knownBundles } from "../../prover/batches/knownBundles.ts";
import { provingPlan } from "../../prover/batches/provingPlan.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { provenRun } from "../lib/provenRun.ts";

const store = { least: 0, segment: 4 };

test("what was verified before is not verified again, and the report is the same", async () => {
  const dir = await provenRun();
  const without = await proveDirectory(dir, { store: false });
  const first = await proveDirectory(dir, { store });
  const second = await proveDirectory(dir, { store });
  const told = ({ seconds: _seconds, ...report }: typeof first) => report;
  expect(told(first)).toEqual(told(without));
  expect(told(second)).toEqual(told(without));
  using open = openCaughtUp(dir, store);
  const plan = await provingPlan(dir, undefined, open);
  expect(plan.proven.map(({ name }) => name)).toEqual(without.bundles);
  expect([plan.batches, plan.stored]).toEqual([[], []]);
});
