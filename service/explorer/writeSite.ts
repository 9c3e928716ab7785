/** The page and a run as a folder that any static host serves. */
import { createWriteStream, existsSync } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import { pageFolder, requireRun } from "./explore.ts";
import { readPage } from "./pageFiles.ts";
import { LIST_NAME, listText, openRunFile, type RunFile, runFilesIn } from "./runFiles.ts";

/** What was written. */
export interface WrittenSite {
  readonly files: number;
  readonly bytes: number;
}

/** What a folder of ours has at its top. */
const OWN: readonly string[] = ["assets", "index.html", "licences.txt", "run"];
const RUN = "run";

/**
 * Writes the folder, whole or not at all. A folder that was written before is replaced.
 * @throws InvalidInputError if the folder holds something else, or the directory no run
 * @throws EnvironmentError if it cannot be written, or there is no built page
 */
export async function writeSite(dir: string, out: string, page?: string): Promise<WrittenSite> {
  requireRun(dir);
  const files = await readPage(pageFolder(page));
  const target = resolve(out);
  await requireFree(target, out);
  if (target === resolve(dir)) throw new InvalidInputError(out, "is the run itself; name another folder");
  const fresh = `${target}.${process.pid}-new`;
  const old = `${target}.${process.pid}-old`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(fresh);
    let bytes = 0;
    for (const { name, content } of files.values()) {
      await mkdir(dirname(join(fresh, name)), { recursive: true });
      await writeFile(join(fresh, name), content);
      bytes += content.length;
    }
    const copied = await copyRun(dir, join(fresh, RUN));
    if (existsSync(target)) await rename(target, old);
    await rename(fresh, target);
    return { files: files.size + copied.length + 1, bytes: copied.reduce((sum, file) => sum + file.bytes, bytes) };
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof EnvironmentError) throw error;
    throw unwritable(out, error);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    if (existsSync(target)) await rm(old, { recursive: true, force: true });
    else if (existsSync(old)) await rename(old, target);
  }
}

/** Copies the run's files and lists them with the length that they had then. */
async function copyRun(dir: string, folder: string): Promise<RunFile[]> {
  const copied: RunFile[] = [];
  await mkdir(folder);
  for (const { name } of await runFilesIn(dir)) {
    const found = await openRunFile(dir, name);
    if (found === undefined) continue;
    const { handle, bytes } = found;
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (bytes > 0) await pipeline(handle.createReadStream({ start: 0, end: bytes - 1 }), createWriteStream(path));
    else {
      await handle.close();
      await writeFile(path, "");
    }
    copied.push({ name, bytes });
  }
  await writeFile(join(folder, LIST_NAME), listText(copied));
  return copied;
}

/** @throws InvalidInputError unless it is absent, empty, or a site that was written before */
async function requireFree(target: string, named: string): Promise<void> {
  try {
    if (!(await lstat(target)).isDirectory()) throw new InvalidInputError(named, "is no folder; name another one");
    const there = await readdir(target);
    const isSite = existsSync(join(target, "index.html")) && existsSync(join(target, RUN, LIST_NAME));
    if (there.length === 0 || (isSite && there.every((name) => OWN.includes(name)))) return;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  throw new InvalidInputError(named, "holds something else; name a new folder, or one that explore wrote");
}
