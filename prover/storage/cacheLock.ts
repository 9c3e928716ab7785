/**
 * Keeps two processes from making the same entry of the cache at once. The lock is a file that names its process. It is
 * stale when that process is gone (same host) or has stopped touching it; a stale lock is broken.
 */
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../../trace/run/systemErrors.ts";

const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 60_000;

/** Waits for the lock file and takes it; disposing of it gives it back. @throws any error of the system */
export async function lockEntry(lock: string): Promise<AsyncDisposable> {
  while (!(await take(lock))) {
    if (await isStale(lock)) await rm(lock, { force: true });
    else await sleep(50 + Math.random() * 50);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      await rm(lock, { force: true });
    },
  };
}

/** False if another process holds it. */
async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${process.pid} ${hostname()}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(lock)).mtimeMs;
    const [pid, host] = (await readFile(lock, "utf8")).trim().split(" ");
    if (age > STALE_AFTER_MS) return true;
    // An empty file's owner is between creating and writing it.
    if (pid === undefined || pid === "" || host !== hostname()) return false;
    return !isAlive(Number(pid));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return !hasCode(error, "ESRCH");
  }
}
