/** `show`, `diff` and the filters of `audit` as users start them. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvLines } from "../../trace/query/csv.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { cli, jsonHere as json, cliHere as said } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-show-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const dir = join(scratch, "seed");
const short = join(scratch, "short");

beforeAll(async () => {
  await runScenario(seed, { out: dir });
  // The same run before its last transitions: the header and ten records.
  cpSync(dir, short, { recursive: true });
  const lines = readFileSync(join(dir, "trace.jsonl"), "utf8").split("\n");
  const tenth = lines.findIndex((line) => line.startsWith('{"seq":10,'));
  writeFileSync(join(short, "trace.jsonl"), `${lines.slice(0, tenth + 1).join("\n")}\n`);
});

/** The run with one quantity changed: it does not replay beyond transition 6. */
function breakOff(copy: string): void {
  cpSync(dir, copy, { recursive: true });
  const text = readFileSync(join(dir, "trace.jsonl"), "utf8");
  writeFileSync(join(copy, "trace.jsonl"), text.replace('"quantity":"100"', '"quantity":"101"'));
}

describe("show", () => {
  test("each question gives one object with its version", async () => {
    const state = await json(["show", dir, "--at", "8"]);
    const program = await json(["show", dir, "program", "B", "--at", "8"]);
    const resource = await json(["show", dir, "resource", "1"]);
    const capability = await json(["show", dir, "capability", "A:1", "--at", "9"]);
    const watch = await json(["show", dir, "watch", "9"]);
    const transition = await json(["show", dir, "transition", "11"]);
    const common = { ok: true, schemaVersion: 1, dir };
    expect(state.answer).toMatchObject({ ...common, question: "state", seq: 8, transitions: 15, watches: [] });
    expect(state.answer.escrows).toMatchObject([{ escrow: { from: { name: "A" } } }]);
    expect(program.answer).toMatchObject({ ...common, question: "program", program: { name: "B" } });
    expect(resource.answer).toMatchObject({ ...common, place: { slot: { name: "Silver" } } });
    expect(capability.answer).toMatchObject({ ...common, capability: { made: 8, status: "live" } });
    expect(watch.answer).toMatchObject({ ...common, watch: { status: "spent", fired: 12, applied: 13 } });
    expect(transition.answer).toMatchObject({ ...common, transition: { seq: 11 }, group: { first: 11, last: 12 } });
    expect(transition.answer.transition).not.toHaveProperty("bundle");
    // Programs read these: docs/reference/command-line.md names every field.
    const fields = ({ answer }: typeof state): string[] => Object.keys(answer);
    const moment = ["seq", "transitions", "at", "within"];
    const around = (...own: string[]) =>
      expect.arrayContaining([...own, "ok", "schemaVersion", "dir", "question", "torn"]);
    expect(fields(state)).toEqual(around("root", ...moment, "programs", "escrows", "capabilities", "watches"));
    expect(fields(program)).toEqual(
      around(
        ...[...moment, "program", "escrowsHeld", "escrowsGiven", "capabilitiesGiven", "capabilitiesHeld"],
        ...["watches", "watchedBy"],
      ),
    );
    expect(fields(resource)).toEqual(around(...moment, "resource", "made", "gone", "place", "claimants", "history"));
    expect(fields(capability)).toEqual(around(...moment, "capability", "revoked", "line", "derived", "allows", "uses"));
    expect(fields(watch)).toEqual(around(...moment, "watch", "removed", "found", "asks"));
    expect(fields(transition)).toEqual(around("transition", "triggers", "transitions", "group", "cells"));
  });

  test("shows the end as text, with names beside numbers", async () => {
    const { code, stdout, stderr } = await cli(["show", dir]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^after transition 15 of 15, 2026-01-01T00:11:00Z\nroot \d+\n\nPrograms\n {2}Mint \(program 1\), open/,
    );
    expect(stdout).toContain("\nRights\n  C (program 4) may claim in slot 16 of B (program 3), any resource, until ");
  });

  test("a table has only one row for each thing", async () => {
    const { code, stdout, stderr } = await said(["show", dir, "program", "C", "--csv"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = stdout.split("\r\n");
    expect(rows.at(-1)).toBe("");
    expect(rows[0]?.startsWith("sort,program,programName,slot,")).toBe(true);
    expect(rows.slice(1, -1).map((row) => row.split(",")[0])).toEqual([
      ...["program", "resource", "capability", "capability", "watch"],
    ]);
    expect(new Set(rows.slice(0, -1).map((row) => row.split(",").length)).size).toBe(1);
  });

  const wrong: [string, number, string[], RegExp][] = [
    ["an unknown question", 2, ["color", "1"], /Allowed choices are program, resource/],
    ["a question without a number", 2, ["watch"], /which watch\? Give the transition that set it/],
    ["a word in place of a number", 2, ["--at", "noon"], /0 for the genesis/],
    ["a transition at another one", 2, ["transition", "3", "--at", "2"], /--at is for states/],
    ["a table of one watch", 2, ["watch", "9", "--csv"], /--csv is for the state/],
    ["past the end", 1, ["--at", "16"], /at: 16 is not there; give 0 to 15/],
    ["a program that does not exist", 1, ["program", "D"], /D.* is not there; there are: Mint/],
    ["a table and an object", 2, ["--csv", "--json"], /do not go together/],
  ];
  test.each(wrong)("%s is refused with %i", async (_, exitCode, args, message) => {
    const { code, stdout, stderr } = await said(["show", dir, ...args]);
    expect(code).toBe(exitCode);
    expect(stdout + stderr).toMatch(message);
  });
});

describe("diff", () => {
  test("says that two runs are the same, or names the transition where they part", async () => {
    const same = await said(["diff", dir, dir]);
    const prefix = await json(["diff", short, dir]);
    expect(same).toEqual({ code: 0, stdout: "the same: genesis, all 15 transitions, end\n", stderr: "" });
    expect(prefix).toMatchObject({
      code: 1,
      answer: {
        ...{ ok: false, schemaVersion: 1, same: false, genesis: { same: true }, error: { code: "runs-differ" } },
        transitions: { first: 10, second: 15, common: 10, prefix: "first", differs: null },
      },
    });
  });

  test("refuses a run that does not replay, and names it", async () => {
    const broken = join(scratch, "broken");
    breakOff(broken);
    const { code, answer } = await json(["diff", dir, broken]);
    expect(code).toBe(1);
    expect(answer.error).toMatchObject({ code: "invalid", field: broken });
    expect(answer.error?.message).toContain("does not replay: transition 7");
  });
});

describe("audit of some transitions", () => {
  test("shows some, and checks all", async () => {
    const some = await json(["audit", dir, "--unsigned", "--program", "C", "--kind", "Gold"]);
    const table = await said(["audit", dir, "--unsigned", "--resource", "1", "--to", "12", "--csv"]);
    const wrong = await said(["audit", dir, "--unsigned", "--kind", "Tin"]);
    expect(some.answer).toMatchObject({
      ...{ ok: true, counts: { transitions: 15 }, transitions: [{ seq: 10 }] },
      shown: { transitions: 1, of: 15, filter: { programs: ["C"], kinds: ["Gold"] } },
    });
    expect(table.code).toBe(0);
    expect(table.stdout.split("\r\n").map((row) => row.split(",")[0])).toEqual(["seq", "11", "12", ""]);
    expect(table.stderr).toContain('\nTransitions: 2 of 15 shown, by resource "1", to 12; all 15 were checked\n');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/kind: .*Tin.* is not there; there are: Silver/);
  });

  test("a fault outside the shown part is still reported", async () => {
    const { code, stdout } = await said(["audit", dir, "--program", "C", "--kind", "Gold"]);
    expect(code).toBe(1);
    expect(stdout).toContain("transitions 1 to 15 are not proven");
    expect(stdout).toContain("1 of 15 shown");
  });

  test("a fault in the trace is reported before an empty filter", async () => {
    const broken = join(scratch, "broken");
    breakOff(broken);
    const { code, answer } = await json(["audit", broken, "--unsigned", "--kind", "Tin"]);
    expect(code).toBe(1);
    expect(answer.error).toMatchObject({ code: "audit-failed" });
    expect(answer).toMatchObject({ transitions: [], shown: { transitions: 0 } });
  });
});

describe("csv", () => {
  test.each<[string, string, string]>([
    ["a plain text", "Gold", "Gold"],
    ["a comma", "a, b", '"a, b"'],
    ["quotes", 'say "a"', '"say ""a"""'],
    ["a line break", "a\r\nb", "a\ufffd\ufffdb"],
    ["a formula", "=1+2", "'=1+2"],
    ["a formula with a comma", '=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ["a formula behind blanks", " @SUM(A1)", "' @SUM(A1)"],
    ["a formula in wide letters", "\uff1d1", "'\uff1d1"],
    ["a minus within", "a-b", "a-b"],
  ])("%s", (_, value, expected) => {
    expect(csvLines(["a", "b"], [[value, 1n]])).toEqual(["a,b\r", `${expected},1\r`]);
  });

  test("null is an empty cell", () => {
    expect(csvLines(["a", "b", "c", "d"], [[null, undefined, false, 0]])[1]).toBe(",,false,0\r");
  });
});
