/** Withdrawing with a store: the same run is written, and the same is told, as with a replay of the whole run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { provingPlan } from "../../prover/batches/provingPlan.ts";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { signDirectory } from "../../prover/sign.ts";
import { withdrawDirectory } from "../../prover/withdraw.ts";
import { standInBundles } from "../../scripts/bench/grownRun.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { secretOf } from "../lib/authorities.ts";
import { carelessRun, keyNumber } from "../lib/carelessRun.ts";
import { changeStore } from "../lib/changeStore.ts";
import { PROFILE } from "../lib/profile.ts";
import { compareAnswers } from "../lib/storedRun.ts";

// A proof under a development key stands for no signature. Here it does, and the stand-in proofs hold.
vi.mock("../../prover/verifyingArtifacts.ts", async (original) => {
  const real = await original<typeof import("../../prover/verifyingArtifacts.ts")>();
  const trusted = <T extends { key: object } | null>(made: T): T =>
    made === null ? made : { ...made, key: { ...made.key, kind: "ceremony" } };
  return {
    ...real,
    verifyingArtifacts: async (...args: Parameters<typeof real.verifyingArtifacts>) =>
      trusted(await real.verifyingArtifacts(...args)),
    verifyingArtifactsHere: async (...args: Parameters<typeof real.verifyingArtifactsHere>) =>
      trusted(await real.verifyingArtifactsHere(...args)),
    verifyingArtifactsOf: async (...args: Parameters<typeof real.verifyingArtifactsOf>) =>
      trusted(await real.verifyingArtifactsOf(...args)),
  };
});
vi.mock("../../prover/bundles/checkBundle.ts", () => ({ checkBundle: async () => null }));

const scratch = mkdtempSync(join(tmpdir(), "timebandits-withdrawn-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);
const STORE = { least: 0, segment: 25 };
const NOW = 1_767_225_600;

/** A run whose first batches are proven, and of which some programs have signed. */
async function begun(seed: number, left: number, signing: readonly number[]): Promise<string> {
  const dir = fresh();
  carelessRun(dir, seed, 100, { joins: 0, triggers: 0 });
  const { map } = replayDirectory(dir);
  for (const program of signing) {
    const secret = secretOf(keyNumber(map, program));
    await signDirectory(dir, { program: String(program), secret, now: NOW, store: false }).catch((error) => {
      // Not every program of a run acts under its last key, or at all.
      if (!(error instanceof TimeBanditsError)) throw error;
    });
  }
  await standInBundles(dir, PROFILE, left, () => undefined, STORE);
  return dir;
}

/** What withdrawing says, and every file that it writes. */
async function withdrawn(dir: string, program: number, store: false | undefined) {
  const out = fresh();
  const notices: string[] = [];
  try {
    const use = store === false ? store : { onNotice: (text: string) => notices.push(text) };
    const report = await withdrawDirectory(dir, { program: String(program), out, store: use });
    return { out, notices, told: { report, files: filesIn(out) } };
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return { out, notices, told: { error: error.message } };
  }
}

function filesIn(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => !name.startsWith("store.sqlite") && statSync(join(dir, name)).isFile());
  return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(dir, name), "utf8")]));
}

test.each([
  { seed: 1, left: 4, signing: [1, 2] },
  { seed: 5, left: 1_000, signing: [1, 4] },
])("a run of seed $seed, without $left of its proofs", async ({ seed, left, signing }) => {
  const dir = await begun(seed, left, signing);
  const programs = replayDirectory(dir).map.programs();
  let written = 0;
  for (let program = 1; program <= Math.min(programs, 4); program++) {
    const [fast, slow] = [await withdrawn(dir, program, undefined), await withdrawn(dir, program, false)];
    expect(fast.told, `${program}`).toEqual(slow.told);
    expect(fast.notices).toEqual([]);
    if ("error" in fast.told) continue;
    written++;
    if (written === 1) expect(compareAnswers(fast.out, 1_000)).toBeGreaterThan(100);
    else replayDirectory(fast.out, { everyRoot: true });
  }
  expect(written).toBeGreaterThan(0);
});

test("the new run has the store of the old one, as far as both are the same, and the proofs that it knows", async () => {
  const dir = await begun(1, 4, [1, 2]);
  const { out, told } = await withdrawn(dir, 3, undefined);
  expect(told).not.toHaveProperty("error");
  {
    using store = readableStore(out);
    const first = Number("report" in told ? told.report?.from : 0);
    expect(store?.top.last).toBeGreaterThan(25);
    expect(store?.top.last).toBeLessThan(first);
  }
  using _lock = lockRun(out, "test");
  using store = openCaughtUp(out, STORE);
  const plan = await provingPlan(out, undefined, store);
  // Those behind the last state that both runs have are verified again.
  expect(plan.proven.length).toBeGreaterThan(5);
  expect(plan.proven.length).toBeLessThan(readdirSync(proofsIn(out)).length);
});

test.each([
  "UPDATE cells SET words = x'0101ff01ff'",
  "UPDATE nodes SET digest = zeroblob(32)",
  "UPDATE segments SET root = zeroblob(32)",
  "DELETE FROM triggers",
])("a damaged store is named, and the run is replayed: %s", async (sql) => {
  const dir = await begun(1, 4, [1, 2]);
  const slow = await withdrawn(dir, 3, false);
  changeStore(dir, sql);
  const { told, notices } = await withdrawn(dir, 3, undefined);
  expect(told).toEqual(slow.told);
  if (sql !== "DELETE FROM triggers") expect(notices).toHaveLength(1);
});
