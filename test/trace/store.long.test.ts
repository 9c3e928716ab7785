/** The store of a run: it has the states that a replay has, or it is not believed. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Asked, effectStream, streamGenesis } from "../../scripts/bench/tracing.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { type Genesis, keyedPrograms } from "../../trace/state/genesis.ts";
import type { StateSource } from "../../trace/state/stateSource.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { CheckedSource } from "../../trace/store/checkedSource.ts";
import { type StoreOptions, snapshots, sourceAt } from "../../trace/store/openStore.ts";
import { createRunStream, type OpenRun, openRun } from "../../trace/tracer/appendRun.ts";
import { anyEffect } from "../lib/anyEffect.ts";
import { authority } from "../lib/authorities.ts";
import { changeStore } from "../lib/changeStore.ts";
import { told } from "../lib/mapSource.ts";
import { PROFILE } from "../lib/profile.ts";
import { Random } from "../lib/random.ts";
import { withoutSqlite } from "../lib/withoutSqlite.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-store-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);

const PROGRAMS = 8;
const GENESIS = streamGenesis(PROGRAMS);
const ASKED = [...effectStream(8, PROGRAMS)];
const store: StoreOptions = { least: 0, segment: 20 };
const options = { profiles: [PROFILE], store };

function perform({ tracer }: Pick<OpenRun, "tracer">, asked: readonly Asked[]): void {
  for (const { actor, effect, at } of asked) tracer.perform(actor, effect, at);
}

/** A run of commits of 25 effects, with a store if wanted. */
function commits(dir: string, wanted: StoreOptions | false = store): void {
  using run = createRunStream(dir, GENESIS, { profiles: [PROFILE], store: wanted });
  for (let at = 0; at < ASKED.length; at += 25) {
    perform(run, ASKED.slice(at, at + 25));
    run.commit();
  }
}

const mapFrom = (source: StateSource, root: bigint): TimeMap => TimeMap.over(new CheckedSource(source, root));

/** Every snapshot of the store is the state that a replay reaches there. */
function requireSame(dir: string): number {
  const all = snapshots(dir);
  const states = new Map<number, object>();
  const note = (seq: number, map: TimeMap): void => {
    if (all.some((each) => each.seq === seq)) states.set(seq, told(map));
  };
  replayDirectory(dir, {
    onStart: (map) => note(0, map),
    onGroup: (group, map) => note(group.at(-1)?.seq ?? 0, map),
  });
  for (const { seq, root } of all) {
    using source = sourceAt(dir, seq);
    const replayed = states.get(seq);
    expect(told(mapFrom(source, root))).toEqual(replayed);
    expect(told(TimeMap.over(source))).toEqual(replayed);
  }
  return all.length;
}

describe("a store", () => {
  test("has the states of a replay, written while the run grew", () => {
    const dir = fresh();
    commits(dir);
    expect(requireSame(dir)).toBeGreaterThan(4);
  });

  test("has them too when it is made afterwards, and the run opened with it goes on as the whole one", () => {
    const [dir, whole] = [fresh(), fresh()];
    commits(whole, false);
    commits(dir, false);
    expect(existsSync(join(dir, "store.sqlite"))).toBe(false);
    openRun(dir, options).close();
    const count = requireSame(dir);
    expect(count).toBeGreaterThan(4);
    for (const each of [dir, whole]) {
      using run = openRun(each, each === dir ? options : { ...options, store: false });
      perform(run, [...effectStream(11, PROGRAMS)].slice(ASKED.length));
      run.commit();
    }
    expect(readFileSync(pathIn(dir, "trace"), "utf8")).toBe(readFileSync(pathIn(whole, "trace"), "utf8"));
    expect(requireSame(dir)).toBeGreaterThan(count);
    expect(replayDirectory(dir, { everyRoot: true }).map.root()).toBe(replayDirectory(whole).map.root());
  });

  test("is of the trace, not beyond it: a cut run has no states behind the cut", () => {
    const dir = fresh();
    commits(dir);
    const all = snapshots(dir);
    const [, , third = { seq: 0 }] = all;
    openRun(dir, { ...options, upTo: third.seq }).close();
    expect(snapshots(dir)).toEqual(all.slice(0, 3));
    openRun(dir, { ...options, upTo: 0 }).close();
    expect(snapshots(dir)).toEqual(all.slice(0, 1));
  });
});

/** What a run is after it was opened and something more was done. */
function goOn(dir: string, wanted: StoreOptions | false): string {
  const said: string[] = [];
  const with_ = wanted === false ? wanted : { ...wanted, onNotice: (text: string) => said.push(text) };
  for (let tries = 0; ; tries++) {
    try {
      using run = openRun(dir, { profiles: [PROFILE], store: with_ });
      perform(run, [...effectStream(9, PROGRAMS)].slice(ASKED.length));
      run.commit();
      break;
    } catch (error) {
      // Damage may be met only when the run is open. The next one who opens it makes the store again.
      expect([(error as { code?: string }).code, tries], String(error)).toEqual(["store", 0]);
    }
  }
  expect(said.every((text) => text.includes("store.sqlite was not used: "))).toBe(true);
  return readFileSync(pathIn(dir, "trace"), "utf8");
}

describe("a store that is not what it was is not believed:", () => {
  const whole = fresh();
  commits(whole);
  const bytes = readFileSync(join(whole, "store.sqlite"));
  const plain = fresh();
  commits(plain, false);
  const expected = goOn(plain, false);

  /** The run with another file in the place of its store. */
  function runWith(file: Uint8Array | undefined): string {
    const dir = fresh();
    mkdirSync(dir);
    for (const name of ["genesis", "trace", "manifest"] as const) copyFileSync(pathIn(whole, name), pathIn(dir, name));
    if (file !== undefined) writeFileSync(join(dir, "store.sqlite"), file);
    return dir;
  }
  /** The run with a store that was changed by a sentence of SQL. */
  function changed(sql: string): string {
    const dir = runWith(bytes);
    changeStore(dir, sql);
    return dir;
  }

  test("deleted, cut short, empty, or no database", () => {
    const garbage = Buffer.from("no database at all".repeat(400));
    for (const file of [undefined, bytes.subarray(0, 5_000), bytes.subarray(0, 70_000), Buffer.alloc(0), garbage]) {
      const dir = runWith(file);
      expect(goOn(dir, store)).toBe(expected);
      expect(requireSame(dir)).toBeGreaterThan(4);
    }
  });

  test.each([
    "UPDATE cells SET words = (SELECT words FROM cells AS other WHERE other.address <> cells.address LIMIT 1)",
    "UPDATE cells SET words = x'0101ffff'",
    "UPDATE cells SET words = x'ff'",
    "UPDATE cells SET seq = seq + 1",
    "DELETE FROM cells",
    "UPDATE nodes SET digest = (SELECT digest FROM nodes LIMIT 1)",
    "UPDATE nodes SET digest = x'00'",
    "DELETE FROM nodes WHERE node > 300",
    "UPDATE segments SET root = (SELECT root FROM segments LIMIT 1)",
    "UPDATE segments SET programs = programs + 1",
    "UPDATE segments SET at = at + 1",
    "UPDATE segments SET bytes = bytes - 1",
    "UPDATE segments SET last = last - 1 WHERE last > 0",
    "UPDATE segments SET mark = x'00'",
    "DELETE FROM segments WHERE last = 0",
    "DELETE FROM segments WHERE last > 0",
    "UPDATE about SET watches = 3",
    "UPDATE about SET levels = 4",
    "DELETE FROM about",
    "DROP TABLE cells",
    "PRAGMA user_version = 2",
  ])("%s", (sql) => {
    expect(goOn(changed(sql), store)).toBe(expected);
  });

  test("with flipped bits anywhere", () => {
    const random = new Random(5);
    for (let i = 0; i < 10; i++) {
      const file = Buffer.from(bytes);
      for (let flips = 0; flips < 60; flips++) {
        const at = random.below(file.length);
        file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
      }
      expect(goOn(runWith(file), store)).toBe(expected);
    }
  });

  test("of another installation: without its secret, a right store is made again", () => {
    const dir = runWith(bytes);
    const before = process.env.TIMEBANDITS_CACHE;
    process.env.TIMEBANDITS_CACHE = join(scratch, "elsewhere");
    try {
      expect(snapshots(dir)).toEqual([]);
      expect(goOn(dir, store)).toBe(expected);
      expect(requireSame(dir)).toBeGreaterThan(4);
    } finally {
      if (before === undefined) delete process.env.TIMEBANDITS_CACHE;
      else process.env.TIMEBANDITS_CACHE = before;
    }
  });

  test("of another trace: with another genesis, or with the same one and another history", () => {
    const other = fresh();
    {
      using run = createRunStream(other, streamGenesis(PROGRAMS + 1), options);
      perform(run, ASKED.slice(0, 100));
      run.commit();
    }
    expect(goOn(runWith(readFileSync(join(other, "store.sqlite"))), store)).toBe(expected);
    const same = fresh();
    {
      using run = createRunStream(same, GENESIS, options);
      for (const [i, asked] of ASKED.slice(0, 150).entries()) {
        // Another time from the middle on: the states are the same, the trace is not.
        perform(run, [{ ...asked, at: asked.at + (i > 60 ? 1 : 0) }]);
        if (i % 25 === 24) run.commit();
      }
    }
    const dir = runWith(readFileSync(join(same, "store.sqlite")));
    expect(goOn(dir, store)).toBe(expected);
    expect(requireSame(dir)).toBeGreaterThan(4);
  });

  test("newer than the trace, which was put back from a copy", () => {
    const dir = runWith(bytes);
    const text = readFileSync(pathIn(dir, "trace"), "utf8");
    const [, , , cut = { bytes: 0, seq: 0 }] = snapshots(dir);
    writeFileSync(pathIn(dir, "trace"), text.slice(0, cut.bytes));
    expect(snapshots(dir).at(-1)?.seq).toBe(cut.seq);
    using run = openRun(dir, options);
    expect(run.tracer.root()).toBe(replayDirectory(dir).map.root());
    expect(snapshots(dir).at(-1)?.seq).toBe(cut.seq);
  });
});

test("readers read while a writer writes, and two of them at once", () => {
  const dir = fresh();
  using run = createRunStream(dir, GENESIS, options);
  perform(run, ASKED.slice(0, 100));
  run.commit();
  const [last] = snapshots(dir).slice(-1);
  using one = sourceAt(dir, last?.seq ?? 0);
  using two = sourceAt(dir, last?.seq ?? 0);
  const before = told(mapFrom(one, last?.root ?? 0n));
  perform(run, ASKED.slice(100));
  run.commit();
  expect(snapshots(dir).at(-1)?.seq).toBeGreaterThan(last?.seq ?? 0);
  expect(told(mapFrom(one, last?.root ?? 0n))).toEqual(before);
  expect(told(mapFrom(two, last?.root ?? 0n))).toEqual(before);
});

test("without SQLite everything is replayed, and no store is made", () => {
  const dir = fresh();
  using _without = withoutSqlite();
  commits(dir);
  expect(existsSync(join(dir, "store.sqlite"))).toBe(false);
  expect(goOn(dir, store)).toContain('"checkpoint"');
  expect(snapshots(dir)).toEqual([]);
  expect(() => sourceAt(dir, 0)).toThrow("has no store");
});

test("a small run has no store", () => {
  const dir = fresh();
  commits(dir, {});
  openRun(dir, { profiles: [PROFILE] }).close();
  expect(readdirSync(dir).filter((name) => name.startsWith("store"))).toEqual([]);
});

test.each([1, 2])("a run of random effects goes on with a store as without one (seed %i)", (seed) => {
  const texts = [store, false as const].map((wanted) => {
    const [dir, random] = [fresh(), new Random(seed)];
    const genesis: Genesis = {
      levels: PROFILE.levels,
      cells: keyedPrograms([authority(1), authority(2), 0n], 4),
    };
    createRunStream(dir, genesis, { profiles: [PROFILE], store: wanted }).close();
    let now = 100;
    for (let opening = 0; opening < 6; opening++) {
      using run = openRun(dir, { profiles: [PROFILE], store: wanted });
      for (let i = 0; i < 120; i++) {
        now += random.below(2);
        const asker = { actor: 1 + random.below(3), now, map: run.tracer.map };
        try {
          run.tracer.perform(asker.actor, anyEffect(random, asker), now);
        } catch (error) {
          if (!(error instanceof RefusedError || error instanceof InvalidInputError)) throw error;
        }
        if (i % 20 === 0) run.commit();
      }
      run.commit();
    }
    if (wanted !== false) requireSame(dir);
    return readFileSync(pathIn(dir, "trace"), "utf8");
  });
  expect(texts[0]).toBe(texts[1]);
  for (const effect of ["WatchResource", "Check", "JoinWith", "RotateAuthority"]) expect(texts[0]).toContain(effect);
});
