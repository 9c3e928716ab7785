/** The content of the artifact cache, and removing it. */
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, removeEntry } from "./cache.ts";
import { entryLock } from "./cacheLock.ts";

/** Kinds that cannot be made again here: other people contributed to them. */
const PRECIOUS: ReadonlySet<string> = new Set(["ceremonies"]);

/** One entry of the cache. */
export interface CacheItem {
  /** Its kind: `circuits`, `keys`, `programs`, `native`, `ceremonies`, … */
  readonly kind: string;
  /** Hash of its inputs, in hexadecimal. */
  readonly key: string;
  readonly folder: string;
  readonly bytes: number;
  /** When one of its files was last read or written, as far as the file system records it (ISO 8601). */
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

/** Visible folders. A name that begins with a dot marks a folder still being filled. */
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
 * Removes entries. Skips an entry that a process is making at this moment.
 * @returns the removed entries
 * @throws CacheError if one cannot be removed; those before it are gone
 */
export async function removeEntries(items: readonly CacheItem[]): Promise<CacheItem[]> {
  const removed: CacheItem[] = [];
  for (const item of items) {
    if (!existsSync(entryLock(item.folder)) && (await removeEntry(item.folder))) removed.push(item);
  }
  return removed;
}
