/**
 * A run that is continued from its store: the same trace, names and groups as by a replay, or a replay where the store
 * does not know enough.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { kindOf } from "../../trace/layout.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { type Genesis, keyedPrograms, openPrograms } from "../../trace/state/genesis.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { type ContinueOptions, continueRun } from "../../trace/tracer/continueRun.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Continuation } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";
import { changeStore } from "../lib/changeStore.ts";
import { withoutSqlite } from "../lib/withoutSqlite.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-continued-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);

const GOLD = kindOf(1, 1);
const START = 1_767_225_600;
const STORE = { least: 0, segment: 4 };

/** A keyed bank, keyed Alice, open Bob; a watch with a trigger that waits for gold. */
function past(tracer: Tracer): void {
  const bank = tracer.program(1);
  tracer.manifest.kinds[GOLD.toString()] = "Gold";
  const alice = bank.createProgram({ name: "Alice", authority: authority(2) }, START);
  const bob = tracer.program("Bob");
  for (let i = 0; i < 6; i++) bank.issue({ kind: GOLD, quantity: 100n }, START + i);
  alice.declareEntry({ name: "pay", accepts: GOLD, slot: 9 }, START + 7);
  bank.invokeProgram({ program: alice.id, name: "pay", args: [{ from: 1 }] }, START + 7);
  bob.watchResource(
    {
      target: bob.place(20),
      condition: "arrival",
      trigger: [{ effect: "Issue", kind: kindOf(2, 9), quantity: 1n, slot: 30 }],
    },
    START + 8,
  );
  const carol = bob.createProgram({ name: "Carol", authority: authority(6) }, START + 8);
  // Things that name their issuers: the bank's log has Alice's key since it created her, Bob's log has Carol's.
  for (const [maker, to] of [
    [alice, bank],
    [carol, bob],
  ] as const) {
    maker.issue({ kind: kindOf(maker.id, 1), quantity: 10n, slot: 61 }, START + 8);
    to.claimFromProgram({ from: maker.escrowToProgram({ from: 61, to: to.id }, START + 8), to: 70 }, START + 8);
  }
  bob.issue({ kind: kindOf(2, 9), quantity: 1n }, START + 8);
  for (let i = 0; i < 8; i++) bank.issue({ kind: GOLD, quantity: 1n }, START + 9);
}

const genesis = (): Genesis => ({ levels: 2, cells: keyedPrograms([authority(1), 0n], 16) });

/** Uses meetings of before, and makes new ones; fires the watch; acts with several rows. */
function next(tracer: Tracer): void {
  const [bank, alice, bob] = ["Bank", "Alice", "Bob"].map((name) => tracer.program(name));
  if (bank === undefined || alice === undefined || bob === undefined) throw new Error("no programs");
  bank.split({ from: 70, part: 1n }, START + 19);
  bank.invokeProgram({ program: alice.id, name: "pay", args: [{ from: 2 }] }, START + 20);
  bank.escrowToProgram({ from: 3, to: { program: bob.id, slot: 20 } }, START + 21);
  bob.claimFromProgram({ from: bob.place(20), to: "in place" }, START + 22);
  tracer.batch(
    alice.id,
    [41, 42].map((slot) => ({ effect: "Issue", kind: kindOf(3, 1), quantity: 1n, slot })),
    START + 23,
  );
}
const NEXT: Continuation = { name: "next", description: "", run: next };

async function begun(run: (tracer: Tracer) => void = past): Promise<string> {
  const dir = fresh();
  await runScenario({ name: "past", description: "", programs: { 1: "Bank", 2: "Bob" }, genesis, run }, { out: dir });
  return dir;
}

/** Makes the store, and lets something be done with it. */
function withStoreOf(dir: string, sql?: string): void {
  {
    using _lock = lockRun(dir, "test");
    using store = openCaughtUp(dir, STORE);
    expect(store?.top.last).toBeGreaterThan(0);
  }
  if (sql === undefined) return;
  changeStore(dir, sql);
}

/** Continues two copies of a run, one with its store: both must be the same. @returns how the one ended */
async function both(from: string, scenario: Continuation = NEXT, options: ContinueOptions = {}, sql?: string) {
  const [fast, slow] = [fresh(), fresh()];
  for (const dir of [fast, slow]) cpSync(from, dir, { recursive: true });
  withStoreOf(fast, sql);
  const ways: string[] = [];
  const notices: string[] = [];
  const outcomes = [];
  for (const [dir, store] of [
    [fast, { ...STORE, onNotice: (text: string) => notices.push(text) }],
    [slow, false],
  ] as const) {
    try {
      const done = await continueRun(dir, scenario, {
        ...options,
        store,
        onReached: () => ways.push("store") > 0,
        onReplayed: () => void ways.push("replay"),
      });
      const { tracer, ...counts } = done;
      const { manifest, notes, seq, at } = tracer;
      outcomes.push({
        ...counts,
        manifest,
        notes,
        seq,
        at,
        root: tracer.root(),
        groups: tracer.groups,
        all: counts.groups,
      });
    } catch (error) {
      outcomes.push(String(error));
    }
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
  for (const file of ["trace", "manifest"] as const)
    expect(readFileSync(pathIn(fast, file), "utf8")).toBe(readFileSync(pathIn(slow, file), "utf8"));
  const [outcome] = outcomes;
  if (typeof outcome === "object") expect(outcome.groups).toHaveLength(outcome.all);
  replayDirectory(fast, { everyRoot: true });
  return { dir: fast, ways: ways.slice(0, -1), notices, error: typeof outcome === "string" ? outcome : null };
}

describe("a run that is continued from its store", () => {
  test("has the trace, the names and all groups of one that is replayed, again and again", async () => {
    const dir = await begun();
    const first = await both(dir);
    expect(first).toMatchObject({ error: null, ways: ["store"] });
    const again: Continuation = {
      ...NEXT,
      run: (tracer) => void tracer.program("Bank").issue({ kind: GOLD, quantity: 1n }),
    };
    expect(await both(first.dir, again)).toMatchObject({ error: null, ways: ["store"] });
  });

  test("is refused what a replayed one is refused, and is unchanged", async () => {
    const dir = await begun();
    const refused: Continuation = {
      ...NEXT,
      run: (tracer) => void tracer.program("Bank").split({ from: 99, part: 1n }),
    };
    expect(await both(dir, refused)).toMatchObject({
      error: expect.stringContaining("no-double-spend"),
      ways: ["store"],
    });
    await both(dir, NEXT, { closed: true });
    await both(dir, NEXT, { clock: () => START });
    await both(dir, NEXT, { authorities: { Alice: authority(7) } });
    await both(dir, NEXT, { authorities: { Alice: authority(2) } });
    await both(dir, { ...NEXT, genesis: () => ({ levels: 2, cells: openPrograms(2, 15) }) });
    await both(dir, { ...NEXT, genesis });
  });

  test("loses an unfinished group at its end", async () => {
    const [dir, whole] = [await begun(), await begun()];
    await continueRun(whole, NEXT);
    const lines = readFileSync(pathIn(whole, "trace"), "utf8").split("\n");
    const old = readFileSync(pathIn(dir, "trace"), "utf8").split("\n").length - 1;
    appendFileSync(pathIn(dir, "trace"), lines[old]?.slice(0, 30) ?? "");
    expect(await both(dir)).toMatchObject({ error: null, ways: ["store"] });
  });

  test("is replayed if a program acted while it was open, and has a key now", async () => {
    const dir = await begun((tracer) => {
      past(tracer);
      const bob = tracer.program("Bob");
      bob.rotateAuthority({ authority: authority(5) }, START + 10);
      for (let i = 0; i < 8; i++) tracer.program(1).issue({ kind: GOLD, quantity: 1n }, START + 11);
    });
    const names: Continuation = {
      ...NEXT,
      run: (tracer) => void tracer.program("Bob").split({ from: 70, part: 1n }),
    };
    expect(await both(dir, names)).toMatchObject({ error: null, ways: ["store", "replay"] });
  });

  test("is replayed if a program that acted while it was open takes a key in the scenario", async () => {
    const dir = await begun();
    const takes: Continuation = {
      ...NEXT,
      run(tracer) {
        const bob = tracer.program("Bob");
        bob.rotateAuthority({ authority: authority(5) });
        bob.split({ from: 70, part: 1n });
      },
    };
    expect(await both(dir, takes)).toMatchObject({ error: null, ways: ["store", "replay"] });
  });

  test.each([
    "UPDATE cells SET words = x'0101ff01ff' WHERE address > 256",
    "DELETE FROM cells WHERE address > 256",
    "DELETE FROM nodes",
    "UPDATE segments SET root = (SELECT root FROM segments LIMIT 1)",
    "DELETE FROM segments",
    "UPDATE met SET mark = x'00'",
    "DELETE FROM triggers",
    "DROP TABLE cells",
  ])("is the same with a damaged store, which is named: %s", async (sql) => {
    const { error, notices } = await both(await begun(), NEXT, {}, sql);
    expect([error, notices.length > 0]).toEqual([null, true]);
  });

  test("is replayed without SQLite, and if the caller wants the replayed run", async () => {
    const dir = await begun();
    withStoreOf(dir);
    const seen: number[] = [];
    await continueRun(dir, NEXT, { store: STORE, onReplayed: ({ groups }) => void seen.push(groups.length) });
    expect(seen[0]).toBeGreaterThan(10);
    using _without = withoutSqlite();
    const again: Continuation = { ...NEXT, run: () => undefined };
    const ways: string[] = [];
    await continueRun(dir, again, {
      ...{ store: STORE, onReached: () => ways.push("store") > 0, onReplayed: () => void ways.push("replay") },
    });
    expect(ways).toEqual(["replay"]);
  });
});
