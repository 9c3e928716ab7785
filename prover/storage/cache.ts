/**
 * Heavy artifacts (compiled circuits, proving keys) live outside git, in one folder per user, shared by tests, demo and
 * command line. An entry is a folder named by the hash of all its inputs. It is filled under another name and renamed,
 * so it appears whole or not at all. A lock keeps two processes from doing the same work twice, but correctness does
 * not depend on it: without it, both build and the first rename wins.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeFolder } from "../../trace/run/runDirectory.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import { userCache } from "../../trace/run/userCache.ts";
import { besides } from "../../trace/run/wholeFile.ts";
import { CacheError } from "../errors.ts";
import { lockEntry } from "./cacheLock.ts";

/** An entry's record: facts from its maker, and the hash of each of its files. */
interface EntryRecord<Facts> {
  readonly facts: Facts;
  readonly files: { readonly [name: string]: { readonly size: number; readonly sha256: string } };
}

/** A finished entry: its folder, its maker's record, and the SHA-256 of each of its files by name. */
export interface CacheEntry<Facts> {
  readonly folder: string;
  readonly facts: Facts;
  readonly sha256: { readonly [name: string]: string };
  /** Seconds this process took to make it; null if it existed already. */
  readonly seconds: number | null;
}

const RECORD = "entry.json";

/**
 * The cache's root: `$TIMEBANDITS_CACHE`, or `timebandits` below `$XDG_CACHE_HOME` or `~/.cache`.
 * @throws CacheError if none of them is set and the user has no home
 */
export function cacheRoot(): string {
  const root = userCache();
  if (root !== undefined) return root;
  // An invented folder could belong to another user, or be new at each start, so a missing home is an error.
  throw new CacheError(
    "CACHE_NOWHERE",
    "there is no home folder for circuits and keys: set TIMEBANDITS_CACHE (or XDG_CACHE_HOME, or HOME) to a writable folder",
  );
}

/** SHA-256 of bytes or of text as UTF-8, in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Hash of a file, read as a stream, in hexadecimal. */
export async function hashFile(
  path: string,
  algorithm: "sha256" | "sha512" | "blake2b512" = "sha256",
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/**
 * The entry `kind`/`key`, made by `make` if it does not exist. `make` fills the folder it is given and returns facts to
 * record, which must survive JSON. An entry whose files do not match their recorded hashes is discarded and made again.
 *
 * @throws CacheError if the folder cannot be written; any error that `make` throws.
 */
export async function cached<Facts>(
  kind: string,
  key: string,
  make: (folder: string) => Promise<Facts>,
): Promise<CacheEntry<Facts>> {
  const shelf = join(cacheRoot(), kind);
  const folder = join(shelf, key);
  await makeShelf(shelf);

  const found = await open<Facts>(folder);
  if (found !== null) return found;
  using _lock = await inShelf(shelf, () => lockEntry(folder));
  // The previous holder of the lock has probably made it.
  const made = await open<Facts>(folder);
  if (made !== null) return made;
  const started = performance.now();
  const temporary = besides(join(shelf, `.${key}`));
  await inShelf(shelf, () => mkdir(temporary));
  try {
    const facts = await make(temporary);
    await inShelf(shelf, () => seal(temporary, facts));
    await publish(temporary, folder);
  } catch (error) {
    // `make` writes to this file system.
    throw hasCode(error, ...FULL) ? unwritable(shelf, error) : error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const entry = await open<Facts>(folder);
  if (entry === null) {
    throw new CacheError(
      "CACHE_UNREADABLE",
      `${folder} was written but does not read back: check the disk, or set TIMEBANDITS_CACHE to another folder`,
    );
  }
  return { ...entry, seconds: (performance.now() - started) / 1000 };
}

/**
 * The entry `kind`/`key`, if it exists: for entries that cannot be made again here and that nothing else may replace.
 * @throws CacheError CACHE_DAMAGED if it does not match its record; it stays where it is
 */
export async function cachedAlready<Facts>(kind: string, key: string): Promise<CacheEntry<Facts> | null> {
  const folder = join(cacheRoot(), kind, key);
  const found = await lookUp<Facts>(folder);
  if (found !== "damaged") return found;
  throw new CacheError("CACHE_DAMAGED", `${folder} differs from its record: remove it, and install it again`);
}

async function makeShelf(shelf: string): Promise<void> {
  await inShelf(shelf, async () => makeFolder(shelf));
}

/** No space is left on the device, or the user's quota is used up. */
const FULL = ["ENOSPC", "EDQUOT"];

/** Does something to the cache's own files. @throws CacheError on any error of the system */
async function inShelf<T>(shelf: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unwritable(shelf, error);
  }
}

function unwritable(shelf: string, cause: unknown): CacheError {
  const why = hasCode(cause, ...FULL) ? ", where no space is left: free some, or" : ":";
  return new CacheError(
    "CACHE_UNWRITABLE",
    `cannot write the artifact cache ${shelf}${why} set TIMEBANDITS_CACHE to a writable folder`,
    { cause },
  );
}

async function seal<Facts>(folder: string, facts: Facts): Promise<void> {
  const files: Record<string, { size: number; sha256: string }> = {};
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    files[name] = { size: (await stat(path)).size, sha256: await hashFile(path) };
  }
  const record: EntryRecord<Facts> = { facts, files };
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

async function publish(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    // Another process was faster. Same key, same content: its entry serves.
    if (!hasCode(error, "ENOTEMPTY", "EEXIST", "EPERM")) throw error;
  }
}

/** The entry if it exists intact. A damaged one is removed, so that it is made again. */
async function open<Facts>(folder: string): Promise<CacheEntry<Facts> | null> {
  const found = await lookUp<Facts>(folder);
  if (found !== "damaged") return found;
  await removeEntry(folder);
  return null;
}

/**
 * Removes the entry in a folder.
 * @returns false if another process was faster
 * @throws CacheError if the folder cannot be written; the entry stays whole then
 */
export async function removeEntry(folder: string): Promise<boolean> {
  // Renamed first: a half-removed folder must never be found under the entry's name.
  const grave = besides(folder);
  return await inShelf(dirname(folder), async () => {
    try {
      await rename(folder, grave);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return false;
      throw error;
    }
    await rm(grave, { recursive: true, force: true });
    return true;
  });
}

/** The entry in a folder; null if there is none, "damaged" if it does not match its record. */
async function lookUp<Facts>(folder: string): Promise<CacheEntry<Facts> | "damaged" | null> {
  let text: string;
  try {
    text = await readFile(join(folder, RECORD), "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  const record = parseRecord<Facts>(text);
  if (record === null || !(await intact(folder, record))) return "damaged";
  const hashes = Object.entries(record.files).map(([name, file]) => [name, file.sha256] as const);
  return { folder, facts: record.facts, sha256: Object.fromEntries(hashes), seconds: null };
}

function parseRecord<Facts>(text: string): EntryRecord<Facts> | null {
  try {
    return JSON.parse(text) as EntryRecord<Facts>;
  } catch {
    return null;
  }
}

async function intact<Facts>(folder: string, record: EntryRecord<Facts>): Promise<boolean> {
  try {
    for (const [name, file] of Object.entries(record.files)) {
      const path = join(folder, name);
      if ((await stat(path)).size !== file.size || (await hashFile(path)) !== file.sha256) return false;
    }
    return true;
  } catch {
    return false;
  }
}
