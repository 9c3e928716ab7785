import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planOf, profilesFor } from "../../prover/batches/plan.ts";
import {
  type Bundle,
  bundleName,
  bundleText,
  parseBundle,
  proofsIn,
  readBundles,
} from "../../prover/bundles/bundle.ts";
import { BASE_PRIME } from "../../prover/curve/bn254.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { packSpan, type Span, unpackSpan } from "../../trace/commitment/commit.ts";
import { kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { PROFILE, USUAL_PROFILES } from "../lib/profile.ts";
import { freshRun, provenRun } from "../lib/provenRun.ts";

const SHORT: Scenario = {
  name: "short",
  description: "one program issues something",
  genesis: () => ({ levels: PROFILE.levels, cells: openPrograms(2, 128) }),
  run: (tracer) => {
    tracer.perform(1, { effect: "Issue", kind: kindOf(1, 1), quantity: 5n, slot: 1 }, 1_000);
    tracer.perform(1, { effect: "Split", from: 1, to: 2, part: 2n }, 1_001);
  },
};

/** Another proof of the same statement, made without the witness: (−A, −B, C). */
function varied(bundle: Bundle): Bundle {
  const { pi_a, pi_b, pi_c } = bundle.proof;
  const minus = (value: bigint): bigint => (BASE_PRIME - value) % BASE_PRIME;
  const [x, [y0, y1]] = pi_b;
  return { ...bundle, proof: { pi_a: [pi_a[0], minus(pi_a[1])], pi_b: [x, [minus(y0), minus(y1)]], pi_c } };
}

test("a run is proven once, and the second call finds every proof", async () => {
  const dir = await freshRun(SHORT);
  const stages = new Set<string>();
  const first = await proveDirectory(dir, { onProgress: (stage) => stages.add(stage) });
  expect(first).toMatchObject({
    profiles: [PROFILE.name],
    transitions: 2,
    batches: 1,
    proven: 1,
    skipped: 0,
    stale: [],
  });
  expect(first.bundles).toEqual([expect.stringMatching(/^0000000001-0000000002-[0-9a-f]{16}\.json$/)]);
  expect(first.seconds.prove).toBeGreaterThan(0);
  expect(stages).toContain("prove");
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 2 }, developmentKeys: true });
  const second = await proveDirectory(dir);
  expect(second).toMatchObject({ batches: 1, proven: 0, skipped: 1, bundles: first.bundles, seconds: { prove: 0 } });
});

test("an empty trace has nothing to prove, and needs no keys", async () => {
  const dir = await freshRun({ ...SHORT, run: () => undefined });
  expect(await proveDirectory(dir)).toMatchObject({ batches: 0, proven: 0, skipped: 0, bundles: [], keys: [] });
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: null, batches: [] });
});

test("bundles of other traces are moved to stale, and valid ones stay", async () => {
  const dir = await provenRun();
  const folder = proofsIn(dir);
  const names = (await readdir(folder)).sort();
  const [name = ""] = names;
  const bundle = parseBundle(name, await readFile(join(folder, name), "utf8"));
  const elsewhere = { ...bundle, statement: { ...bundle.statement, domain: 7n } };
  const beyond = { ...bundle, statement: { ...bundle.statement, span: bundle.statement.span + 1n } };
  const strangers: string[] = [];
  for (const stranger of [elsewhere, beyond]) {
    const text = bundleText(stranger);
    strangers.push(bundleName(stranger, text));
    await writeFile(join(folder, bundleName(stranger, text)), text);
  }
  await writeFile(join(folder, "broken.json"), "{}");
  const report = await proveDirectory(dir);
  expect(report).toMatchObject({ batches: 3, proven: 0, skipped: 3, bundles: names });
  expect(report.stale.sort()).toEqual([...strangers, "broken.json"].sort());
  expect((await readdir(join(folder, "stale"))).sort()).toEqual(report.stale);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true });
});

test("batches keep the spans of their bundles", async () => {
  const dir = await provenRun();
  const lengths = async (wanted?: string) =>
    (await planOf(dir, wanted)).batches.map((batch) => batch.transitions.length);
  const [first, ...others] = await readBundles(dir);
  if (first === undefined || !("bundle" in first)) throw new Error("the fixture has no bundle");
  expect(await lengths()).toEqual([8, 8, 1]);
  for (const { name } of [first, ...others]) await rm(join(proofsIn(dir), name));
  const { statement } = first.bundle;
  const at = (await planOf(dir)).run.trace.records[4]?.at ?? 0;
  const claim = async (change: Partial<Span>, profile = first.bundle.profile): Promise<void> => {
    const span = packSpan({ ...unpackSpan(statement.span), ...change });
    const bundle = { ...first.bundle, profile, statement: { ...statement, span } };
    const text = bundleText(bundle);
    await writeFile(join(proofsIn(dir), bundleName(bundle, text)), text);
  };
  // Of another trace, not from the beginning on, with a part of a group (14 and 15 are one), and of another map's
  // profile.
  await claim({ count: 5, until: at + 1 });
  await claim({ firstSeq: 6, count: 3 });
  await claim({ count: 14, until: 2 ** 39 });
  await claim({ count: 5, until: at }, "batch-9");
  expect(await lengths()).toEqual([8, 8, 1]);
  await claim({ count: 5, until: at });
  expect(await lengths()).toEqual([5, 7, 5]);
  expect(await lengths(PROFILE.name)).toEqual([5, 7, 5]);
});

test("of two proofs of one batch, one stays", async () => {
  const dir = await provenRun();
  const [stored] = await readBundles(dir);
  if (stored === undefined || !("bundle" in stored)) throw new Error("the fixture has no bundle");
  const twin = varied(stored.bundle);
  const text = bundleText(twin);
  await writeFile(join(proofsIn(dir), bundleName(twin, text)), text);
  expect(await verifyDirectory(dir)).toMatchObject({
    ok: false,
    problems: [
      { field: "firstSeq", message: expect.stringContaining("second bundle for the transitions of batch 1..8") },
    ],
  });
  expect(await proveDirectory(dir)).toMatchObject({ proven: 0, skipped: 3, stale: [expect.any(String)] });
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true });
});

test("an interruption leaves finished bundles valid", async () => {
  const dir = await provenRun();
  const names = (await readdir(proofsIn(dir))).sort();
  await rm(join(proofsIn(dir), names[2] ?? ""));
  const reason = new Error("stopped");
  await expect(proveDirectory(dir, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect((await readdir(proofsIn(dir))).sort()).toEqual(names.slice(0, 2));
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, proven: { transitions: 16 } });
});

test("an unsuitable profile is refused, and the message names it", async () => {
  const fitting = USUAL_PROFILES;
  expect(profilesFor(PROFILE.levels, [])).toEqual(fitting);
  expect(profilesFor(PROFILE.levels, [PROFILE.name])).toEqual([PROFILE]);
  for (const profile of fitting) expect(profilesFor(PROFILE.levels, [], profile.name)).toEqual([profile]);
  expect(() => profilesFor(PROFILE.levels, [], "batch-9")).toThrow('no profile "batch-9"');
  expect(() => profilesFor(1, [])).toThrow("no profile proves a map of 1 level (");
  expect(() => profilesFor(1, [], PROFILE.name)).toThrow("this one has 1");
  expect(() => profilesFor(PROFILE.levels, ["other"], PROFILE.name)).toThrow("not one of this map's profiles: other");
  const dir = await freshRun();
  await expect(proveDirectory(dir, { engine: "abacus" })).rejects.toThrow("no engine abacus");
  await expect(proveDirectory(join(dir, "nowhere"))).rejects.toThrow("name a run directory");
  const trace = await readFile(join(dir, "trace.jsonl"), "utf8");
  await writeFile(join(dir, "trace.jsonl"), trace.replace('"quantity":"100"', '"quantity":"101"'));
  await expect(proveDirectory(dir)).rejects.toThrow(/transition \d+/);
});
