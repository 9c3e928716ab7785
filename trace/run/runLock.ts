/**
 * One writer at a time on a run directory. The lock is a folder with one file that names its holder. Renaming makes
 * both appear together, and each holder's file has a name of its own. So clearing an abandoned lock never removes a
 * lock taken since. Readers need no lock: traces grow by whole groups, and bundles and signatures appear whole, so a
 * reader always finds a state that an interruption could have left.
 */
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import { failedSurroundings, hasCode } from "./systemErrors.ts";

/** The holder of a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes the process from a later one of the same number; null where the system has no such mark. */
  readonly process: string | null;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
  /** The holder's task, as the command line calls it. */
  readonly verb: string;
}

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
  const id = `${process.pid}-${randomBytes(6).toString("hex")}`;
  const prepared = `${lock}.${id}`;
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    process: processMark(process.pid),
    since: new Date().toISOString(),
    verb,
  };
  try {
    mkdirSync(prepared);
    writeFileSync(join(prepared, id), `${JSON.stringify(holder)}\n`);
    while (!tryToRename(prepared, lock)) clearUnlessHeld(dir, lock);
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    throw explained(dir, error);
  }
  const release = (): void => {
    process.off("exit", release);
    unlessGone(() => unlinkSync(join(lock, id)));
    unlessGone(() => rmdirSync(lock));
  };
  process.on("exit", release);
  return { [Symbol.dispose]: release };
}

/** False if the lock exists already. */
function tryToRename(prepared: string, lock: string): boolean {
  try {
    renameSync(prepared, lock);
    return true;
  } catch (error) {
    // Windows reports EPERM for any existing folder.
    if (hasCode(error, "ENOTEMPTY", "EEXIST") || (hasCode(error, "EPERM", "EACCES") && existsSync(lock))) return false;
    throw error;
  }
}

/** Clears the lock of a dead process. @throws EnvironmentError if the holder lives */
function clearUnlessHeld(dir: string, lock: string): void {
  for (const name of unlessGone(() => readdirSync(lock)) ?? []) {
    const file = join(lock, name);
    const text = unlessGone(() => readFileSync(file, "utf8"));
    if (text === undefined) continue;
    const holder = holderIn(text);
    if (holder !== null && mayLive(holder)) throw held(dir, lock, holder);
    unlessGone(() => unlinkSync(file));
  }
  unlessGone(() => rmdirSync(lock));
}

/**
 * The holder in a lock file; null if the file is torn. A torn file survives only a crash of the machine, and its holder
 * does not.
 */
function holderIn(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

/** False only if the holder is certainly gone. Processes of another machine cannot be looked up here. */
function mayLive({ pid, host, process: mark }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    if (hasCode(error, "ESRCH")) return false;
  }
  const now = processMark(pid);
  return mark === null || now === null || mark === now;
}

/**
 * The boot, and the tick since boot at which a process began. Process numbers are reused, these marks are not. Null
 * where there is no `/proc`.
 */
function processMark(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in brackets that may hold anything. The first field after it is the state, the
    // twentieth the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A process that has ended but has not been waited for still has its number.
    return fields[0] === "Z" ? "ended" : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
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
  if (error instanceof EnvironmentError) return error;
  const reason = failedSurroundings(error) ?? "make it writable, or work on a copy";
  return new EnvironmentError("disk", `${dir} cannot be locked for writing: ${reason}`, { cause: error });
}

/** Does something to a lock that another process may have cleared or refilled meanwhile. */
function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST")) return undefined;
    throw error;
  }
}
