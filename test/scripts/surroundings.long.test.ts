/**
 * The command line in faulty surroundings. It works, or says the next step in one sentence. It leaves no partial file.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { failureOf } from "../../scripts/lib/failure.ts";
import { FILES, pathIn } from "../../trace/run/runDirectory.ts";
import { withoutProgress } from "../lib/progressLines.ts";
import { MULTIPLIER } from "../prover/circuits.ts";
import { cli, type Ended, entry, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-surroundings-"));
const at = (name: string): string => join(scratch, name);
const linux = process.platform === "linux";

beforeAll(async () => {
  expect((await cli(["run", "seed", "--out", at("seed")])).code).toBe(0);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a line of shell, in which `$T` starts the command line. */
async function shell(line: string, env: Record<string, string | undefined> = {}): Promise<Ended> {
  const words = `'${process.execPath}' '${entry}'`;
  const child = spawn("sh", ["-c", line.replaceAll("$T", words)], {
    cwd: scratch,
    env: { ...process.env, NODE_OPTIONS: "", TIMEBANDITS_KEY: "", TIMEBANDITS_PASSWORD: "", ...env },
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout: out.join(""), stderr: withoutProgress(err.join("")) };
}

/** One sentence, from the command line itself. */
function sentence(says: RegExp): unknown {
  const line = new RegExp(`^timebandits: [^\\n]*${says.source}[^\\n]*\\n$`);
  return { stdout: "", stderr: expect.stringMatching(line) };
}

/** Whether a line of shell works here at all. */
function works(line: string): boolean {
  return spawnSync("sh", ["-c", line]).status === 0;
}

/** A user without a home, who may read the project and not write to it. */
const STRANGER = "setpriv --reuid 54321 --regid 54321 --clear-groups";
const asStranger = works(`${STRANGER} test -r '${entry}' && ! ${STRANGER} test -w '${PROJECT_ROOT}'`);
/** A disk of that many kilobytes, below `small`. */
const small = (size: string, line: string): string =>
  `unshare -rm sh -c 'mkdir -p small && mount -t tmpfs -o size=${size} none small && { ${line.replaceAll("'", '"')}; }'`;
const onSmallDisk = works(`cd '${scratch}' && ${small("8k", "true")}`);

describe.skipIf(!linux)("a limit to addresses", () => {
  test("suffices for a verb, or the error names it; with --json as an object", async () => {
    const [replayed, proven, object] = await Promise.all([
      shell("ulimit -v 4000000; $T replay seed"),
      shell("ulimit -v 4000000; $T prove seed"),
      shell(`cp -r seed other; ulimit -v 4000000; $T prove other --json`),
    ]);
    expect(replayed).toMatchObject({ code: 0, stderr: "" });
    expect(proven).toMatchObject({
      code: 3,
      ...(sentence(/too little (memory or )?address space; allow more/) as object),
    });
    expect(object).toMatchObject({ code: 3, stderr: "" });
    expect(JSON.parse(object.stdout)).toMatchObject({ ok: false, error: { code: "memory" } });
    for (const run of ["seed", "other"]) expect(existsSync(at(`${run}/proofs`))).toBe(false);
    // The remains of an ended process's lock stop no other process.
    expect((await cli(["withdraw", at("seed"), "--program", "A", "--out", at("rest")])).stderr).not.toContain("locked");
  });
});

describe("another user's project", () => {
  test.skipIf(!asStranger)(
    "without a home, the error names the variable to set; with a cache, circuits compile",
    async () => {
      mkdirSync(at("cache"), { mode: 0o777 });
      spawnSync("chmod", ["777", at("cache"), scratch]);
      spawnSync("chmod", ["-R", "a+rwX", at("seed")]);
      const build = `
      import { buildCircuit } from ${JSON.stringify(`${PROJECT_ROOT}/prover/circuit/build.ts`)};
      const { constraints } = await buildCircuit("m", ${JSON.stringify(MULTIPLIER)});
      console.log(constraints);`;
      writeFileSync(at("build.mjs"), build);
      const [homeless, unwritable, compiled, replayed] = await Promise.all([
        shell(`${STRANGER} env -u HOME -u TIMEBANDITS_CACHE -u XDG_CACHE_HOME $T prove seed`),
        shell(`${STRANGER} env TIMEBANDITS_CACHE=/proc/none $T prove seed`),
        shell(`${STRANGER} env -u HOME TIMEBANDITS_CACHE='${at("cache")}' '${process.execPath}' build.mjs`),
        shell(`${STRANGER} env -u HOME $T replay seed`),
      ]);
      expect(homeless).toMatchObject({
        code: 3,
        ...(sentence(/no home folder for circuits and keys: set TIMEBANDITS_CACHE \(or XDG_CACHE_HOME/) as object),
      });
      expect(unwritable).toMatchObject({
        code: 3,
        ...(sentence(/set TIMEBANDITS_CACHE to a writable folder/) as object),
      });
      expect(compiled).toMatchObject({ code: 0, stdout: "2\n", stderr: "" });
      expect(replayed).toMatchObject({ code: 0, stderr: "" });
    },
  );

  test.skipIf(!asStranger)("or another user's run is read, and not written to", async () => {
    spawnSync("chmod", ["755", scratch]);
    spawnSync("cp", ["-r", at("seed"), at("theirs")]);
    rmSync(at("theirs/.lock"), { recursive: true, force: true });
    spawnSync("chmod", ["-R", "go-w", at("theirs")]);
    const key = "keys new theirs/key";
    const [locked, replayed, keys, run] = await Promise.all([
      shell(`${STRANGER} $T withdraw theirs --program A --out theirs/out`),
      shell(`${STRANGER} $T replay theirs`),
      shell(`${STRANGER} $T ${key}`),
      shell(`${STRANGER} $T run seed --out theirs/run`),
    ]);
    expect(replayed).toMatchObject({ code: 0, stderr: "" });
    for (const ended of [locked, keys, run]) {
      expect(ended).toMatchObject({
        code: 3,
        ...(sentence(/permission is denied; allow it, or name another/) as object),
      });
    }
    expect(readdirSync(at("theirs")).sort()).toEqual(Object.values(FILES).sort());
  });
});

describe("a full disk", () => {
  test.skipIf(!onSmallDisk)("has a run, a report and a picture whole or not at all", async () => {
    const tree = { type: "CALL", from: `0x${"1".repeat(40)}`, to: `0x${"2".repeat(40)}`, value: "0x1", gas: "0x0" };
    const calls = Array.from({ length: 40 }, () => ({ ...tree, from: tree.to, to: tree.from, value: "0x0" }));
    writeFileSync(at("calls.json"), JSON.stringify({ ...tree, calls }));
    expect((await cli(["keys", "new", at("a.key")])).code).toBe(0);
    const keyed = ["run", "seed", "--out", at("keyed"), "--authority", `A=${at("a.key")}`];
    expect((await cli(keyed)).code).toBe(0);
    const all = [
      small("8k", "$T withdraw keyed --program A --out small/rest; e=$?; ls -A small; exit $e"),
      small("4k", "$T run seed --out small/run; e=$?; ls -A small; exit $e"),
      small("20k", "$T import evm-calls calls.json --at 1 --out small/run; e=$?; ls -A small; exit $e"),
      small("8k", "$T graph seed --out small/graph.svg; e=$?; ls -A small; exit $e"),
      small("40k", "TIMEBANDITS_CACHE=small/c $T setup; e=$?; ls -A small/c/circuits; exit $e"),
    ];
    for (const ended of await Promise.all(all.map((line) => shell(line)))) {
      expect(ended).toMatchObject({
        code: 3,
        ...(sentence(/no space is left; free some|no space is left: free/) as object),
      });
    }
    const part = await shell(small("12k", "$T run seed --out small/run; e=$?; $T replay small/run; exit $e"));
    expect(part.code).toBe(3);
    expect(part.stderr).toMatch(/no space is left.*; kept there: \d+ transitions? traced before/);
    expect(part.stdout).toMatch(/^\d+ transitions in \d+ groups replay/);
    const fits = await shell(small("64k", "$T run seed --out small/run; e=$?; ls -A small/run; exit $e"));
    expect(fits).toMatchObject({ code: 0, stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("cannot take the output, and an error says so", async () => {
    for (const flag of ["", "--json"]) {
      const { code, stderr } = await shell(`$T replay seed ${flag} > /dev/full`);
      expect(code).toBe(3);
      expect(stderr).toMatch(/^timebandits: the output cannot be written: no space is left[^\n]*\n$/);
    }
    expect((await shell("$T replay seed > /dev/full 2> /dev/full")).code).toBe(3);
  });
});

describe("too few open files", () => {
  test("make an error with the name of the file", () => {
    const thrown = Object.assign(new Error("EMFILE: too many open files, open '/run/genesis.json'"), {
      code: "EMFILE",
      path: "/run/genesis.json",
    });
    expect(failureOf(thrown)).toEqual({
      exitCode: 3,
      error: { code: "system", message: "/run/genesis.json: too many files are open; allow more (ulimit -n)" },
    });
  });
});

describe("a removed folder", () => {
  test.skipIf(!linux)("is named if a verb needs it", async () => {
    mkdirSync(at("gone"));
    const [needs, needsNot] = await Promise.all([
      shell("cd gone; rmdir ../gone 2>/dev/null; $T check ./nowhere.ts"),
      shell("mkdir gone2; cd gone2; rmdir ../gone2; $T replay ../seed; $T replay '../seed' --json"),
    ]);
    expect(needs).toMatchObject({ code: 3, ...(sentence(/folder that this was started in is gone/) as object) });
    expect(needsNot.stderr).not.toMatch(/\n {4}at /);
  });
});

describe("a folder that cannot be made", () => {
  test.skipIf(!existsSync("/proc/self"))("is named, also below a folder of the system", async () => {
    const [run, cache] = await Promise.all([
      json(["run", "seed", "--out", "/proc/timebandits/run"]),
      json(["prove", at("seed")], { env: { TIMEBANDITS_CACHE: "/proc/timebandits/cache" } }),
    ]);
    for (const { code, answer } of [run, cache]) {
      expect(code).toBe(3);
      expect(answer.error?.message).toMatch(/cannot (be written|write)/);
    }
  });
});

describe("a folder in place of a file, and a file in place of a folder", () => {
  test("are bad files and end with 1", async () => {
    for (const name of ["genesis", "trace", "manifest"] as const) {
      spawnSync("cp", ["-r", at("seed"), at(`no-${name}`)]);
      rmSync(pathIn(at(`no-${name}`), name));
      mkdirSync(pathIn(at(`no-${name}`), name));
    }
    spawnSync("cp", ["-r", at("seed"), at("no-proofs")]);
    writeFileSync(at("no-proofs/proofs"), "");
    writeFileSync(at("file"), "");
    const cases: [args: string[], says: RegExp][] = [
      [["replay", at("no-genesis")], /genesis.json: is not a file/],
      [["replay", at("no-trace")], /trace.jsonl: is not a file/],
      [["replay", at("no-manifest")], /manifest.json: is not a file/],
      [["verify", at("no-proofs")], /proofs: is no folder; remove it/],
      [["run", "seed", "--out", at("file")], /file: is no directory/],
      [["import", "evm-calls", scratch, "--out", at("never")], /cannot be read; name a file/],
      [["ceremony", "contribute", scratch, at("never"), "--name", "x"], /cannot be read: name a .zkey file/],
      [["sign", at("seed"), "--program", "A", "--key", scratch, "--yes"], /is a folder; name a key file/],
    ];
    const ends = await Promise.all(cases.map(([args]) => json(args)));
    for (const [index, { code, answer, stderr }] of ends.entries()) {
      expect({ code, message: answer.error?.message, stderr }).toEqual({
        code: 1,
        message: expect.stringMatching(cases[index]?.[1] ?? /$/),
        stderr: "",
      });
    }
    expect(existsSync(at("never"))).toBe(false);
  });
});
