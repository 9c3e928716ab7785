/** The page and a run as a folder that any static host serves. */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { pageFolder, requireRun } from "./explore.ts";
import { readPage } from "./pageFiles.ts";
import { LIST_NAME, listText, openRunFile, type RunFile, runFilesIn } from "./runFiles.ts";
import { requireApart, requireFree, SITE_LIST, siteListText } from "./siteFolder.ts";

/** What was written. */
export interface WrittenSite {
  readonly files: number;
  readonly bytes: number;
}

const RUN = "run";

/**
 * Writes the folder, whole or not at all. A folder that was written before is replaced.
 * @throws InvalidInputError if the folder holds something else or the run, or lies in it, or if there is no run
 * @throws EnvironmentError if it cannot be written, or there is no built page
 */
export async function writeSite(dir: string, out: string, page?: string): Promise<WrittenSite> {
  requireRun(dir);
  const files = await readPage(pageFolder(page));
  const target = resolve(out);
  await requireApart(dir, out);
  await requireFree(target, out);
  const fresh = `${target}.${process.pid}-new`;
  const old = `${target}.${process.pid}-old`;
  // Only what this call has made or moved is removed or moved back.
  let [made, moved] = [false, false];
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(fresh);
    made = true;
    let bytes = 0;
    for (const { name, content } of files.values()) {
      await mkdir(dirname(join(fresh, name)), { recursive: true });
      await writeFile(join(fresh, name), content);
      bytes += content.length;
    }
    const copied = await copyRun(dir, join(fresh, RUN));
    const written = [
      ...files.keys(),
      ...[LIST_NAME, ...copied.map(({ name }) => name)].map((name) => `${RUN}/${name}`),
    ];
    await writeFile(join(fresh, SITE_LIST), siteListText(written));
    if (existsSync(target)) {
      await rename(target, old);
      moved = true;
    }
    await rename(fresh, target);
    made = false;
    return { files: written.length + 1, bytes: copied.reduce((sum, file) => sum + file.bytes, bytes) };
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof EnvironmentError) throw error;
    throw unwritable(out, error);
  } finally {
    if (made) await rm(fresh, { recursive: true, force: true });
    if (moved && existsSync(target)) await rm(old, { recursive: true, force: true });
    else if (moved) await rename(old, target);
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
  await writeFile(join(folder, LIST_NAME), listText(copied, false));
  return copied;
}
