/** Writes a run directory completely or not at all. Groups traced before a disk failure are kept. */
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { count } from "../../trace/describe/count.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { BLOCKS_FILE } from "../../trace/import/blocks/blockLines.ts";
import { FILES, makeRunFolder, readRun } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { failedSurroundings } from "../../trace/run/systemErrors.ts";

/** What to do with a run that is kept in part. */
export const NEXT = "continue it with run --continue, or replace it with --force";

/** File of a run directory with an import's findings and assumptions. */
export const REPORT_FILE = "report.json";
/** The files that a verb may write into the directory of a new run. */
const PARTS = [...Object.values(FILES), REPORT_FILE, BLOCKS_FILE, "proofs", "signatures", ".lock"];

/**
 * Writes a run directory from data that also exists elsewhere. If the disk fails, the new files are removed, and so is
 * the directory if it was made for the run.
 * @throws EnvironmentError "disk", which says that nothing is left; also every other error of `work`
 */
export async function wholeOrNothing<T>(dir: string, work: () => Promise<T>): Promise<T> {
  return await writing(dir, work, "disk", () => 0);
}

/**
 * Writes a run into a directory and holds its lock meanwhile. If `work` fails for any reason, nothing of the run is
 * left, so the same command can run again into the same directory.
 * @param kept what stays if the disk fails: "groups" keeps the whole groups, which exist nowhere else; "nothing" is for
 *   data that also exists elsewhere
 * @throws EnvironmentError "disk", which says what is left; "locked" if another process writes there;
 *   InvalidInputError if `dir` is a file; also every other error of `work`
 */
export async function newRun<T>(dir: string, kept: "groups" | "nothing", work: () => Promise<T>): Promise<T> {
  const made = !existsSync(dir);
  makeRunFolder(dir);
  try {
    using _lock = lockRun(dir, "run");
    return await writing(dir, work, "any", () => (kept === "groups" ? transitionsIn(dir) : 0));
  } finally {
    if (made) removeIfEmpty(dir);
  }
}

/**
 * @param failure the sort of failure after which the new files are removed
 * @param worth number of transitions that are kept after a disk failure
 */
async function writing<T>(
  dir: string,
  work: () => Promise<T>,
  failure: "disk" | "any",
  worth: () => number,
): Promise<T> {
  const before = new Set([dir, ...PARTS.map((name) => join(dir, name))].filter((path) => existsSync(path)));
  try {
    return await work();
  } catch (error) {
    const ours = error instanceof EnvironmentError ? error.code === "disk" : true;
    const reason = ours ? failedSurroundings(error) : undefined;
    if (reason === undefined && failure === "disk") throw error;
    const cannot = `${dir} cannot be written: ${reason}`;
    const kept = reason === undefined ? 0 : worth();
    if (kept > 0) {
      const left = `kept there: ${count(kept, "transition")} traced before`;
      throw new EnvironmentError("disk", `${cannot}; ${left}; ${NEXT}`, { cause: error });
    }
    for (const path of PARTS.map((name) => join(dir, name))) {
      if (!before.has(path)) rmSync(path, { force: true, recursive: true });
    }
    if (!before.has(dir)) removeIfEmpty(dir);
    if (reason === undefined) throw error;
    throw new EnvironmentError("disk", `${cannot}; nothing of the run is left there`, { cause: error });
  }
}

function transitionsIn(dir: string): number {
  try {
    return readRun(dir).trace.records.length;
  } catch {
    return 0;
  }
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // The folder was never made, or holds other files.
  }
}
