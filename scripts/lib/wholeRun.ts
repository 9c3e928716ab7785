/** A run directory that a verb writes is whole, or it is not there; what was traced before a disk failed is kept. */
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { count } from "../../trace/describe/count.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { FILES, makeRunFolder, readRun } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { failedSurroundings } from "../../trace/run/systemErrors.ts";

/** What to do with a run that is kept in part. */
export const NEXT = "go on from it with run --continue, or replace it with --force";

/** File of a run directory that says what an import found and assumed. */
export const REPORT_FILE = "report.json";
/** What a verb may put into the directory of a new run. */
const PARTS = [...Object.values(FILES), REPORT_FILE, "proofs", "signatures", ".lock"];

/**
 * Writes a run directory from what is elsewhere, too. If the disk fails meanwhile, what is there and was not before is
 * removed, and so is a directory that was made for it.
 * @throws EnvironmentError "disk" which says that nothing is left; whatever else `work` throws
 */
export async function wholeOrNothing<T>(dir: string, work: () => Promise<T>): Promise<T> {
  return await writing(dir, work, "disk", () => 0);
}

/**
 * Writes a run into a directory to which nobody else writes meanwhile. If it fails, for whatever reason, nothing of
 * it is left: the same can run again into the same directory.
 * @param kept what stays where it is the disk that failed: whole groups of what happened now, because nobody else has
 *   them; nothing of what is elsewhere, too
 * @throws EnvironmentError "disk" which says what is left, "locked" if another process writes there;
 *   InvalidInputError if it is a file; whatever else `work` throws
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
 * @param failure after which sort of failure what was written is removed
 * @param worth how many transitions are kept where it is the disk that failed
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
      const left = `what was traced before is kept there (${count(kept, "transition")})`;
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
    // It was never made, or holds what others put there.
  }
}
