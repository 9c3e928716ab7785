/** Proving and submitting with a store: what is known is not read again, and everything else is as without a store. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BatchCursor } from "../../prover/batches/batchCursor.ts";
import { knownBundles, rememberBundle } from "../../prover/batches/knownBundles.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { provingPlan } from "../../prover/batches/provingPlan.ts";
import { type Bundle, bundleName, bundleText, parseBundle, proofsIn } from "../../prover/bundles/bundle.ts";
import { profileOf } from "../../prover/profiles.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { nameMap, standInBundles, traceGrown } from "../../scripts/bench/grownRun.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { packedBatches } from "../../trace/store/packedBatches.ts";
import type { Store } from "../../trace/store/store.ts";
import { StoreFile } from "../../trace/store/storeFile.ts";
import { openRun } from "../../trace/tracer/appendRun.ts";
import { readSubmission } from "../../verifier/chain/submission.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { changeStore } from "../lib/changeStore.ts";
import { told } from "../lib/mapSource.ts";
import { provenRun } from "../lib/provenRun.ts";
import { withoutSqlite } from "../lib/withoutSqlite.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-stored-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const store = { least: 0, segment: 100 };
const PROFILE = profileOf("wide-40");
const whole = join(scratch, "whole");
let bundles = 0;
let made = 0;

beforeAll(async () => {
  traceGrown(whole, { transitions: 420, cells: 250 }, PROFILE, () => undefined);
  nameMap(whole);
  bundles = await standInBundles(whole, PROFILE, 2, () => undefined, store);
});

function copy(): string {
  const dir = join(scratch, `copy-${++made}`);
  cpSync(whole, dir, { recursive: true, preserveTimestamps: true });
  return dir;
}
const names = (dir: string): string[] => readdirSync(proofsIn(dir)).sort();
const read = (dir: string, name: string): Bundle => parseBundle(name, readFileSync(join(proofsIn(dir), name), "utf8"));

/** The plan with the store. */
async function planned(dir: string) {
  using open = openCaughtUp(dir, store);
  const { proven, batches, stored, map, transitions, domain } = await provingPlan(dir, undefined, open);
  return { proven: proven.map(({ name }) => name), batches, stored, state: told(map), transitions, domain };
}

test("what was verified before is not verified again, and the report is the same", async () => {
  const dir = await provenRun();
  const without = await proveDirectory(dir, { store: false });
  const options = { store: { least: 0, segment: 4 } };
  const first = await proveDirectory(dir, options);
  const second = await proveDirectory(dir, options);
  const facts = ({ seconds: _seconds, ...report }: typeof first) => report;
  expect(facts(first)).toEqual(facts(without));
  expect(facts(second)).toEqual(facts(without));
  using open = openCaughtUp(dir, options.store);
  const plan = await provingPlan(dir, undefined, open);
  expect(plan.proven.map(({ name }) => name)).toEqual(without.bundles);
  expect([plan.batches, plan.stored]).toEqual([[], []]);
});

describe("a plan behind the proven batches", () => {
  test("has the batches and the state of the whole plan, whatever is proven", async () => {
    expect(bundles).toBeGreaterThan(5);
    for (const kept of [bundles, bundles - 1, 3, 1, 0]) {
      const dir = copy();
      for (const name of names(dir).slice(kept)) rmSync(join(proofsIn(dir), name));
      const [plan, all] = [await planned(dir), await planOf(dir)];
      expect(plan.proven).toEqual(names(dir));
      expect([plan.transitions, plan.domain]).toEqual([all.run.trace.records.length, all.domain]);
      expect(plan.batches).toEqual(all.batches.slice(kept));
      for (const { transitions } of all.batches.slice(0, kept))
        for (const { columns } of transitions)
          for (const { address, after } of Object.values(columns)) if (address !== 0) all.map.write(address, after);
      expect(plan.state).toEqual(told(all.map));
    }
  });

  test("grows with the run", async () => {
    const dir = copy();
    {
      using run = openRun(dir, { profiles: [PROFILE], store });
      for (let slot = 20; slot < 60; slot++)
        run.tracer.perform(1, { effect: "Issue", kind: 2n ** 32n + 1n, quantity: 1n, slot });
      run.commit();
    }
    const [plan, all] = [await planned(dir), await planOf(dir)];
    expect(plan.proven).toEqual(names(dir));
    expect(plan.batches).toEqual(all.batches.slice(bundles));
  });

  test("ends before a bundle that is gone, was changed, or is another's; a copied file is the same", async () => {
    const dir = copy();
    const [first = "", second = "", third = ""] = names(dir);
    const path = join(proofsIn(dir), second);
    utimesSync(path, 1, 1);
    expect((await planned(dir)).proven).toEqual(names(dir));
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/"1/, '"2'));
    const { proven, stored } = await planned(dir);
    expect([proven, stored.length]).toEqual([[first], bundles - 1]);
    expect(stored[0]).toMatchObject({ name: second, error: expect.anything() });
    writeFileSync(path, text);
    expect((await planned(dir)).proven).toEqual(names(dir));
    rmSync(join(proofsIn(dir), third));
    expect((await planned(dir)).proven).toEqual([first, second]);
  });

  test("does not count what the store was made to say", async () => {
    for (const sql of [
      "UPDATE batches SET name = name || 'x' WHERE first = 1",
      "UPDATE batches SET facts = replace(facts, '\"verified\":true', '\"verified\": true') WHERE first = 1",
      "UPDATE batches SET last = last - 1 WHERE first = 1",
      "UPDATE batches SET sha256 = x'00' WHERE first = 1",
      "UPDATE batches SET mark = NULL WHERE first = 1",
      "DELETE FROM batches WHERE first = 1",
      "UPDATE batches SET mark = (SELECT mark FROM batches LIMIT 1)",
    ]) {
      const dir = copy();
      using file = StoreFile.open(dir, true);
      file?.run(sql);
      expect((await planned(dir)).proven.length, sql).toBeLessThan(2);
    }
  });

  test("does not count bundles that were only compared, or are of another domain or key", async () => {
    for (const change of ["verified", "domain", "key"] as const) {
      const dir = copy();
      const [name = ""] = names(dir);
      const bundle = read(dir, name);
      {
        using open = openCaughtUp(dir, store);
        if (open === undefined) throw new Error("no store");
        const place = [...knownBundles(open, dir).values()].find((known) => known.name === name);
        const other: Bundle = {
          ...bundle,
          ...(change === "domain" && { statement: { ...bundle.statement, domain: 7n } }),
          ...(change === "key" && { key: { ...bundle.key, hash: `0x${"0".repeat(64)}` } }),
        };
        const text = bundleText(other);
        rmSync(join(proofsIn(dir), name));
        writeFileSync(join(proofsIn(dir), bundleName(other, text)), text);
        rememberBundle(
          open,
          dir,
          bundleName(other, text),
          other,
          place ?? { start: 0, bytes: 0 },
          change !== "verified",
        );
      }
      expect((await planned(dir)).proven, change).toEqual([]);
    }
  });

  test("forgets the batches of a trace that went on otherwise", async () => {
    const dir = copy();
    const at = read(dir, names(dir)[4] ?? "").statement.span;
    expect(at).toBeGreaterThan(0n);
    {
      using run = openRun(dir, { profiles: [PROFILE], store, upTo: 130 });
      run.tracer.perform(1, { effect: "Issue", kind: 2n ** 32n + 1n, quantity: 1n, slot: 99 });
      run.commit();
    }
    const { proven, batches } = await planned(dir);
    const all = await planOf(dir);
    expect(proven).toEqual(names(dir).filter((name) => Number(name.slice(11, 21)) <= 130));
    expect(batches).toEqual(all.batches.slice(proven.length));
  });
});

describe("packed known bundles", () => {
  const facts = (open: Store | undefined, dir: string, options = {}) =>
    [...knownBundles(open ?? never(), dir, options).values()].map(
      ({ name, first, last, start, bytes, profile, circuit, key, verified, statement, size, changed, sha256 }) => ({
        ...{ name, first, last, start, bytes, profile, circuit, key, verified, statement, size, changed, sha256 },
      }),
    );
  function never(): never {
    throw new Error("no store");
  }
  const isPacked = (open: Store | undefined): boolean => open?.file.one("SELECT 1 FROM packed") !== undefined;

  test("are those of the rows, and are made again behind a change of one", async () => {
    const dir = copy();
    using open = openCaughtUp(dir, store);
    const all = facts(open, dir);
    expect([all.length, isPacked(open)]).toEqual([bundles, false]);
    expect(facts(open, dir, { pack: 1 })).toEqual(all);
    expect(isPacked(open)).toBe(true);
    expect(facts(open, dir)).toEqual(all);
    expect((await planned(dir)).proven).toEqual(names(dir));
    // Those that end behind the last segment stay rows.
    expect(packedBatches(open ?? never())?.bytes).toBeLessThanOrEqual(open?.top.bytes ?? 0);
    for (const sql of [
      "UPDATE batches SET mark = x'00' WHERE first = 1",
      "DELETE FROM batches WHERE first = 1",
      "INSERT OR REPLACE INTO batches SELECT first, name, last, start, bytes, sha256, facts, x'00' FROM batches LIMIT 1",
    ]) {
      expect(isPacked(open)).toBe(true);
      open?.file.run("SAVEPOINT before");
      open?.file.run(sql);
      expect([isPacked(open), facts(open, dir)]).toEqual([false, all.slice(1)]);
      open?.file.run("ROLLBACK TO before");
    }
  });

  test("do not count if this installation did not pack them, or the trace is shorter", () => {
    for (const sql of [
      "UPDATE packed SET mark = x'00'",
      "UPDATE packed SET text = replace(text, 'true', 'false')",
      "UPDATE packed SET upTo = upTo - 1",
      "UPDATE packed SET bytes = bytes + 1000000",
      "UPDATE packed SET bytes = 'x', upTo = NULL",
    ]) {
      const dir = copy();
      using open = openCaughtUp(dir, store);
      const all = facts(open, dir, { pack: 1 });
      open?.file.run(sql);
      expect(packedBatches(open ?? never()), sql).toBeUndefined();
      expect(facts(open, dir)).toEqual(all);
    }
  });

  test("end before a bundle that is gone or was changed; to submit, it is noticed when it is read", async () => {
    const dir = copy();
    {
      using open = openCaughtUp(dir, store);
      facts(open, dir, { pack: 1 });
    }
    const [first = "", second = "", third = ""] = names(dir);
    const path = join(proofsIn(dir), second);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/"1/, '"2'));
    expect((await planned(dir)).proven).toEqual([first]);
    const bundleAt = async (name: string) => (await readSubmission(dir)).bundles.find((each) => each.name === name);
    const changed = await bundleAt(second);
    expect(() => changed?.whole()).toThrow(second);
    writeFileSync(path, text);
    expect((await planned(dir)).proven).toEqual(names(dir));
    expect((await bundleAt(second))?.whole()).toEqual(read(dir, second));
    const gone = await bundleAt(third);
    rmSync(join(proofsIn(dir), third));
    expect(await bundleAt(third)).toBeUndefined();
    expect(() => gone?.whole()).toThrow("is gone");
    expect((await planned(dir)).proven).toEqual([first, second]);
  });

  test("are forgotten with the end of a trace that went on otherwise", async () => {
    const dir = copy();
    {
      using open = openCaughtUp(dir, store);
      facts(open, dir, { pack: 1 });
    }
    {
      using run = openRun(dir, { profiles: [PROFILE], store, upTo: 130 });
      run.tracer.perform(1, { effect: "Issue", kind: 2n ** 32n + 1n, quantity: 1n, slot: 99 });
      run.commit();
    }
    expect((await planned(dir)).proven).toEqual(names(dir).filter((name) => Number(name.slice(11, 21)) <= 130));
  });
});

test("verify believes no store: it finds that the stand-in proofs do not hold", async () => {
  expect(await verifyDirectory(whole)).toMatchObject({ ok: false });
});

test("a cursor begins behind the known bundles, and gives the batches that one from the genesis gives", () => {
  using cursor = BatchCursor.behindKnown(whole);
  const slow = new BatchCursor(whole);
  for (const name of names(whole)) {
    const ahead = slow.batchTo(Number(name.slice(11, 21)), PROFILE.name);
    if (ahead === undefined) throw new Error(`no batch for ${name}`);
    expect(slow.pass(ahead).statement).toEqual(read(whole, name).statement);
  }
  expect(cursor.seq).toBe(slow.seq);
  for (;;) {
    const [one, other] = [cursor.next(420, true), slow.next(420, true)];
    expect(one).toEqual(other);
    if (one === undefined || other === undefined) break;
    expect(cursor.pass(one)).toEqual(slow.pass(other));
  }
  using _without = withoutSqlite();
  expect(BatchCursor.behindKnown(whole).seq).toBe(0);
});

describe("a run to submit", () => {
  test("is the same with its store and without", async () => {
    const [fast, slow] = [await readSubmission(whole), await readSubmission(whole, false)];
    const facts = ({ bundles: all, manifest, genesisRoot, transitions }: typeof fast) => ({
      ...{ manifest, genesisRoot, transitions },
      bundles: all.map(({ whole: read, ...listed }) => ({ ...listed, bundle: read() })),
    });
    expect(facts(fast)).toEqual(facts(slow));
    const ends = [0, ...slow.bundles.map(({ lastSeq }) => lastSeq)];
    for (const head of [...ends, 33, 419, 420, 421]) {
      const [a, b] = [fast.rootsFor(head), slow.rootsFor(head)];
      for (const seq of [head, ...ends]) expect(a.rootAt(seq), `${head} ${seq}`).toBe(b.rootAt(seq));
      const time = head === 0 ? 0 : 1_767_225_600 + Math.floor((head - 1) / 10);
      const asked = (roots: typeof a, wrong = 0) => {
        try {
          roots.requireHead({ seq: head, root: b.rootAt(head) ?? 5n, time: time + wrong });
          return "fits";
        } catch (error) {
          return String(error);
        }
      };
      expect(asked(a)).toBe(asked(b));
      expect(asked(a, 1)).toBe(asked(b, 1));
    }
    for (const listed of fast.bundles) expect(fast.rootsFor(0).ends(listed)).toBe(true);
  });

  test("is read from the trace where the store is damaged or lacks the bundles", async () => {
    const slow = await readSubmission(whole, false);
    for (const sql of ["DELETE FROM batches", "DELETE FROM cells", "DROP TABLE batches", "DELETE FROM segments"]) {
      const dir = copy();
      changeStore(dir, sql);
      const read = await readSubmission(dir);
      expect(read.bundles.map(({ name }) => name)).toEqual(slow.bundles.map(({ name }) => name));
      for (const seq of [33, 417]) expect(read.rootsFor(seq).rootAt(seq)).toBe(slow.rootsFor(seq).rootAt(seq));
    }
  });
});
