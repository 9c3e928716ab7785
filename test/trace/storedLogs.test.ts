/** What a store says of the logs of programs with keys: it never passes over what keeps one from being signed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSigning } from "../../prover/sign.ts";
import { Names } from "../../trace/describe/names.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { unsignable } from "../../trace/signing/signable.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { logBeginning } from "../../trace/store/storedLogs.ts";
import { secretOf } from "../lib/authorities.ts";
import { type Carelessness, carelessRun, keyNumber } from "../lib/carelessRun.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-logs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const STORE = { least: 0, segment: 20 };
const NAMES = new Names({ programs: {}, kinds: {}, functions: {}, slots: {} });

/**
 * The programs whose log begins behind each segment, or nowhere; and those that the groups up to there speak against.
 */
function judged(seed: number, careless: Carelessness): { begun: number[]; refused: number[] }[] {
  const dir = join(scratch, `run-${seed}`);
  const programs = Array.from({ length: carelessRun(dir, seed, 60, careless) }, (_, i) => i + 1);
  const { genesis, groups, trace } = replayDirectory(dir);
  using store = openCaughtUp(dir, STORE);
  return (store?.segments() ?? []).map((segment) => {
    const before = groups.filter((group) => (group[0]?.seq ?? 0) <= segment.last);
    return {
      begun: programs.filter((program) => store !== undefined && logBeginning(store, program, segment) !== undefined),
      refused: programs.filter(
        (program) => unsignable(genesis, before, program, lookUp(trace.triggers), NAMES) !== null,
      ),
    };
  });
}

test("a log that must not be signed has no beginning, and one that is in order has one", () => {
  const all = [8, 9].flatMap((seed) => judged(seed, { joins: 40, triggers: 20 }));
  expect(all.some(({ refused }) => refused.length > 0)).toBe(true);
  for (const { begun, refused } of all) expect(begun.filter((program) => refused.includes(program))).toEqual([]);
  for (const { begun, refused } of judged(1, { joins: 0, triggers: 0 })) {
    expect(refused).toEqual([]);
    // The others were made open, or are the open one of the genesis: they may take a key after they have acted.
    expect(begun.slice(0, 4)).toEqual([1, 2, 3, 4]);
  }
});

test("without a proof, signing shows and refuses the same with a store", async () => {
  const dir = join(scratch, "unproven");
  carelessRun(dir, 9, 40, { joins: 40, triggers: 20 });
  openCaughtUp(dir, STORE)?.[Symbol.dispose]();
  const { map } = replayDirectory(dir);
  for (const program of [1, 2, 3]) {
    const said = async (store: false | undefined) => {
      const options = { program: `${program}`, secret: secretOf(keyNumber(map, program)), now: 1_767_225_600, store };
      return await openSigning(dir, options).then(
        ({ report }) => report,
        (error: Error) => error.message,
      );
    };
    expect(await said(undefined)).toEqual(await said(false));
  }
});
