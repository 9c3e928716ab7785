/** The output and the exit codes of the verbs that need no node. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lockRun } from "../../trace/run/runLock.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { cli, cliHere, json, jsonHere } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-verbs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

const A = `0x${"a".repeat(40)}`;
const B = `0x${"b".repeat(40)}`;
const BORDER = ["--rpc", "http://127.0.0.1:1", "--registry", A, "--map", `0x${"1".repeat(64)}`];
const DEPOSIT = ["deposit", ...BORDER, "--asset", "ETH", "--program", "2"];
const CALL = { type: "CALL", from: A, to: B, value: "0x5", input: "0x" };

function file(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
  return at(name);
}

describe("usage", () => {
  const wrong: [string, string[]][] = [
    ["no command", []],
    ["an unknown command", ["prvoe"]],
    ["an unknown option", ["replay", "x", "--fast"]],
    ["a missing argument", ["replay"]],
    ["too many arguments", ["replay", "x", "y"]],
    ["a missing option", ["run", "seed"]],
    ["a new run and one that goes on", ["run", "seed", "--out", "x", "--continue", "y"]],
    ["a run that goes on and is replaced", ["run", "seed", "--continue", "x", "--force"]],
    ["an unknown profile", ["prove", "x", "--profile", "batch-9"]],
    ["an unknown engine", ["prove", "x", "--engine", "abacus"]],
    ["an invalid number of jobs", ["prove", "x", "--jobs", "0"]],
    ["an invalid number of a batch", ["export", "x", "--out", "y", "--batch", "0"]],
    ["an export without a folder", ["export", "x"]],
    ["an invalid number of a transition", ["prove-record", "x", "-1"]],
    ["a record's node without its registry", ["verify-record", "x", "--rpc", "http://127.0.0.1:1"]],
    ["import without a kind", ["import"]],
    ["import of neither file nor transaction", ["import", "evm-calls", "--out", "x"]],
    [
      "import of both",
      ["import", "evm-calls", "f", "--rpc", "http://127.0.0.1:1", "--tx", `0x${"1".repeat(64)}`, "--out", "x"],
    ],
    ["a node to verify by without its registry", ["verify", "x", "--rpc", "http://127.0.0.1:1"]],
    ["a node without its registry", ["audit", "x", "--rpc", "http://127.0.0.1:1"]],
    ["a malformed URL", ["deploy", "--rpc", "127.0.0.1:8545"]],
    ["a malformed address", ["submit", "x", "--rpc", "http://127.0.0.1:1", "--registry", "0x12"]],
    ["a folder to write and a port to listen on", ["explore", "x", "--out", "y", "--port", "0"]],
    ["a port out of range", ["explore", "x", "--port", "65536"]],
    ["a timeline without a file", ["timeline", "x"]],
    ["a timeline in an unknown format", ["timeline", "x", "--out", "y", "--format", "chrome"]],
    ["a deposit of nothing", [...DEPOSIT, "--quantity", "0"]],
    ["a deposit in decimals", [...DEPOSIT, "--quantity", "1.5"]],
    ["a deposit into no slot", [...DEPOSIT, "--quantity", "1", "--slot", "256"]],
    ["a sender without --calldata", [...DEPOSIT, "--quantity", "1", "--authority", "5", "--from", A]],
    ["a malformed cell", ["exit", ...BORDER, "--program", "2", "--program-key", "x", "--cell", "2:256"]],
    ["a request without a name", ["freeze", ...BORDER]],
    ["a malformed time", ["run", "seed", "--out", "x", "--at", "noon"]],
  ];
  test.each(wrong)("%s ends with 2", async (_, args) => {
    const { code, answer } = await jsonHere(args);
    expect(code).toBe(2);
    expect(answer.ok).toBe(false);
    expect(answer.error?.message).not.toBe("");
  });

  test("errors for people are on stderr", async () => {
    const { stderr, ...rest } = await cli(["prvoe"]);
    expect(rest).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("timebandits: unknown command 'prvoe'");
  });

  test("help and version end with 0", async () => {
    const [help, version] = await Promise.all([cli(["--help"]), cli(["--version"])]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    const verbs = [...help.stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, verb]) => verb);
    const all =
      "run import follow replay show diff optimise check graph timeline explore keys sign withdraw setup ceremony prove verify audit prove-record verify-record export serve worker deploy create take-in submit map rebuild " +
      "list-token deposit refund withdraw-funds observe exit let-out dismiss freeze reclaim propose disable allow disallow transfer accept cache help completion";
    expect(verbs).toEqual(all.split(" "));
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("run and replay", () => {
  test("the same scenario gives the same files, which replay; an existing run is not overwritten", async () => {
    const first = await jsonHere(["run", "seed", "--out", at("one")]);
    expect(first).toMatchObject({
      code: 0,
      stderr: "",
      answer: { ok: true, scenario: "seed", profiles: USUAL_PROFILES.map(({ name }) => name) },
    });
    expect(await cliHere(["run", "seed", "--out", at("two")])).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["genesis.json", "trace.jsonl", "manifest.json"]) {
      expect(readFileSync(join(at("one"), name), "utf8")).toBe(readFileSync(join(at("two"), name), "utf8"));
    }
    const [again, replayed, unproven] = await Promise.all([
      jsonHere(["run", "seed", "--out", at("one")]),
      jsonHere(["replay", at("one")]),
      jsonHere(["audit", at("one")]),
    ]);
    expect(again).toMatchObject({ code: 1, answer: { ok: false, error: { code: "invalid", field: at("one") } } });
    const { transitions, root } = first.answer;
    expect(replayed).toMatchObject({ code: 0, answer: { ok: true, transitions, root, torn: false } });
    expect(unproven).toMatchObject({ code: 1, answer: { ok: false, error: { code: "unfinished" } } });

    cpSync(at("one"), at("changed"), { recursive: true });
    const trace = join(at("changed"), "trace.jsonl");
    writeFileSync(trace, readFileSync(trace, "utf8").replace('"quantity":"100"', '"quantity":"101"'));
    const changed = await jsonHere(["replay", at("changed")]);
    expect(changed).toMatchObject({ code: 1, answer: { ok: false, error: { code: "invalid" } } });
    expect(changed.answer.error?.message).toMatch(/transition \d+/);
  });

  test("a path that is not a run directory is refused", async () => {
    expect(await jsonHere(["replay", at("nowhere")])).toMatchObject({ code: 1, answer: { ok: false } });
    expect(await jsonHere(["run", "nothing", "--out", at("never")])).toMatchObject({
      code: 1,
      answer: { error: { field: "scenario" } },
    });
    expect(existsSync(at("never"))).toBe(false);
  });

  test("a file may have a scenario", async () => {
    const genesis = `{ levels: 3, cells: [{ address: 256, cell: { type: "program", inbox: 1, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 } }] }`;
    const create = `tracer.program(1).createProgram({ name: "second" })`;
    const own = file(
      "own.ts",
      `export default { name: "own" as string, description: "", genesis: () => (${genesis}), run: (tracer: any) => void ${create} };`,
    );
    const done = await json(["run", own, "--out", at("own"), "--at", "1700000000"]);
    expect(done).toMatchObject({ code: 0, answer: { scenario: "own", transitions: 1, programs: 2 } });
    expect(readFileSync(join(at("own"), "trace.jsonl"), "utf8")).toContain('"at":1700000000');

    const none = file("none.js", "export default 5;");
    expect(await json(["run", none, "--out", at("none")])).toMatchObject({
      code: 1,
      answer: { error: { field: "scenario" } },
    });

    // Interrupted while it waits: the earlier transitions stay, and replay.
    const waiting = file(
      "waiting.mjs",
      `export default { name: "waiting", description: "", genesis: () => (${genesis}), run: async (tracer) => { ${create}; await new Promise((r) => setTimeout(r, 60000)); } };`,
    );
    const stopped = await cli(["run", waiting, "--out", at("waiting")], {
      onStarted: (kill) => {
        const trace = join(at("waiting"), "trace.jsonl");
        const timer = setInterval(() => {
          if (!existsSync(trace) || !readFileSync(trace, "utf8").includes("CreateProgram")) return;
          clearInterval(timer);
          kill("SIGINT");
        }, 50);
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(
      `interrupted; 1 transition kept in ${at("waiting")}; continue with run --continue`,
    );
    expect(await json(["replay", at("waiting")])).toMatchObject({ code: 0, answer: { transitions: 1 } });
  });

  test("the output may be closed early", async () => {
    expect(await cli(["--help"], { closed: true })).toMatchObject({ stderr: "" });
  });
});

test("a run that one process writes is locked for others", async () => {
  mkdirSync(at("busy"));
  using _lock = lockRun(at("busy"), "sign");
  const who = `process ${process.pid} (sign), since 2`;
  const [proving, withdrawing] = await Promise.all([
    json(["prove", at("busy")]),
    cli(["withdraw", at("busy"), "--program", "A", "--out", at("less")]),
  ]);
  expect(proving).toMatchObject({ code: 3, answer: { ok: false, error: { code: "locked" } } });
  expect(proving.answer.error?.message).toContain(who);
  expect(withdrawing).toMatchObject({ code: 3, stdout: "" });
  expect(withdrawing.stderr).toContain(who);
});

describe("import", () => {
  test("of a call tree, with a report", async () => {
    const tree = file("tree.json", {
      result: { ...CALL, calls: [{ ...CALL, from: B, to: A, value: "0x2", error: "out of gas" }] },
      timestamp: "0x10",
    });
    const done = await jsonHere(["import", "evm-calls", tree, "--out", at("tree")]);
    expect(done).toMatchObject({
      code: 0,
      stderr: "",
      answer: {
        transitions: 2,
        tokens: { transfers: 0, imported: 0, refused: 0 },
        report: { at: 16, openingBalances: { [A]: "5" }, reverted: [{ path: "calls[0]", value: "2" }] },
      },
    });
    const report: unknown = done.answer.report;
    const written: unknown = JSON.parse(readFileSync(join(at("tree"), "report.json"), "utf8"));
    expect(written).toEqual({ schemaVersion: 1, ...(report as object) });
    const { stdout } = await cliHere(["import", "evm-calls", tree, "--out", at("tree2")]);
    expect(stdout).toContain(`${A} has 5 wei`);
    expect(stdout).toContain("Reverted, no transition: calls[0]");
  });

  test("of a malformed tree is refused, and the message names the field", async () => {
    const bad = file("bad.json", { ...CALL, value: "five" });
    expect(await jsonHere(["import", "evm-calls", bad, "--out", at("bad")])).toMatchObject({
      code: 1,
      answer: { error: { field: "value" } },
    });
    expect(await jsonHere(["import", "evm-calls", file("no.json", "{"), "--out", at("bad")])).toMatchObject({
      code: 1,
    });
    expect(existsSync(at("bad"))).toBe(false);
  });

  test("of a reverted transaction makes an empty run, and every verb says so", async () => {
    const tree = file("reverted.json", { ...CALL, error: "execution reverted" });
    const imported = await cliHere(["import", "evm-calls", tree, "--out", at("reverted")]);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    expect(imported.stdout).toContain("no transitions");
    const verbs = await Promise.all(
      ["replay", "prove", "verify", "audit"].map((verb) => cliHere([verb, at("reverted")])),
    );
    for (const { code, stdout, stderr } of verbs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/no transition/);
    }
  });
});
