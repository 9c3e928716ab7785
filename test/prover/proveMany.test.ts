/**
 * Several batches under way at once, with known proofs: what happens to them when the work is stopped, and who else may
 * work there.
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

test("stopped while one is proven: that one is kept, the next is dropped; nobody else writes meanwhile", async () => {
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
  // The lock is given back after a failure too, and does not keep anybody from reading.
  using _lock = lockRun(dir, "prove");
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 16 } });
});
