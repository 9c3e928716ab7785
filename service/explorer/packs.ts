/** Small files of a run, many in one answer: a browser that asks for each of thousands of bundles waits for minutes. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MOST_FILE_BYTES, MOST_PACK_BYTES, MOST_PACK_FILES, packFile } from "../../trace/run/packedFiles.ts";
import { isRunFile, RUN_FOLDERS } from "../../trace/run/runFileNames.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import { openRunFile } from "./runFiles.ts";

/** The names of an answer: all between two, both included, in the order of the list. */
export interface PackRange {
  readonly from: string;
  readonly to: string;
}

/** Whether both are names of files in one folder of the run. */
export function isPackRange({ from, to }: Readonly<Record<string, unknown>>): boolean {
  const isInFolder = (name: unknown): name is string =>
    typeof name === "string" && name.includes("/") && isRunFile(name);
  return isInFolder(from) && isInFolder(to) && from <= to && from.split("/")[0] === to.split("/")[0];
}

/**
 * The files of a range, as they stand in an answer. Those that are long are left out, and those beyond the limits.
 * @throws Error if the folder cannot be read
 */
export async function* packOf(dir: string, { from, to }: PackRange): AsyncGenerator<Uint8Array> {
  const folder = RUN_FOLDERS.find((known) => from.startsWith(`${known}/`)) ?? RUN_FOLDERS[0];
  const names = (await namesIn(join(dir, folder))).map((name) => `${folder}/${name}`);
  const wanted = names.filter((name) => from <= name && name <= to && isRunFile(name)).sort();
  let left = MOST_PACK_BYTES;
  for (const name of wanted.slice(0, MOST_PACK_FILES)) {
    const content = await smallFile(dir, name, Math.min(left, MOST_FILE_BYTES));
    if (content === undefined) continue;
    left -= content.length;
    yield packFile(name, content);
  }
}

/** @returns undefined if it is no file that the run may have, or longer than `most` */
async function smallFile(dir: string, name: string, most: number): Promise<Uint8Array | undefined> {
  const found = await openRunFile(dir, name);
  if (found === undefined) return undefined;
  const { handle, bytes } = found;
  try {
    if (bytes > most) return undefined;
    const buffer = new Uint8Array(bytes);
    let length = 0;
    while (length < bytes) {
      const { bytesRead } = await handle.read(buffer, length, bytes - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
