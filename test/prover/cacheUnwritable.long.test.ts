/** A cache whose folders cannot be renamed. A file of its own, in a process of its own: the file system is replaced. */
import * as fs from "node:fs/promises";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cached } from "../../prover/storage/cache.ts";
import { cacheEntries, removeEntries } from "../../prover/storage/cacheList.ts";

vi.mock("node:fs/promises", { spy: true });

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

test("an entry that cannot be removed is named, damaged or not", async () => {
  const { folder } = await cached("things", "key", make);
  await writeFile(join(folder, "data"), "other byte");
  const failure = { code: "CACHE_UNWRITABLE", message: expect.stringContaining(join(root, "things")) };
  vi.mocked(fs.rename).mockRejectedValueOnce(Object.assign(new Error("no"), { code: "EACCES" }));
  await expect(cached("things", "key", make)).rejects.toMatchObject(failure);
  const [item] = await cacheEntries();
  vi.mocked(fs.rename).mockRejectedValueOnce(Object.assign(new Error("no"), { code: "EACCES" }));
  await expect(removeEntries(item === undefined ? [] : [item])).rejects.toMatchObject(failure);
  expect(await readdir(join(root, "things"))).toEqual(["key"]);
});
