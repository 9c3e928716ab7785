/** What the artifact cache holds, and removing it. */
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "./cache.ts";

/** Kinds that nobody here can make again: somebody else contributed to them. */
const PRECIOUS: ReadonlySet<string> = new Set(["ceremonies"]);

/** One entry of the cache. */
export interface CacheItem {
  /** What it is: `circuits`, `keys`, `programs`, `native`, `ceremonies`, … */
  readonly kind: string;
  /** Hash of what it was made from, in hexadecimal. */
  readonly key: string;
  readonly folder: string;
  readonly bytes: number;
  /** When a file of it was last read or written, as far as the file system keeps that (ISO 8601). */
  readonly lastUsed: string;
  /** Whether it can be made again from the project alone. */
  readonly remakable: boolean;
}

/**
 * All entries, by kind, the largest first.
 * @returns an empty list where there is no cache
 * @throws CacheError if there is no place for a cache at all
 * @example (await cacheEntries()).filter(({ kind }) => kind === "keys")
 */
export async function cacheEntries(): Promise<CacheItem[]> {
  const root = cacheRoot();
  const items: CacheItem[] = [];
  for (const kind of await foldersIn(root)) {
    for (const key of await foldersIn(join(root, kind))) items.push(await itemOf(root, kind, key));
  }
  return items.sort((a, b) => (a.kind === b.kind ? b.bytes - a.bytes : a.kind < b.kind ? -1 : 1));
}

/** Visible folders: what begins with a dot is still being filled. */
async function foldersIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { withFileTypes: true });
  return found.filter((entry) => entry.isDirectory() && /^[\w-]+$/.test(entry.name)).map(({ name }) => name);
}

async function itemOf(root: string, kind: string, key: string): Promise<CacheItem> {
  const folder = join(root, kind, key);
  let [bytes, used] = [0, 0];
  for (const name of await readdir(folder)) {
    const { size, atimeMs, mtimeMs } = await stat(join(folder, name));
    bytes += size;
    used = Math.max(used, atimeMs, mtimeMs);
  }
  return { kind, key, folder, bytes, lastUsed: new Date(used).toISOString(), remakable: !PRECIOUS.has(kind) };
}

/**
 * Removes entries. An entry that a process is making at this moment is left.
 * @returns those that are gone
 */
export async function removeEntries(items: readonly CacheItem[]): Promise<CacheItem[]> {
  const removed: CacheItem[] = [];
  for (const item of items) {
    if (existsSync(`${item.folder}.lock`)) continue;
    // Renamed first: a folder that is half removed is never found under the entry's name.
    const grave = `${item.folder}.${process.pid}-removed`;
    await rename(item.folder, grave);
    await rm(grave, { recursive: true, force: true });
    removed.push(item);
  }
  return removed;
}
