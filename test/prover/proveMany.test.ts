/**
 * Several batches are proven at once, with known proofs. Tested are an interruption in the middle and the lock of the
 * run directory.
 */
import { readdir, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { knownProofs } from "../lib/knownProofs.ts";
import { provenRun } from "../lib/provenRun.ts";

const bundlesIn = async (dir: string) => (await readdir(proofsIn(dir))).sort();

test("an interruption keeps the batch that is being proven and drops the next; other writers are refused meanwhile", async () => {
  const dir = await provenRun();
  const names = await bundlesIn(dir);
  const stop = new AbortController();
  const reason = new Error("stopped");
  let other: unknown;
  const engine = await knownProofs(dir, async (proven, batch) => {
    if (batch === 2) {
      other = await proveDirectory(dir, { engine }).catch((error: unknown) => error);
      await sleep(100);
      stop.abort(reason);
    }
    return proven;
  });
  for (const name of names.slice(1)) await rm(`${proofsIn(dir)}/${name}`);
  await expect(proveDirectory(dir, { engine, jobs: 2, signal: stop.signal })).rejects.toBe(reason);
  expect(other).toMatchObject({ code: "locked", message: expect.stringContaining(`process ${process.pid} (prove)`) });
  expect(engine.asked).toEqual([2]);
  expect(await bundlesIn(dir)).toEqual(names.slice(0, 2));
  // The lock is released after a failure too, and it does not prevent reading.
  using _lock = lockRun(dir, "prove");
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 16 } });
});
