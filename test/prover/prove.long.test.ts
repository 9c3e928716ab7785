import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundle.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { auditDirectory } from "../../verifier/audit.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { EVERYTHING } from "../lib/everything.ts";
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
  // Proofs are random, so the new bundle has another name; what it proves is the same.
  expect(await proveDirectory(dir)).toMatchObject({ proven: 1, skipped: first.batches - 1, stale: [] });
  expect(await auditDirectory(dir)).toMatchObject({ ok: true, problems: [] });
});
