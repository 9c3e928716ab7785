/**
 * A lock that one process holds, and that goes with the process. It is a folder with one file that names its holder.
 * Renaming makes both appear together, and each holder's file has a name of its own. So clearing an abandoned lock
 * never removes a lock taken since.
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
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { hasCode } from "./systemErrors.ts";

/** The holder of a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes the process from a later one of the same number; null where the system has no such mark. */
  readonly process: string | null;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
  /** The holder's task, as the command line calls it. */
  readonly verb: string;
}

/** A lock that this process holds. Disposing of it gives it back; so does the end of the process, unless killed. */
export class FolderLock implements Disposable {
  readonly #lock: string;
  readonly #id: string;

  /** {@link takeLock} makes these. */
  constructor(lock: string, id: string) {
    this.#lock = lock;
    this.#id = id;
    if (mine.size === 0) process.on("exit", giveBackAll);
    mine.add(this);
  }

  /** Shows that the holder lives, to those who ask for that. */
  touch(): void {
    const now = new Date();
    unlessGone(() => utimesSync(join(this.#lock, this.#id), now, now));
  }

  [Symbol.dispose](): void {
    if (!mine.delete(this)) return;
    if (mine.size === 0) process.off("exit", giveBackAll);
    unlessGone(() => unlinkSync(join(this.#lock, this.#id)));
    unlessGone(() => rmdirSync(this.#lock));
  }
}

const mine = new Set<FolderLock>();

function giveBackAll(): void {
  for (const lock of mine) lock[Symbol.dispose]();
}

/**
 * Takes a lock, without waiting. The lock of a dead process is taken over silently. A process of another machine cannot
 * be looked up, so it counts as alive.
 * @param verb the caller's task, as the command line calls it
 * @param silentMs a holder that has not touched its lock for so long counts as dead; by default none does
 * @returns the lock, or its living holder
 * @throws any error of the system
 */
export function takeLock(lock: string, verb: string, silentMs = Number.POSITIVE_INFINITY): FolderLock | Holder {
  const before = livingHolder(lock, silentMs);
  if (before !== null) return before;
  const id = `${process.pid}-${randomBytes(6).toString("hex")}`;
  const prepared = `${lock}.${id}`;
  const since = new Date().toISOString();
  const holder: Holder = { pid: process.pid, host: hostname(), process: processMark(process.pid), since, verb };
  try {
    mkdirSync(prepared);
    writeFileSync(join(prepared, id), `${JSON.stringify(holder)}\n`);
    while (!tryToRename(prepared, lock)) {
      const other = livingHolder(lock, silentMs);
      if (other !== null) return other;
    }
    return new FolderLock(lock, id);
  } finally {
    rmSync(prepared, { recursive: true, force: true });
  }
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

/** The holder if it lives. Clears the lock of a dead one. */
function livingHolder(lock: string, silentMs: number): Holder | null {
  const names = unlessGone(() => readdirSync(lock));
  if (names === undefined) return null;
  for (const name of names) {
    const file = join(lock, name);
    const found = unlessGone(() => ({ text: readFileSync(file, "utf8"), touched: statSync(file).mtimeMs }));
    if (found === undefined) continue;
    const holder = holderIn(found.text);
    if (holder !== null && Date.now() - found.touched <= silentMs && mayLive(holder)) return holder;
    unlessGone(() => unlinkSync(file));
  }
  unlessGone(() => rmdirSync(lock));
  return null;
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

/** Does something to a lock that another process may have cleared or refilled meanwhile. */
function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST")) return undefined;
    throw error;
  }
}
