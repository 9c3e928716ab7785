/** The configuration file, `--quiet`, help, completion and the cache. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { commandLine } from "../../scripts/commandLine.ts";
import { readConfig } from "../../scripts/lib/configFile.ts";
import { cli, cliHere, json, jsonHere } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-config-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

const RPC = "http://user:secret@127.0.0.1:1/path";
const REGISTRY = `0x${"1".repeat(40)}`;
const MAP = ["map", "--map", `0x${"2".repeat(64)}`];

function config(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
  return at(name);
}

describe("a configuration file", () => {
  const good = config("good.json", { rpc: RPC, registry: REGISTRY, key: "a.key" });

  test("gives the options that are left out; the node's secrets are in no message", async () => {
    const { code, stdout, stderr } = await cliHere([...MAP, "--config", good]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`timebandits: rpc and registry from ${good}\n`);
    expect(stderr).not.toContain("secret");
  });

  test("comes after the command line, in any order of the options", async () => {
    for (const args of [
      ["--rpc", "http://127.0.0.1:2", "--config", good],
      ["--config", good, "--rpc", "http://127.0.0.1:2"],
    ]) {
      const { code, answer } = await jsonHere([...MAP, ...args]);
      expect(code).toBe(3);
      expect(answer.error?.message).toContain("127.0.0.1:2");
    }
  });

  test("in the working folder or in the user's configuration needs no option, and `none` leaves it out", async () => {
    const [here, users] = [at("here"), at("users")];
    mkdirSync(here);
    mkdirSync(join(users, "timebandits"), { recursive: true });
    writeFileSync(join(here, "timebandits.config.json"), JSON.stringify({ rpc: RPC, registry: REGISTRY }));
    writeFileSync(join(users, "timebandits", "config.json"), JSON.stringify({ rpc: RPC }));
    const elsewhere = { cwd: scratch, env: { XDG_CONFIG_HOME: users } };
    const [there, without, own] = await Promise.all([
      cli(MAP, { cwd: here }),
      cli([...MAP, "--config", "none"], { cwd: here }),
      cli([...MAP, "--registry", REGISTRY], elsewhere),
    ]);
    expect(there.stderr).toContain(`rpc and registry from ${join(here, "timebandits.config.json")}`);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining("'--rpc <url>' not specified") });
    expect(own.stderr).toContain(`timebandits: rpc from ${join(users, "timebandits", "config.json")}`);
  });

  test("does not send an audit to a chain", async () => {
    const { answer } = await jsonHere(["audit", at("nothing"), "--config", good]);
    expect(answer.error?.message).not.toContain("127.0.0.1");
  });

  test("has paths relative to itself", () => {
    expect(readConfig(good)).toEqual({ rpc: RPC, registry: REGISTRY, key: at("a.key") });
  });

  test.each([
    ["an unknown member", { rcp: RPC }, "rcp"],
    ["a number for a text", { rpc: 8545 }, "rpc"],
    ["no URL", { rpc: "localhost", registry: REGISTRY }, "--rpc: give a URL"],
    ["no address", { rpc: RPC, registry: "0x12" }, "registry: It is 0x and 40 hexadecimal digits."],
    ["a member twice", `{"rpc":"${RPC}","rpc":"${RPC}"}`, "twice"],
    ["no object", [], "not an object"],
    ["no JSON", "{", "bad.json"],
    ["too much", " ".repeat(70_000), "65536"],
  ])("with %s is refused, and the message names it", async (_, content, says) => {
    const { code, answer } = await jsonHere([...MAP, "--config", config("bad.json", content)]);
    expect(code).toBeGreaterThan(0);
    expect(code).toBeLessThan(3);
    expect(answer.error?.message).toContain(says);
  });

  test("that does not exist is refused; a verb without use for it does not read it", async () => {
    expect((await jsonHere([...MAP, "--config", at("nowhere.json")])).code).toBe(1);
    const broken = at("broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "timebandits.config.json"), "{");
    expect((await cli(["cache", "list"], { cwd: broken })).code).toBe(0);
  });
});

describe("messages", () => {
  test("every object has a schema version, also an error", async () => {
    const [done, failed] = await Promise.all([jsonHere(["cache", "list"]), json(["replay", at("nowhere")])]);
    expect(done.answer).toMatchObject({ schemaVersion: 1, ok: true });
    expect(failed.answer).toMatchObject({ schemaVersion: 1, ok: false });
  });

  test("--quiet prints the result without remarks", async () => {
    const file = config("quiet.json", { rpc: RPC, registry: REGISTRY });
    const { stderr } = await cliHere([...MAP, "--config", file, "--quiet"]);
    expect(stderr).not.toContain(" from ");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("help prints a verb's own help; for an unknown verb it refers to the list", async () => {
    const [asked, own, inner, none] = await Promise.all([
      cliHere(["help", "prove"]),
      cli(["prove", "--help"]),
      cliHere(["help", "keys", "new"]),
      cliHere(["help", "prvoe"]),
    ]);
    expect(asked).toEqual(own);
    expect(inner.stdout).toContain("Usage: timebandits keys new");
    expect(none).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('"timebandits help" lists them'),
    });
  });

  test("every verb has help and a group", () => {
    for (const verb of commandLine().commands) {
      if (verb.name() === "complete") continue;
      expect(verb.description(), verb.name()).not.toBe("");
      expect(verb.helpGroup(), verb.name()).not.toBe("");
    }
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("there is a script for %s", async (shell) => {
    const { code, stdout } = await cli(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toContain("timebandits complete --");
  });

  test("it offers verbs, options and the values of an option", async () => {
    const [verbs, options, values, unknown] = await Promise.all([
      cli(["complete", "--", "pro"]),
      cli(["complete", "--", "prove", "--p"]),
      cli(["complete", "--", "prove", "--profile", ""]),
      cli(["completion", "tcsh"]),
    ]);
    expect(verbs.stdout).toMatch(/^prove\t/m);
    expect(options.stdout).toMatch(/^--profile\t/m);
    expect(values.stdout).toMatch(/^batch-64/m);
    expect(unknown.code).toBe(2);
  });
});

describe("the cache", () => {
  const env = { TIMEBANDITS_CACHE: at("cache") };
  const entry = (kind: string, key: string): string => {
    const folder = join(env.TIMEBANDITS_CACHE, kind, key);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "entry.json"), "{}");
    return folder;
  };

  test("is listed, and cleaned of rebuildable entries that no process is writing", async () => {
    const [circuit, busy, precious] = [entry("circuits", "aa"), entry("keys", "bb"), entry("ceremonies", "cc")];
    mkdirSync(`${busy}.locked`);
    mkdirSync(join(env.TIMEBANDITS_CACHE, "keys", ".half"), { recursive: true });
    const listed = await jsonHere(["cache", "list"], { env });
    expect(listed.answer.items).toMatchObject([
      { kind: "ceremonies", remakable: false },
      { kind: "circuits", key: "aa", bytes: 2, remakable: true },
      { kind: "keys", key: "bb" },
    ]);
    expect((await jsonHere(["cache", "clean", "--dry-run"], { env })).answer.removed).toHaveLength(2);
    expect((await jsonHere(["cache", "clean", "--older-than", "1"], { env })).answer.removed).toEqual([]);
    expect(existsSync(circuit)).toBe(true);
    expect((await jsonHere(["cache", "clean"], { env })).answer).toMatchObject({ removed: [{ key: "aa" }], busy: 1 });
    expect([circuit, busy, precious].map((folder) => existsSync(folder))).toEqual([false, true, true]);
    expect((await jsonHere(["cache", "clean", "--all", "--kind", "ceremonies"], { env })).answer.removed).toHaveLength(
      1,
    );
    expect(existsSync(precious)).toBe(false);
  });

  test("without a folder is empty", async () => {
    expect((await jsonHere(["cache", "list"], { env: { TIMEBANDITS_CACHE: at("none") } })).answer.items).toEqual([]);
  });
});

test("every environment variable that the code reads is documented", async () => {
  const { glob } = await import("node:fs/promises");
  const said = ["docs/reference/command-line.md", "docs/reference/command-line.md"]
    .map((path) => join(PROJECT_ROOT, path))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const names = new Set<string>();
  for await (const path of glob("{trace,prover,verifier,scripts}/**/*.{ts,mjs}", { cwd: PROJECT_ROOT })) {
    const text = readFileSync(join(PROJECT_ROOT, path), "utf8");
    for (const [, name = ""] of text.matchAll(/process\.env\.([A-Z_]{3,})/g)) names.add(name);
    for (const [, name = ""] of text.matchAll(/"(TIMEBANDITS_[A-Z_]+)"/g)) names.add(name);
  }
  expect(names.size).toBeGreaterThan(5);
  for (const name of names) expect(said, `${name} is in no table`).toContain(`\`${name}\``);
});
