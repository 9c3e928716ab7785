import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cached, cacheRoot, hashFile, removeEntry, sha256 } from "../../prover/storage/cache.ts";
import { cacheEntries, removeEntries } from "../../prover/storage/cacheList.ts";

const run = promisify(execFile);
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "timebandits-cache-"));
  vi.stubEnv("TIMEBANDITS_CACHE", root);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

async function make(folder: string): Promise<{ made: number }> {
  await writeFile(join(folder, "data"), "some bytes");
  return { made: 1 };
}

/** A lock as its holder would have left it. */
async function leaveLock(key: string, holder: unknown): Promise<string> {
  const lock = join(root, "things", `${key}.locked`);
  await mkdir(lock);
  await writeFile(join(lock, "1-abc"), JSON.stringify(holder));
  return join(lock, "1-abc");
}

test("the root is the first of TIMEBANDITS_CACHE, XDG_CACHE_HOME, ~/.cache", () => {
  expect(cacheRoot()).toBe(root);
  vi.stubEnv("TIMEBANDITS_CACHE", "");
  vi.stubEnv("XDG_CACHE_HOME", "/xdg");
  expect(cacheRoot()).toBe("/xdg/timebandits");
  vi.stubEnv("XDG_CACHE_HOME", "not/absolute");
  vi.stubEnv("HOME", "/home/someone");
  expect(cacheRoot()).toBe("/home/someone/.cache/timebandits");
  for (const home of ["", "not/absolute"]) {
    vi.stubEnv("HOME", home);
    expect(() => cacheRoot()).toThrow(/no home.*set TIMEBANDITS_CACHE \(or XDG_CACHE_HOME/);
  }
});

test("an entry is made once, then found with its facts and hashes", async () => {
  const first = await cached("things", "key", make);
  expect(first.seconds).toBeGreaterThanOrEqual(0);
  const second = await cached("things", "key", () => Promise.reject(new Error("not again")));
  expect(second).toEqual({ ...first, seconds: null });
  expect(second.facts).toEqual({ made: 1 });
  expect(second.sha256).toEqual({ data: sha256("some bytes") });
  expect(await hashFile(join(second.folder, "data"))).toBe(sha256("some bytes"));
  expect(await readdir(join(root, "things"))).toEqual(["key"]);
});

test("a failed making leaves nothing behind and can be tried again", async () => {
  await expect(cached("things", "key", () => Promise.reject(new Error("out of luck")))).rejects.toThrow("out of luck");
  expect(await readdir(join(root, "things"))).toEqual([]);
  expect((await cached("things", "key", make)).seconds).not.toBeNull();
});

test.each([
  ["changed", "other byte"],
  ["cut short", "some"],
])("a %s file is noticed and the entry made again", async (_, content) => {
  const { folder } = await cached("things", "key", make);
  await writeFile(join(folder, "data"), content);
  const again = await cached("things", "key", make);
  expect(again.seconds).not.toBeNull();
  expect(await readFile(join(folder, "data"), "utf8")).toBe("some bytes");
});

test("a record that is not JSON counts as damage", async () => {
  const { folder } = await cached("things", "key", make);
  await writeFile(join(folder, "entry.json"), "{");
  expect((await cached("things", "key", make)).seconds).not.toBeNull();
});

test("calls at the same time share one making", async () => {
  let makings = 0;
  const slow = async (folder: string): Promise<{ made: number }> => {
    makings++;
    await new Promise((done) => setTimeout(done, 150));
    return await make(folder);
  };
  const entries = await Promise.all([1, 2, 3].map(() => cached("things", "key", slow)));
  expect(makings).toBe(1);
  expect(entries.filter((entry) => entry.seconds !== null)).toHaveLength(1);
});

test("processes at the same time share one making", async () => {
  const module = new URL("../../prover/storage/cache.ts", import.meta.url).href;
  const script = `
    import { appendFile, writeFile } from "node:fs/promises";
    const { cached } = await import(${JSON.stringify(module)});
    await cached("things", "key", async (folder) => {
      await appendFile(${JSON.stringify(join(root, "log"))}, "made\\n");
      await new Promise((done) => setTimeout(done, 300));
      await writeFile(folder + "/data", "some bytes");
      return null;
    });`;
  await Promise.all([1, 2, 3].map(() => run(process.execPath, ["--input-type=module", "-e", script])));
  expect(await readFile(join(root, "log"), "utf8")).toBe("made\n");
  expect((await cached("things", "key", make)).seconds).toBeNull();
});

test("the lock of a process that is gone is broken", async () => {
  await cached("things", "other", make);
  const child = execFile(process.execPath, ["-e", ""]);
  await new Promise((done) => child.on("close", done));
  await leaveLock("key", { pid: child.pid, host: hostname(), process: null });
  expect((await cached("things", "key", make)).seconds).not.toBeNull();
  expect((await readdir(join(root, "things"))).sort()).toEqual(["key", "other"]);
});

test("the lock of a process that cannot be seen is broken once it is silent", async () => {
  await cached("things", "other", make);
  const file = await leaveLock("key", { pid: 1, host: `not-${hostname()}`, process: null });
  let makings = 0;
  const making = cached("things", "key", (folder) => {
    makings++;
    return make(folder);
  });
  await new Promise((done) => setTimeout(done, 200));
  expect(makings).toBe(0);
  await utimes(file, new Date(), new Date(Date.now() - 61_000));
  await making;
  expect((await readdir(join(root, "things"))).sort()).toEqual(["key", "other"]);
});

test("a cache that cannot be written says what to set", async () => {
  await writeFile(join(root, "file"), "");
  vi.stubEnv("TIMEBANDITS_CACHE", join(root, "file"));
  await expect(cached("things", "key", make)).rejects.toMatchObject({
    name: "CacheError",
    code: "CACHE_UNWRITABLE",
    message: expect.stringContaining("TIMEBANDITS_CACHE"),
  });
});

test("an entry is removed once, however many try", async () => {
  const { folder } = await cached("things", "key", make);
  const items = await cacheEntries();
  expect(await Promise.all([removeEntry(folder), removeEntry(folder)])).toEqual(expect.arrayContaining([true, false]));
  expect(await readdir(join(root, "things"))).toEqual([]);
  expect(await removeEntries(items)).toEqual([]);
});
