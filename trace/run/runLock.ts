/**
 * One writer at a time on a run directory. Readers need no lock: traces grow by whole groups, and bundles and
 * signatures appear whole, so a reader always finds a state that an interruption could have left.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import { FolderLock, type Holder, takeLock } from "./folderLock.ts";
import { failedSurroundings, hasCode } from "./systemErrors.ts";

const FOLDER = ".lock";

/**
 * Takes the lock of a run directory; disposing of it gives it back. A process that ends normally gives it back, too.
 * The lock of a killed process is taken over silently.
 * @param verb the caller's task, as the command line calls it
 * @throws EnvironmentError if a living process holds it, or the folder cannot be written; InvalidInputError if there is
 *   no such folder
 */
export function lockRun(dir: string, verb: string): Disposable {
  const lock = join(dir, FOLDER);
  let taken: FolderLock | Holder;
  try {
    taken = takeLock(lock, verb);
  } catch (error) {
    throw explained(dir, error);
  }
  if (taken instanceof FolderLock) return taken;
  throw held(dir, lock, taken);
}

function held(dir: string, lock: string, { pid, host, since, verb }: Holder): EnvironmentError {
  const here = host === hostname();
  const who = `process ${pid}${here ? "" : ` on ${host}`}`;
  const next = here
    ? `wait until it is done, or end it; if process ${pid} is not timebandits, remove ${lock}`
    : `wait until it is done; if it has ended, which cannot be seen from here, remove ${lock}`;
  return new EnvironmentError("locked", `${dir} is being written by ${who} (${verb}), since ${since}; ${next}`);
}

function explained(dir: string, error: unknown): unknown {
  if (hasCode(error, "ENOENT", "ENOTDIR")) {
    return new InvalidInputError(dir, "cannot be read; name a run directory", { cause: error });
  }
  const reason = failedSurroundings(error) ?? "make it writable, or work on a copy";
  return new EnvironmentError("disk", `${dir} cannot be locked for writing: ${reason}`, { cause: error });
}
