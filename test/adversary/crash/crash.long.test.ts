/** Processes that are killed at random moments; a full disk; a folder without write permission. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { cli, json } from "../../scripts/cli.ts";
import { runCrashes } from "./crashes.ts";

const ENTRY = fileURLToPath(new URL("../../../scripts/timebandits.mjs", import.meta.url));
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "timebandits-disk-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a process killed at random moments loses nothing and repeats nothing when it continues", async () => {
  const { killed, problems } = await runCrashes({ times: 100, seed: 1 });
  expect(problems).toEqual([]);
  // Moments are random, so some processes end before they are killed. Most do not.
  expect(Object.values(killed).reduce((sum, some) => sum + some, 0)).toBeGreaterThan(40);
  expect(Object.keys(killed).sort()).toEqual(["creating", "keys", "proving", "submitting", "tracing"]);
});

test("at a limit on file size tracing ends with 3 and keeps the whole groups", () => {
  const script = `trap '' XFSZ; ulimit -f 4; exec "$@"`;
  const args = ["-c", script, "bash", process.execPath, ENTRY, "run", "seed", "--out", at("short"), "--json"];
  const { status, stdout } = spawnSync("bash", args, { encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "disk" } });
  expect(status).toBe(3);
  const { groups, trace } = replayDirectory(at("short"));
  expect(groups.length).toBeGreaterThan(0);
  expect(trace.torn).toBe(true);
});

/** A tiny file system, if this user may make one. */
function mounted(name: string, options: string): boolean {
  mkdirSync(at(name));
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at(name)]).status === 0;
}
const unmount = (name: string): void => {
  spawnSync("umount", [at(name)]);
};

test("on a full disk every verb ends with 3 and says so", async ({ skip }) => {
  if (!mounted("full", "size=48k")) return skip("no file system may be mounted here");
  try {
    const traced = await json(["run", "seed", "--out", at("full/run")]);
    expect(traced).toMatchObject({ code: 0 });
    writeFileSync(at("full/filler"), Buffer.alloc(8_192));
    for (let left = 4_096; left > 0; left >>= 1) {
      try {
        writeFileSync(at(`full/filler-${left}`), Buffer.alloc(left));
      } catch {
        // The file system is full now, as intended.
      }
    }
    const ends = await Promise.all([
      json(["run", "seed", "--out", at("full/other")]),
      json(["keys", "new", at("full/a.key")]),
    ]);
    for (const { code, answer } of ends) {
      expect({ code, answer }).toMatchObject({ code: 3, answer: { ok: false } });
      expect(answer.error?.message).toMatch(/cannot be written|no space|space/);
    }
    expect(await json(["replay", at("full/run")])).toMatchObject({ code: 0 });
  } finally {
    unmount("full");
  }
});

test("in a folder without write permission every verb ends with 3 and says so", async ({ skip }) => {
  if (!mounted("still", "size=1m")) return skip("no file system may be mounted here");
  try {
    expect(await json(["run", "seed", "--out", at("still/run")])).toMatchObject({ code: 0 });
    if (spawnSync("mount", ["-o", "remount,ro", at("still")]).status !== 0) return skip("it cannot be made read-only");
    const ends = await Promise.all([
      json(["run", "seed", "--out", at("still/other")]),
      json(["keys", "new", at("still/a.key")]),
      json(["prove", at("still/run")]),
    ]);
    for (const { code, answer } of ends) expect({ code, answer }).toMatchObject({ code: 3, answer: { ok: false } });
    expect(await json(["replay", at("still/run")])).toMatchObject({ code: 0 });
  } finally {
    unmount("still");
  }
});

test("a run directory, a key file and a cache below a file end with 3", async () => {
  writeFileSync(at("file"), "");
  expect(await json(["run", "seed", "--out", at("file/run")])).toMatchObject({
    code: 3,
    answer: { error: { code: "disk" } },
  });
  expect((await cli(["keys", "new", at("file/a.key")])).code).toBe(3);
  const cache = { env: { TIMEBANDITS_CACHE: at("file/cache") } };
  expect(await json(["setup"], cache)).toMatchObject({ code: 3, answer: { error: { code: "CACHE_UNWRITABLE" } } });
});
