/** The folder in memory reads as Node's file system does. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { putFile } from "../../web/node/files.ts";
import * as memory from "../../web/node/fs.ts";
import { open } from "../../web/node/fsPromises.ts";

const folder = mkdtempSync(join(tmpdir(), "folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Read = (handle: number, into: Uint8Array, offset: number, length: number, from: number | null) => number;

/** What reads of three bytes find, one after the other. */
function readsOf(read: Read, handle: number, places: readonly (number | null)[]): string[] {
  return places.map((from) => {
    const into = new Uint8Array(3);
    return Buffer.from(into.subarray(0, read(handle, into, 0, 3, from))).toString();
  });
}

test("a read without a place goes on where the last one ended; one with a place changes nothing of that", () => {
  const path = join(folder, "letters");
  writeFileSync(path, "abcdefgh");
  putFile(path, new TextEncoder().encode("abcdefgh"));
  const places = [null, 1, null, 7, null, null];
  const [disk, inMemory] = [openSync(path, "r"), memory.openSync(path)];
  const found = readsOf(memory.readSync, inMemory, places);
  expect(found).toEqual(["abc", "bcd", "def", "h", "gh", ""]);
  expect(found).toEqual(readsOf(readSync, disk, places));
  closeSync(disk);
  memory.closeSync(inMemory);
});

test("an open file tells its length and is read at any place; nothing is written", async () => {
  putFile("/proving/key", new TextEncoder().encode("abcdefgh"));
  await using file = await open("/proving/key");
  const into = new Uint8Array(4);
  expect((await file.stat()).size).toBe(8);
  expect(await file.read(into, 1, 3, 6)).toEqual({ bytesRead: 2 });
  expect(Buffer.from(into).toString("latin1")).toBe("\0gh\0");
  await expect(open("/proving/key", "w")).rejects.toThrow("EROFS");
  await expect(open("/proving/none")).rejects.toThrow("ENOENT");
});
