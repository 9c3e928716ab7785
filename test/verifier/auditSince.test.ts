/** An audit that goes on where an earlier one ended. */
import { appendFile, cp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { auditAndKeep, auditDirectory } from "../../verifier/audit/audit.ts";
import { type EarlierAudit, readEarlier, writeEarlier } from "../../verifier/audit/earlier.ts";
import { renderAudit } from "../../verifier/audit/render.ts";
import { keyedRandomRun } from "../lib/keyedRandom.ts";
import { putOnMap } from "../lib/onMap.ts";
import { provenRun, temporaryFolder } from "../lib/provenRun.ts";

/** A proven run, and what an audit found when it had no more than its first batches. */
async function grownRun(batches = 2): Promise<{ dir: string; found: EarlierAudit; file: string }> {
  const dir = await provenRun();
  const names = (await readdir(proofsIn(dir))).sort();
  const apart = await temporaryFolder();
  for (const name of names.slice(batches)) await rename(join(proofsIn(dir), name), join(apart, name));
  const { report, found } = await auditAndKeep(dir, { save: true, allowUnproven: true });
  expect(report).toMatchObject({ ok: true, since: null });
  for (const name of names.slice(batches)) await rename(join(apart, name), join(proofsIn(dir), name));
  if (found === undefined) throw new Error("nothing was found");
  const file = join(apart, "found.json");
  writeEarlier(file, found);
  return { dir, found, file };
}

test("an audit looks at what is new, and says what it took from the earlier one", async () => {
  const { dir, found, file } = await grownRun();
  const since = readEarlier(file);
  expect(since).toEqual(found);
  expect(since).toMatchObject({ clean: true, place: { seq: 16 }, proven: 16, bundles: { count: 2 } });
  const [report, whole] = [await auditDirectory(dir, { since }), await auditDirectory(dir)];
  expect(report).toMatchObject({
    ...{ ok: true, problems: [], roots: whole.roots, counts: whole.counts, programs: whole.programs },
    batches: whole.batches.slice(2),
    transitions: whole.transitions.slice(16),
    shown: null,
    since: { seq: 16, root: whole.batches[1]?.postRoot, batches: 2 },
  });
  const text = renderAudit(report);
  expect(text).toContain("\n  looked at now: transition 17; the rest is from an earlier audit:\n");
  expect(text).toContain("\n  - 2 bundles and the signatures up to there were verified by the earlier audit\n");

  const again = await auditAndKeep(dir, { since, save: true });
  expect(again.found).toEqual((await auditAndKeep(dir, { save: true })).found);
  const nothing = await auditAndKeep(dir, { since: again.found, save: true });
  expect(nothing.report).toMatchObject({ ok: true, transitions: [], batches: [], counts: whole.counts });
  expect(nothing.found).toEqual(again.found);
});

test.each([
  ["notBefore", '"at":1767226', '"at":1767225', "transition 17"],
  ["a record", '"clock":', '"clock":9', "transition 17 clock"],
  ["the last root", '"root":"', '"root":"9', "root"],
])("a lie in the new part of the trace is found: %s", async (_, from, to, field) => {
  const { dir, found } = await grownRun();
  const path = pathIn(dir, "trace");
  const text = await readFile(path, "utf8");
  const at = field === "root" ? text.lastIndexOf(from) : text.indexOf(from, text.indexOf('{"seq":17'));
  await writeFile(path, text.slice(0, at) + to + text.slice(at + from.length));
  const [report, whole] = [await auditDirectory(dir, { since: found }), await auditDirectory(dir)];
  expect(report.state).toBe("wrong");
  expect(report.problems).toEqual(whole.problems);
  expect(report.problems.map((problem) => problem.field).join()).toContain(field);
});

test("a line that is no line is named by its number in the whole trace", async () => {
  const { dir, found } = await grownRun();
  await appendFile(pathIn(dir, "trace"), "{}\n");
  const [report, whole] = [await auditDirectory(dir, { since: found }), await auditDirectory(dir)];
  expect(report.problems).toEqual(whole.problems);
  expect(report.problems[0]?.field).toMatch(/^line 2\d/);
});

test("a new bundle must follow the last one of the earlier audit, and its proof must hold", async () => {
  const { dir, found } = await grownRun();
  const wrong = async (since: EarlierAudit) =>
    (await auditDirectory(dir, { since, allowUnproven: true })).problems.map(({ field }) => field);
  expect(await wrong({ ...found, place: { ...found.place, at: 2_000_000_000 } })).toContain("notBefore");
  const name = (await readdir(proofsIn(dir))).sort()[2] ?? "";
  const text = await readFile(join(proofsIn(dir), name), "utf8");
  await writeFile(
    join(proofsIn(dir), name),
    text.replace(/"pi_a": \[\s*"\d/, (start) => `${start}1`),
  );
  expect(await wrong(found)).not.toEqual([]);
  await rm(join(proofsIn(dir), name));
  expect(await wrong(found)).toEqual(["transitions"]);
});

test("an earlier audit is refused by name if what it looked at is not there any more, or was wrong", async () => {
  const { dir, found } = await grownRun();
  const refused = (since: EarlierAudit, message: string, at = dir) =>
    expect(auditDirectory(at, { since }), message).rejects.toThrow(message);
  await refused({ ...found, clean: false }, "since clean: is false: that audit had found something wrong");
  expect(await auditDirectory(dir, { since: { ...found, clean: false }, evenWrong: true })).toMatchObject({ ok: true });
  await refused({ ...found, genesis: "00" }, "a run with another genesis");
  await refused(found, "a run with another genesis", await keyedRandomRun(1, 10));

  const path = pathIn(dir, "trace");
  const trace = await readFile(path, "utf8");
  // A time in the past of which no root depends.
  await writeFile(path, trace.replace('{"seq":10,"group":0,"at":1767226140', '{"seq":10,"group":0,"at":1767226141'));
  await refused(found, "of the trace: they were changed");
  await writeFile(path, trace);
  await truncate(path, 1_000);
  await refused(found, "and the trace has only 1000 now");
  await writeFile(path, trace);

  const [first = "", second = ""] = (await readdir(proofsIn(dir))).sort();
  const text = await readFile(join(proofsIn(dir), second), "utf8");
  await rm(join(proofsIn(dir), second));
  await refused(found, "that audit saw 2 bundles up to transition 16, now there are 1");
  await writeFile(join(proofsIn(dir), second), text);
  await writeFile(join(proofsIn(dir), first.replace(/[0-9a-f]{4}\.json$/, "0000.json")), text);
  await refused(found, "now there are 3");

  const other = await provenRun();
  putOnMap(other);
  await refused(found, "that audit was of another map", other);
});

test("a file that is not of --save is refused by its member", async () => {
  const { found, file } = await grownRun();
  const text = await readFile(file, "utf8");
  for (const [from, to, message] of [
    ['"clean"', '"Clean"', "Clean"],
    ['"root":"', '"root":"x', "root"],
    ['"time-bandits-audit"', '"time-bandits-trace"', "format"],
    ["{", "", "is not JSON"],
  ] as const) {
    await writeFile(file, text.replace(from, to));
    expect(() => readEarlier(file), message).toThrow(message);
  }
  writeEarlier(file, found);
  expect(readEarlier(file)).toEqual(found);
});

test("where nothing is proven the whole trace is kept, and an audit begins at a state of the store or by replay", async () => {
  const dir = await keyedRandomRun(21, 150);
  {
    using _lock = lockRun(dir, "test");
    using _store = openCaughtUp(dir, { least: 0, segment: 16 });
  }
  const before = join(await temporaryFolder(), "run");
  await cp(dir, before, { recursive: true });
  const text = await readFile(pathIn(dir, "trace"), "utf8");
  // It ends behind a checkpoint, between two states of the store.
  const marks = [...text.matchAll(/^\{"checkpoint":\d+,"root":"\d+"\}\n/gm)];
  const mark = marks[Math.floor(marks.length * 0.6)];
  await truncate(pathIn(before, "trace"), (mark?.index ?? 0) + (mark?.[0].length ?? 0));
  await rm(join(before, "store.sqlite"));
  const { found } = await auditAndKeep(before, { save: true, allowUnproven: true });
  expect(found).toMatchObject({ clean: true, proven: 0, bundles: { count: 0, last: null } });

  const whole = await auditAndKeep(dir, { save: true, allowUnproven: true });
  const options = { since: found, save: true, allowUnproven: true };
  for (const threads of [1, 2]) {
    const { report, found: next } = await auditAndKeep(dir, { ...options, threads });
    expect(report.roots).toEqual(whole.report.roots);
    expect(report.programs).toEqual(whole.report.programs);
    expect(report.transitions.map(({ seq }) => seq)[0]).toBe((found?.place.seq ?? 0) + 1);
    expect({ ...next, findings: { ...next?.findings, selectors: [] } }).toEqual({
      ...whole.found,
      findings: { ...whole.found?.findings, selectors: [] },
    });
  }
  // A store that lies is found when it is read, and not used.
  for (const lie of ["UPDATE cells SET words = zeroblob(96)", "DELETE FROM nodes", "UPDATE armed SET address = 777"]) {
    const database = new DatabaseSync(join(dir, "store.sqlite"));
    database.exec(lie);
    database.close();
    for (const threads of [1, 2])
      expect((await auditDirectory(dir, { ...options, threads })).roots).toEqual(whole.report.roots);
  }
  await rm(join(dir, "store.sqlite"));
  expect((await auditDirectory(dir, options)).roots).toEqual(whole.report.roots);
  const lied = { ...options, since: found && { ...found, place: { ...found.place, root: 7n } } };
  await expect(auditDirectory(dir, lied)).rejects.toThrow("another state is after transition");
});

test("of a long run the first transitions are told, and the report says how many more there are", async () => {
  const dir = await keyedRandomRun(21, 150);
  const whole = await auditDirectory(dir, { allowUnproven: true });
  const of = whole.counts.transitions;
  const report = await auditDirectory(dir, { allowUnproven: true, most: 7 });
  expect(report.transitions).toEqual(whole.transitions.slice(0, 7));
  expect(report.shown).toEqual({ transitions: 7, of, matching: of, filter: {} });
  expect(renderAudit(report)).toContain(
    `\nTransitions: 7 of ${of} shown; all ${of} were checked; ${of - 7} more match: --all shows them`,
  );
  const some = whole.transitions.filter(({ programs }) => programs.some(({ program }) => program === 2));
  const only = { programs: ["2"] };
  const filtered = await auditDirectory(dir, { allowUnproven: true, most: 3, only });
  expect(filtered.transitions.map(({ seq }) => seq)).toEqual(some.slice(0, 3).map(({ seq }) => seq));
  expect(filtered.shown).toEqual({ transitions: 3, of, matching: some.length, filter: only });
});
