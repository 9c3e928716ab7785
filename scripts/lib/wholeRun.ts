/** A run directory that a verb writes is whole, or it is not there. */
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../trace/errors.ts";
import { FILES } from "../../trace/files.ts";
import { failedSurroundings } from "../../trace/surroundings.ts";

/** What a verb may put into the directory of a new run. */
const PARTS = [...Object.values(FILES), "report.json", "proofs", "signatures", ".lock"];

/**
 * Writes files into a directory. If the disk fails meanwhile, those that are there and were not before are removed, and so is a directory that
 * was made for them. Whatever else goes wrong, what was traced up to there is kept: it is what happened.
 * @throws EnvironmentError "disk" which says that nothing is left; whatever else `work` throws
 */
export async function wholeOrNothing<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const before = new Set([dir, ...PARTS.map((name) => join(dir, name))].filter((path) => existsSync(path)));
  try {
    return await work();
  } catch (error) {
    const failed = error instanceof EnvironmentError && error.code === "disk" ? error.cause : error;
    const reason = failedSurroundings(failed);
    if (reason === undefined) throw error;
    for (const name of PARTS) {
      const path = join(dir, name);
      if (!before.has(path)) rmSync(path, { force: true, recursive: true });
    }
    if (!before.has(dir)) removeIfEmpty(dir);
    throw new EnvironmentError("disk", `${dir} cannot be written, and nothing of the run is left: ${reason}`, {
      cause: error,
    });
  }
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // It was never made, or holds what others put there.
  }
}
