/** The store of a run: it has the states that a replay has, or it is not believed. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Asked, effectStream, streamGenesis } from "../../scripts/bench/tracing.ts";
import { replayDirectory, snapshotAt } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import type { StateSource } from "../../trace/state/stateSource.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { CheckedSource } from "../../trace/store/checkedSource.ts";
import { type StoreOptions, snapshots, sourceAt } from "../../trace/store/openStore.ts";
import { createRunStream, type OpenRun, openRun } from "../../trace/tracer/appendRun.ts";
import { PROFILE } from "../lib/profile.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-store-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);

const PROGRAMS = 8;
const GENESIS = streamGenesis(PROGRAMS);
const ASKED = [...effectStream(20, PROGRAMS)];
const store: StoreOptions = { least: 0, segment: 40 };
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

/** Everything that a map tells. */
function told(map: TimeMap): object {
  const addresses = [...map.addresses()];
  return {
    root: map.root(),
    programs: map.programs(),
    cells: addresses.map((at) => [at, map.words(at)]),
    watches: addresses.flatMap((at) => [0, 1].map((rank) => map.watchOn(at, rank))),
  };
}

const mapFrom = (source: StateSource, root: bigint): TimeMap => TimeMap.over(new CheckedSource(source, root));

/** Every snapshot of the store is the state that a replay reaches there. */
function requireSame(dir: string): number {
  const all = snapshots(dir);
  for (const { seq, root } of all) {
    using source = sourceAt(dir, seq);
    const replayed = told(snapshotAt(dir, seq));
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
      perform(run, [...effectStream(23, PROGRAMS)].slice(ASKED.length));
      run.commit();
    }
    expect(readFileSync(pathIn(dir, "trace"), "utf8")).toBe(readFileSync(pathIn(whole, "trace"), "utf8"));
    expect(requireSame(dir)).toBeGreaterThan(count);
    expect(replayDirectory(dir, { everyRoot: true }).map.root()).toBe(replayDirectory(whole).map.root());
  });
});
