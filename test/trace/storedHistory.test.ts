/** Questions to a run by its store: the same answers as by a replay. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import swap from "../../examples/escrowed-swap.ts";
import market from "../../examples/job-market.ts";
import book from "../../examples/order-book.ts";
import chain from "../../examples/supply-chain.ts";
import treasury from "../../examples/treasury.ts";
import { historyOf, snapshotOf, stateAt } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { StoredRun } from "../../trace/store/storedHistory.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { StoreFile } from "../../trace/store/storeFile.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { answersOf } from "../lib/asked.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-asked-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;

/** Traces a scenario, and makes the store of its run. */
async function stored(scenario: Scenario, segment = 4): Promise<string> {
  const dir = join(scratch, `run-${++made}`);
  await runScenario(scenario, { out: dir });
  makeStore(dir, segment);
  return dir;
}

function makeStore(dir: string, segment: number): void {
  using _lock = lockRun(dir, "test");
  using store = openCaughtUp(dir, { least: 0, segment });
  expect(store?.top.last).toBeGreaterThan(0);
}

/** Compares all answers at some moments. @returns their number */
function compare(dir: string, every: number): number {
  const replayed = replayDirectory(dir);
  const told = historyOf(replayed, replayed.manifest);
  const moments = [0, undefined, ...told.transitions.flatMap(({ seq }) => (seq % every === 0 ? [seq] : []))];
  using store = readableStore(dir);
  if (store === undefined) throw new Error("there is no store");
  const run = new StoredRun(dir, store);
  const history = run.history(run.manifest);
  const [slow, fast] = [answersOf(told, told, moments), answersOf(told, history, moments)];
  for (const [question, answer] of slow) expect(fast.get(question), question).toEqual(answer);
  expect(run.torn).toBe(replayed.trace.torn);
  run.requireSound();
  return slow.size;
}

describe("the answers by a store are those by a replay", () => {
  test.each([
    [seed, 1],
    [EVERYTHING, 7],
    [swap, 9],
    [market, 23],
    [book, 41],
    [chain, 23],
    [treasury, 31],
  ])("of the run $0.name", async (scenario, every) => {
    expect(compare(await stored(scenario), every)).toBeGreaterThan(100);
  });

  test("where the store is behind the trace, and the trace is torn", async () => {
    const dir = await stored(seed, 6);
    const path = pathIn(dir, "trace");
    appendFileSync(path, '{"seq":16,"gro');
    compare(dir, 2);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, `${lines.slice(0, lines.findIndex((line) => line.startsWith('{"seq":12,'))).join("\n")}\n`);
    compare(dir, 1);
  });
});

describe("a store that is damaged is noticed", () => {
  test.each([
    "UPDATE cells SET words = x'0101ff01ff' WHERE address > 256",
    "DELETE FROM cells WHERE address > 256",
    "DELETE FROM nodes",
    "UPDATE nodes SET digest = x'00'",
    "UPDATE segments SET programs = programs + 1",
    "DELETE FROM triggers",
    "UPDATE triggers SET mark = x'00'",
  ])("by a question about the state: %s", async (sql) => {
    const dir = await stored(EVERYTHING);
    {
      using file = StoreFile.open(dir, true);
      file?.run(sql);
    }
    using store = readableStore(dir);
    if (store === undefined) return;
    const ask = () => {
      const run = new StoredRun(dir, store);
      const replayed = replayDirectory(dir);
      answersOf(historyOf(replayed, replayed.manifest), run.history(run.manifest), [3, undefined]);
      stateAt(snapshotOf(run.history(run.manifest)));
      run.requireSound();
    };
    expect(ask).toThrow(DamagedStoreError);
  });
});
