/** Several batches are proven at once, with known proofs. The files on disk are always the beginning of one chain. */
import { readdir, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { proveDirectory, UnprovenError } from "../../prover/prove.ts";
import type { Throughput } from "../../prover/proving/throughput.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { knownProofs } from "../lib/knownProofs.ts";
import { provenRun } from "../lib/provenRun.ts";

const bundlesIn = async (dir: string) => (await readdir(proofsIn(dir))).sort();

test("an invalid proof ends the work at its batch, and the next call goes on from there", async () => {
  const dir = await provenRun();
  const names = await bundlesIn(dir);
  const good = await knownProofs(dir);
  const bad = await knownProofs(dir, async (proven, batch, [first]) => {
    await sleep(20);
    return batch === 2 ? { ...proven, proof: first?.proof ?? proven.proof } : proven;
  });
  for (const name of names.slice(1)) await rm(`${proofsIn(dir)}/${name}`);
  await expect(proveDirectory(dir, { engine: bad, jobs: 2 })).rejects.toThrow(UnprovenError);
  expect(await bundlesIn(dir)).toEqual(names.slice(0, 1));
  expect(bad).toMatchObject({ most: 1, closed: true });

  const heard: [number, number, Throughput | undefined][] = [];
  const report = await proveDirectory(dir, {
    engine: good,
    jobs: 1,
    onProgress: (stage, done, total, pace) => stage === "prove" && heard.push([done, total, pace]),
  });
  expect(report).toMatchObject({ jobs: 1, proven: 2, skipped: 1, bundles: names, engine: "known" });
  expect(good).toMatchObject({ asked: [2, 3], closed: true });
  expect(heard.map(([done, total]) => [done, total])).toEqual([0, 1, 2, 3].map((done) => [done, 3]));
  const [none, skipped, first, last] = heard.map(([, , pace]) => pace);
  expect([none, skipped]).toEqual([undefined, undefined]);
  // Two batches of one profile: the second is estimated to take as long as the first.
  expect(first?.secondsLeft).toBeCloseTo(first?.secondsPerBatch ?? 0, 9);
  expect(last?.secondsLeft).toBe(0);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 17 } });
});
