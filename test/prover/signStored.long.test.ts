/** Signing with a store: the same is signed, shown and refused as with a replay of the whole run. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { storedPlan } from "../../prover/batches/signingPlan.ts";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { openSigning } from "../../prover/sign.ts";
import { standInBundles } from "../../scripts/bench/grownRun.ts";
import { Names } from "../../trace/describe/names.ts";
import { keyIn } from "../../trace/effects/found.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { unsignable } from "../../trace/signing/signable.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { StoreFile } from "../../trace/store/storeFile.ts";
import { openRun } from "../../trace/tracer/appendRun.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { type Carelessness, carelessRun, keyNumber } from "../lib/carelessRun.ts";
import { PROFILE, USUAL_PROFILES } from "../lib/profile.ts";

// Only tests that take long have a process of their own, so only they may replace modules.
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

const scratch = mkdtempSync(join(tmpdir(), "timebandits-sign-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const STORE = { least: 0, segment: 25 };
const NOW = 1_767_225_600;
/** The program that is open in the genesis. */
const OPEN = 5;

async function proven(seed: number, careless: Carelessness, left = 4): Promise<{ dir: string; programs: number }> {
  const dir = join(scratch, `run-${seed}-${careless.joins}-${careless.triggers}-${left}`);
  const programs = carelessRun(dir, seed, 100, careless);
  await standInBundles(dir, PROFILE, left, () => undefined, STORE);
  return { dir, programs };
}

/** What signing says, and all that it shows. */
async function said(dir: string, program: number, key: number, store: false | undefined) {
  try {
    const { report, triggers, names, manifest } = await openSigning(dir, {
      ...{ program: String(program), secret: secretOf(key), now: NOW, store },
    });
    const set = report.signed.flatMap(({ transitions }) => transitions.map(({ argument }) => argument.trigger));
    const rows = set.map((digest) => (digest === undefined ? undefined : triggers(digest)));
    return { report, rows, names, manifest };
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return { error: error.message };
  }
}

/** Compares the first programs. @returns those whose past was not read */
async function requireSame(dir: string, programs: number): Promise<number[]> {
  const { map } = replayDirectory(dir);
  const begun: number[] = [];
  for (let program = 1; program <= Math.min(programs, 5); program++) {
    // One of the programs is asked for with another's key.
    const key = program === 4 ? 39 : keyNumber(map, program);
    expect(await said(dir, program, key, undefined), `${program}`).toEqual(await said(dir, program, key, false));
    using store = readableStore(dir);
    const plan = store && (await storedPlan(dir, store));
    if (plan?.beginningOf(program) !== undefined) begun.push(program);
  }
  return begun;
}

/** Programs of whose history before the last bundle the replay says that it must not be signed. */
function refused(dir: string, programs: number): number[] {
  const { genesis, groups, trace } = replayDirectory(dir);
  const names = new Names({ programs: {}, kinds: {}, functions: {}, slots: {} });
  return Array.from({ length: programs }, (_, i) => i + 1).filter(
    (program) => unsignable(genesis, groups, program, lookUp(trace.triggers), names) !== null,
  );
}

describe("a careful run", () => {
  let run: { dir: string; programs: number };
  beforeAll(async () => {
    run = await proven(1, { joins: 0, triggers: 0 });
  });

  test("is signed from the store, as without", async () => {
    expect(refused(run.dir, run.programs)).toEqual([]);
    expect(readdirSync(proofsIn(run.dir)).length).toBeGreaterThan(5);
    // Programs that acted without a key and took one later are read from the beginning.
    expect((await requireSame(run.dir, run.programs)).slice(0, 3)).toEqual([1, 2, 3]);
  });

  test("is replayed where the records of a log are not what was stored", async () => {
    const { dir } = run;
    const { map } = replayDirectory(dir);
    const program = [1, 2, 3, 4].find((one) => keyNumber(map, one) !== one) ?? 1;
    const key = keyNumber(map, program);
    const whole = await said(dir, program, key, false);
    expect(whole).not.toHaveProperty("error");
    for (const sql of [
      "UPDATE logs SET doubt = 1 - doubt",
      "UPDATE logs SET bound = zeroblob(32)",
      "DELETE FROM logs WHERE seq = (SELECT max(seq) FROM logs)",
      "DELETE FROM logs",
      "DELETE FROM met",
    ]) {
      using file = StoreFile.open(dir, true);
      file?.run("BEGIN");
      file?.run(sql);
      file?.run("COMMIT");
      expect(await said(dir, program, key, undefined), sql).toEqual(whole);
    }
  });
});

test("without proofs it is the same", async () => {
  for (const left of [1_000]) {
    const { dir, programs } = await proven(2, { joins: 0, triggers: 0 }, left);
    await requireSame(dir, programs);
  }
});

test("a program that acted before it had a key is read from its beginning", async () => {
  const { dir } = await proven(12, { joins: 0, triggers: 0 });
  const beginning = async () => {
    using store = readableStore(dir);
    return store && (await storedPlan(dir, store))?.beginningOf(OPEN);
  };
  {
    using run = openRun(dir, { profiles: USUAL_PROFILES, store: { ...STORE, segment: 1_000 } });
    expect(keyIn(run.tracer.map, OPEN)).toBe(0n);
    run.tracer.perform(OPEN, { effect: "RotateAuthority", authority: authority(20) }, run.tracer.at);
    run.commit();
  }
  expect(await beginning()).toBeUndefined();
  expect(await said(dir, OPEN, 20, undefined)).toEqual(await said(dir, OPEN, 20, false));
});

describe("what a replay refuses is refused", () => {
  test.each([8, 9, 16])("where joins and triggers are left out (seed %i)", async (seed) => {
    const { dir, programs } = await proven(seed, { joins: 30, triggers: 15 });
    const never = refused(dir, programs);
    expect(never.filter((program) => program <= 5).length).toBeGreaterThan(0);
    expect((await requireSame(dir, programs)).length).toBeGreaterThan(0);
  });
});
