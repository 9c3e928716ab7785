/** Questions to a run by its store: the same answers as by a replay. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import swap from "../../examples/escrowed-swap.ts";
import { historyOf, snapshotOf, stateAt } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { wholeState } from "../../trace/store/cellSums.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { StoredRun } from "../../trace/store/storedHistory.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { StoreFile } from "../../trace/store/storeFile.ts";
import { answersOf } from "../lib/asked.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { compareAnswers, storedRun } from "../lib/storedRun.ts";

describe("the answers by a store are those by a replay", () => {
  test.each([
    { scenario: seed, every: 4 },
    { scenario: EVERYTHING, every: 25 },
    { scenario: swap, every: 19 },
  ])("of the run $scenario.name", async ({ scenario, every }) => {
    expect(compareAnswers(await storedRun(scenario), every)).toBeGreaterThan(100);
  });

  test("where the store is behind the trace, and the trace is torn", async () => {
    const dir = await storedRun(seed, 6);
    const path = pathIn(dir, "trace");
    appendFileSync(path, '{"seq":16,"gro');
    compareAnswers(dir, 5);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(
      path,
      `${lines
        .slice(
          0,
          lines.findIndex((line) => line.startsWith('{"seq":12,')),
        )
        .join("\n")}\n`,
    );
    compareAnswers(dir, 5);
  });
});

describe("a store that is damaged is noticed", () => {
  test.each([
    "UPDATE cells SET words = x'0101ff01ff' WHERE address > 256",
    "DELETE FROM nodes",
    "UPDATE nodes SET digest = x'00'",
    "UPDATE segments SET programs = programs + 1",
    "DELETE FROM triggers",
    "UPDATE triggers SET mark = x'00'",
  ])("by a question about the state: %s", async (sql) => {
    const dir = await storedRun(EVERYTHING);
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

describe("all cells of a state", () => {
  const SUMS = "SELECT count(*) AS n FROM sums";

  test("are checked by one sum for each segment", async () => {
    const dir = await storedRun(EVERYTHING);
    using store = readableStore(dir);
    expect(store?.file.one(SUMS)?.n).toBe(store?.segments().length);
    for (const segment of store?.segments() ?? []) {
      const cells = store === undefined ? undefined : wholeState(store, segment);
      expect([...(cells?.keys() ?? [])]).toEqual([...(store?.stored(segment).addresses() ?? [])]);
    }
  });

  test("are read by the tree where the sums are none of this installation, or missing", async () => {
    for (const sql of ["UPDATE sums SET mark = zeroblob(16)", "DELETE FROM sums", "DROP TABLE sums"]) {
      const dir = await storedRun(seed);
      {
        using file = StoreFile.open(dir, true);
        file?.run(sql);
      }
      compareAnswers(dir, 7);
      using store = readableStore(dir);
      expect(store && wholeState(store, store.top)).toBeUndefined();
    }
  });

  test("are not believed if one is missing, added or another", async () => {
    for (const sql of [
      "DELETE FROM cells WHERE address = (SELECT max(address) FROM cells)",
      "INSERT INTO cells VALUES (65535, 1, x'0101ff01ff')",
      "UPDATE cells SET words = (SELECT words FROM cells WHERE address = 256) WHERE address = 512",
    ]) {
      const dir = await storedRun(EVERYTHING);
      {
        using file = StoreFile.open(dir, true);
        file?.run(sql);
      }
      using store = readableStore(dir);
      expect(() => store && wholeState(store, store.top), sql).toThrow(DamagedStoreError);
    }
  });
});
