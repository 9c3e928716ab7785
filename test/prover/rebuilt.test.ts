/** A run that was made from its chain is signed and proven from there on: the chain has proofs of what is before. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { provingPlan } from "../../prover/batches/provingPlan.ts";
import { withUnprovenPart } from "../../prover/batches/unprovenPart.ts";
import { optimiseDirectory } from "../../prover/optimise/optimise.ts";
import { signDirectory } from "../../prover/sign.ts";
import { withdrawDirectory } from "../../prover/withdraw.ts";
import { parseManifest, type RebuiltHead, writeManifest } from "../../trace/run/manifest.ts";
import { readManifest, readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { withOpenStore } from "../../trace/store/catchUp.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { forgeBundles } from "../adversary/lib/knownRuns.ts";
import { secretOf } from "../lib/authorities.ts";
import { TRADERS } from "../lib/mooredTrade.ts";
import { PROFILE } from "../lib/profile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { END, rebuiltRun, TAKEN, withRebuilt } from "../lib/rebuiltRun.ts";
import { served } from "../service/operator/lib/served.ts";

const [ALICE, BOB] = TRADERS;
const STORE = { least: 0, segment: 4 };
let dir: string;
let rebuilt: RebuiltHead;

beforeEach(async () => {
  dir = join(await temporaryFolder(), "run");
  rebuilt = await rebuiltRun(dir);
});

const fromStore = () => withOpenStore(dir, STORE, (store) => provingPlan(dir, undefined, store));
const firstOf = ({ batches }: { batches: readonly { transitions: readonly { seq: number }[] }[] }) =>
  batches[0]?.transitions[0]?.seq;

describe("the manifest", () => {
  test("says where the chain stood, beside the map that it is about", () => {
    const manifest = readManifest(dir);
    expect(parseManifest(writeManifest(manifest))).toEqual(manifest);
    const { chain: _, ...without } = manifest;
    expect(() => parseManifest(writeManifest(without))).toThrow("is of no chain");
    const text = writeManifest(manifest);
    for (const wrong of [text.replace(`"seq": ${TAKEN}`, '"seq": 0'), text.replace('"time"', '"at"')])
      expect(() => parseManifest(wrong)).toThrow(/manifest\.json rebuilt/);
  });
});

describe("batches", () => {
  test("begin there, with a store and without; those of a run that began here begin with its first transition", async () => {
    const plan = await planOf(dir);
    expect(firstOf(plan)).toBe(TAKEN + 1);
    expect(plan.map.root()).toBe(rebuilt.root);
    const stored = await fromStore();
    expect(stored.batches.map(({ transitions }) => transitions.length)).toEqual(
      plan.batches.map(({ transitions }) => transitions.length),
    );
    expect(stored).toMatchObject({ beginning: { seq: TAKEN }, transitions: END, proven: [] });
    expect(firstOf(stored)).toBe(TAKEN + 1);
    withRebuilt(dir, undefined);
    expect(firstOf(await planOf(dir))).toBe(1);
    expect(firstOf(await fromStore())).toBe(1);
  });

  test("begin nowhere if the trace does not have that state", async () => {
    for (const change of [{ root: rebuilt.root + 1n }, { seq: TAKEN + 3 }, { seq: END + 1 }]) {
      withRebuilt(dir, { ...rebuilt, ...change });
      await expect(planOf(dir), JSON.stringify(Object.keys(change))).rejects.toMatchObject({
        field: "manifest.json rebuilt",
      });
      await expect(fromStore()).rejects.toMatchObject({ field: "manifest.json rebuilt" });
    }
  });

  test("behind it are known again once they are proven", async () => {
    await forgeBundles(dir, await artifactsOf(PROFILE));
    await withOpenStore(dir, STORE, async (store) => {
      const plan = await provingPlan(dir, undefined, store);
      for (const { transitions } of plan.batches) {
        const found = plan.stored.find((entry) => "bundle" in entry && entry.name.startsWith(nameOf(transitions)));
        if (found !== undefined && "bundle" in found) plan.remember(transitions, found.name, found.bundle);
      }
    });
    expect(await fromStore()).toMatchObject({ proven: [{ first: TAKEN + 1 }, { last: END }], batches: [] });
  });
});

const nameOf = (transitions: readonly { seq: number }[]): string =>
  [transitions[0], transitions.at(-1)].map((each) => `${each?.seq ?? 0}`.padStart(10, "0")).join("-");

test("only what is behind it is signed", async () => {
  for (const store of [false, {}] as const) {
    const { signed } = await signDirectory(dir, { program: `${BOB}`, secret: secretOf(BOB), store });
    if (store === false) expect(signed.map(({ firstSeq }) => firstSeq)).toEqual([TAKEN + 1, TAKEN + 9]);
  }
  withRebuilt(dir, undefined);
  const { signed } = await signDirectory(dir, { program: `${BOB}`, secret: secretOf(BOB), store: false });
  expect(signed[0]?.firstSeq).toBe(1);
});

test("nothing before it is withdrawn or moved, and the new run knows it, too", async () => {
  const out = `${dir}-out`;
  const report = await withdrawDirectory(dir, { program: `${ALICE}`, out, store: false });
  expect(report).toMatchObject({ from: TAKEN + 1, before: END, transitions: TAKEN });
  expect(readRun(out)).toMatchObject({ manifest: { rebuilt }, trace: { records: { length: TAKEN } } });
  expect((await planOf(out)).batches).toEqual([]);
  expect(await optimiseDirectory(dir, { out: `${dir}-cheaper` })).toMatchObject({
    fixed: expect.toSatisfy((fixed: number) => fixed >= 8),
  });
  await withUnprovenPart(dir, { counts: () => true, store: false }, async ({ seq, at, groups }) => {
    expect({ seq, at, first: groups[0]?.[0]?.seq }).toEqual({ seq: TAKEN, at: rebuilt.time, first: TAKEN + 1 });
  });
});

test("verify and audit take no manifest's word for it: they say which proofs are with the chain", async () => {
  const missing = { kind: "unfinished", where: "proofs", field: "rebuilt" };
  const unsigned = { kind: "unfinished", field: "signature" };
  expect((await auditDirectory(dir)).problems).toMatchObject([
    { kind: "unfinished", where: "trace.jsonl", message: expect.stringContaining(`${TAKEN + 1} to ${END}`) },
    missing,
    ...[unsigned, unsigned, unsigned, unsigned],
  ]);
  expect(await verifyDirectory(dir)).toMatchObject({
    ok: false,
    problems: [missing],
    unproven: { firstSeq: TAKEN + 1 },
  });
  await forgeBundles(dir, await artifactsOf(PROFILE));
  expect(await verifyDirectory(dir)).toMatchObject({
    ok: false,
    problems: [missing],
    proven: { transitions: END - TAKEN },
  });
  expect((await auditDirectory(dir)).problems).toMatchObject([missing]);
  // Nobody proved from there.
  const wrong = { kind: "wrong", field: "preRoot" };
  withRebuilt(dir, { root: rebuilt.root + 1n });
  expect((await verifyDirectory(dir)).problems).toMatchObject([wrong, missing]);
  expect((await auditDirectory(dir)).problems).toMatchObject([wrong, missing, unsigned, unsigned]);
  rmSync(join(dir, "proofs"), { recursive: true });
  expect((await auditDirectory(dir)).problems).toMatchObject([
    { kind: "wrong", where: "manifest.json", field: "rebuilt" },
    { kind: "unfinished", where: "trace.jsonl" },
    missing,
    ...[unsigned, unsigned, unsigned, unsigned],
  ]);
  withRebuilt(dir, undefined);
  expect((await verifyDirectory(dir)).problems).toMatchObject([{ kind: "unfinished", field: "bundles" }]);
});

test("a run whose proofs begin with its first transition lacks none", async () => {
  withRebuilt(dir, undefined);
  await forgeBundles(dir, await artifactsOf(PROFILE));
  expect((await auditDirectory(dir)).problems).toEqual([]);
  saveManifest(dir, { ...readManifest(dir), rebuilt });
  expect((await auditDirectory(dir)).problems).toEqual([]);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: END } });
});

test("a server without a chain begins there, too, also behind bundles that prove has made", async () => {
  const first = await served(dir);
  expect(await first.operator.status()).toMatchObject({ seq: END, proven: TAKEN });
  await first.operator[Symbol.asyncDispose]();
  rmSync(join(dir, "journal.jsonl"));
  await forgeBundles(dir, await artifactsOf(PROFILE));
  expect(await (await served(dir)).operator.status()).toMatchObject({ seq: END, proven: END, halted: null });
});
