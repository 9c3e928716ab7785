/** A map of five levels is proven with its own profile. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveDirectory } from "../../prover/prove.ts";
import { recordDirectory } from "../../prover/recording/record.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { WIDE_ROWS, wide } from "../lib/wideRun.ts";

test("one batch of programs that lie far apart", async () => {
  const dir = join(await temporaryFolder(), "run");
  await recordDirectory(dir, wide());
  expect(await proveDirectory(dir)).toMatchObject({ batches: 1, proven: 1, profiles: ["wide-40"] });
  expect(await auditDirectory(dir)).toMatchObject({ ok: true, counts: { proven: WIDE_ROWS } });
});
