/** `prove` is interrupted several times. Finished bundles stay valid, and the next call goes on after them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { freshRun } from "../lib/provenRun.ts";
import { cli, json } from "./cli.ts";

/** Names of the bundles. Unfinished files have other names. */
function bundlesIn(dir: string): string[] {
  const folder = proofsIn(dir);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
}

/** Proves until there is one bundle more than before, and a while longer, so that the next batches are under way. */
async function interrupted(dir: string, signal: NodeJS.Signals) {
  const before = bundlesIn(dir).length;
  return await cli(["prove", dir, "--jobs", "2"], {
    onStarted: (kill) => {
      const timer = setInterval(() => {
        if (bundlesIn(dir).length <= before) return;
        clearInterval(timer);
        setTimeout(() => kill(signal), 100);
      }, 20);
    },
  });
}

test("prove is killed, interrupted and then run to the end", async () => {
  const dir = await freshRun(EVERYTHING);
  const lock = join(dir, ".lock");

  await interrupted(dir, "SIGKILL");
  const afterKill = bundlesIn(dir);
  const kept = afterKill.length;
  expect(kept).toBeGreaterThan(0);
  // A killed process loses no bundle. Its lock and its unfinished files do not stop the next process.
  expect(existsSync(lock)).toBe(true);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true });

  const { code, stderr } = await interrupted(dir, "SIGINT");
  expect(code).toBe(130);
  expect(existsSync(lock)).toBe(false);
  const afterInterrupt = bundlesIn(dir);
  const both = afterInterrupt.length;
  expect(both).toBeGreaterThan(kept);
  expect(afterInterrupt.slice(0, kept)).toEqual(afterKill);
  const told = /interrupted; (\d+) of \d+ batches proven and kept; run the same command again for the rest\n$/.exec(
    stderr,
  );
  expect(Number(told?.[1])).toBe(both);

  const { answer } = await json(["prove", dir, "--jobs", "2"]);
  const { batches } = answer as unknown as { batches: number };
  expect(batches).toBeGreaterThan(both);
  expect(answer).toMatchObject({ ok: true, jobs: 2, skipped: both, proven: batches - both, stale: [] });
  expect(bundlesIn(dir).slice(0, both)).toEqual(afterInterrupt);
  expect(bundlesIn(dir)).toEqual(answer.bundles);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: answer.transitions } });
});
