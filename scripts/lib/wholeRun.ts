/** A run directory that a verb writes is whole, or it is not there; what was traced live is kept. */
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../trace/errors.ts";
import { FILES, readRun } from "../../trace/run/runDirectory.ts";
import { failedSurroundings } from "../../trace/run/systemErrors.ts";

/** What a verb may put into the directory of a new run. */
const PARTS = [...Object.values(FILES), "report.json", "proofs", "signatures", ".lock"];

/**
 * Writes a run directory from what is elsewhere, too. If the disk fails meanwhile, what is there and was not before is
 * removed, and so is a directory that was made for it.
 * @throws EnvironmentError "disk" which says that nothing is left; whatever else `work` throws
 */
export async function wholeOrNothing<T>(dir: string, work: () => Promise<T>): Promise<T> {
  return await writing(dir, work, () => 0);
}

/**
 * The same for a run that happens now: whole groups that were traced before the disk failed are kept, because nobody
 * else has them.
 * @throws EnvironmentError "disk" which says what is left; whatever else `work` throws
 */
export async function wholeGroups<T>(dir: string, work: () => Promise<T>): Promise<T> {
  return await writing(dir, work, () => transitionsIn(dir));
}

async function writing<T>(dir: string, work: () => Promise<T>, worth: () => number): Promise<T> {
  const before = new Set([dir, ...PARTS.map((name) => join(dir, name))].filter((path) => existsSync(path)));
  try {
    return await work();
  } catch (error) {
    const ours = error instanceof EnvironmentError ? error.code === "disk" : true;
    const reason = ours ? failedSurroundings(error) : undefined;
    if (reason === undefined) throw error;
    const cannot = `${dir} cannot be written: ${reason}`;
    const kept = worth();
    if (kept > 0) {
      const left = `${kept} transitions that were traced before are kept there, and can be replayed`;
      throw new EnvironmentError("disk", `${cannot}; ${left}`, { cause: error });
    }
    for (const path of PARTS.map((name) => join(dir, name))) {
      if (!before.has(path)) rmSync(path, { force: true, recursive: true });
    }
    if (!before.has(dir)) removeIfEmpty(dir);
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
