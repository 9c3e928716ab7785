/**
 * The files of a run directory that the page may read: those that an audit reads, and no others. What else lies there,
 * a store, its secret, a token, is of no concern to a reader.
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { isRunFile, RUN_FOLDERS, SINGLE_FILES } from "../../trace/run/runFileNames.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";

/** A file of the run. */
export interface RunFile {
  /** Its path in the run directory, with `/`. */
  readonly name: string;
  readonly bytes: number;
}

/** A file that is open for reading. Whoever opened it closes it. */
export interface OpenRunFile {
  readonly handle: FileHandle;
  readonly bytes: number;
}

const PATH_OF: Readonly<Record<(typeof RUN_FOLDERS)[number], (dir: string) => string>> = {
  proofs: proofsIn,
  signatures: signaturesIn,
};
/** A link is not followed, and a pipe is not waited for. Windows has neither flag, nor such files. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Files that are looked at together. */
const TOGETHER = 64;

/** The description of the run's files, as the page asks for it. */
export const LIST_NAME = "files.json";

/** The files that are there now. Their order is that of their names. */
export async function runFilesIn(dir: string): Promise<RunFile[]> {
  const names = [...SINGLE_FILES];
  for (const folder of RUN_FOLDERS) {
    const inIt = await namesIn(PATH_OF[folder](dir));
    names.push(...inIt.map((name) => `${folder}/${name}`).filter(isRunFile));
  }
  const found: RunFile[] = [];
  names.sort();
  for (let from = 0; from < names.length; from += TOGETHER) {
    const some = await Promise.all(names.slice(from, from + TOGETHER).map((name) => fileOf(dir, name)));
    found.push(...some.filter((file) => file !== undefined));
  }
  return found;
}

/** The text of the list. @param packs whether several files can be had in one answer */
export function listText(files: readonly RunFile[], packs: boolean): string {
  const listed = files.map(({ name, bytes }) => ({ name, bytes }));
  return `${JSON.stringify({ schemaVersion: 1, ...(packs ? { packs } : {}), files: listed })}\n`;
}

/**
 * Opens a file of the run.
 * @returns undefined if the run has no such file, if it is another one's, or if it lies elsewhere by a link
 */
export async function openRunFile(dir: string, name: string): Promise<OpenRunFile | undefined> {
  if (!isRunFile(name)) return undefined;
  let handle: FileHandle | undefined;
  try {
    const path = join(dir, name);
    const real = join(await realpath(dir), name.replaceAll("/", sep));
    if ((await realpath(path)) !== real || !(await lstat(path)).isFile()) return undefined;
    handle = await open(path, FLAGS);
    const found = await handle.stat();
    if (found.isFile()) return { handle, bytes: found.size };
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "ENAMETOOLONG", "EACCES")) throw error;
  }
  await handle?.close();
  return undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : [];
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function fileOf(dir: string, name: string): Promise<RunFile | undefined> {
  try {
    const found = await lstat(join(dir, name));
    return found.isFile() ? { name, bytes: found.size } : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
