/** Questions to a run by its store: the same answers as by a replay. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import swap from "../../examples/escrowed-swap.ts";
import { COLUMNS } from "../../trace/machine/transition.ts";
import { historyOf, snapshotOf, stateAt } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { EMPTY_WORDS, type Words } from "../../trace/state/cells.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { putSum, wholeState } from "../../trace/store/cellSums.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { StoredRun } from "../../trace/store/storedHistory.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { StoreFile } from "../../trace/store/storeFile.ts";
import { answersOf } from "../lib/asked.ts";
import { changeStore } from "../lib/changeStore.ts";
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
    "UPDATE cells SET address = address + 0.5 WHERE address = (SELECT max(address) FROM cells)",
    "UPDATE cells SET address = -1 WHERE address = (SELECT max(address) FROM cells)",
  ])("by a question about the state: %s", async (sql) => {
    const dir = await storedRun(EVERYTHING);
    changeStore(dir, sql);
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

describe("a trigger that is not found", () => {
  test.each([
    "UPDATE triggers SET digest = zeroblob(32) WHERE digest = (SELECT max(digest) FROM triggers)",
    "UPDATE triggers SET digest = x'00ff' WHERE digest = (SELECT max(digest) FROM triggers)",
  ])("is missing from the table, where the table is not what was stored: %s", async (sql) => {
    const dir = await storedRun(EVERYTHING);
    const digests = [...replayDirectory(dir).trace.triggers.keys()];
    const look = () => {
      using store = readableStore(dir);
      if (store === undefined) throw new Error("there is a store");
      const run = new StoredRun(dir, store);
      return digests.map((digest) => run.history(run.manifest).triggers(digest));
    };
    expect(look().filter((rows) => rows === undefined)).toEqual([]);
    changeStore(dir, sql);
    expect(look).toThrow(DamagedStoreError);
  });

  test("is not in the trace, where the table is what was stored", async () => {
    const dir = await storedRun(EVERYTHING);
    using store = readableStore(dir);
    if (store === undefined) throw new Error("there is a store");
    const run = new StoredRun(dir, store);
    expect(run.history(run.manifest).triggers(12_345n)).toBeUndefined();
    run.requireSound();
  });
});

describe("a store that came from somebody else", () => {
  test.each([
    "CREATE TRIGGER more AFTER INSERT ON segments BEGIN DELETE FROM cells; END",
    "CREATE VIEW more AS SELECT 1",
    "ALTER TABLE cells ADD COLUMN more",
    "DROP TABLE met",
  ])("is refused if its tables are not ours: %s", async (sql) => {
    const dir = await storedRun(seed);
    changeStore(dir, sql);
    expect(() => StoreFile.open(dir, false)).toThrow(DamagedStoreError);
    expect(readableStore(dir)).toBeUndefined();
  });

  test("tells nothing of a text that was changed since", async () => {
    const dir = await storedRun(EVERYTHING);
    const path = pathIn(dir, "trace");
    const lines = readFileSync(path, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"effect":"CreateProgram"'));
    lines[at] = (lines[at] ?? "").replace(/"seq":\d/, '"seq":9');
    writeFileSync(path, lines.join("\n"));
    using store = readableStore(dir);
    if (store === undefined) throw new Error("the store does not look at earlier text when it is opened");
    const run = new StoredRun(dir, store);
    const history = run.history(run.manifest);
    const made = Number(/"peer":(\d+)/.exec(lines[at] ?? "")?.[1]);
    expect(() => history.past.makers([made], history.past.count)).toThrow(DamagedStoreError);
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

  test("are summed up as the machine read them, not as the table has them", async () => {
    const dir = await storedRun(EVERYTHING);
    const replayed = replayDirectory(dir);
    using _lock = lockRun(dir, "test");
    using store = openCaughtUp(dir, { least: 0, segment: 4 });
    if (store === undefined) return;
    const [before, top] = store.segments().slice(-2);
    if (before === undefined || top === undefined) throw new Error("there are two segments");
    const past = new Map<number, Words>();
    for (const t of replayed.groups.flat().filter(({ seq }) => seq > before.last && seq <= top.last))
      for (const column of COLUMNS) {
        const { address, before: words } = t.columns[column];
        if (address !== 0 && !past.has(address)) past.set(address, words);
      }
    const sum = () => store.file.one("SELECT sum FROM sums WHERE seq = ?", top.last)?.sum;
    const known = sum();
    store.file.run("UPDATE cells SET words = x'0101ff01ff' WHERE seq <= ?", before.last);
    store.file.run("DELETE FROM sums WHERE seq = ?", top.last);
    const cells = { cells: past.keys(), before: (address: number) => past.get(address) ?? EMPTY_WORDS };
    putSum(store, top, before, cells, snapshotOf(historyOf(replayed, replayed.manifest), top.last).map);
    expect(sum()).toEqual(known);
  });

  test("are read by the tree where the sums are none of this installation, or missing", async () => {
    for (const sql of ["UPDATE sums SET mark = zeroblob(16)", "DELETE FROM sums", "DROP TABLE sums"]) {
      const dir = await storedRun(seed);
      changeStore(dir, sql);
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
      changeStore(dir, sql);
      using store = readableStore(dir);
      expect(() => store && wholeState(store, store.top), sql).toThrow(DamagedStoreError);
    }
  });
});
