/** Keeps two processes from making the same entry of the cache at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { FolderLock, takeLock } from "../../trace/run/folderLock.ts";

const HEARTBEAT_MS = 5_000;
/** A cache may be shared by machines that cannot look up each other's processes. */
const STALE_AFTER_MS = 60_000;

/**
 * Waits for an entry's lock and takes it; disposing of it gives it back. A holder that has stopped touching its lock
 * loses it.
 * @throws any error of the system
 */
export async function lockEntry(folder: string): Promise<Disposable> {
  for (;;) {
    const taken = takeLock(entryLock(folder), "cache", STALE_AFTER_MS);
    if (taken instanceof FolderLock) return beating(taken);
    await sleep(50 + Math.random() * 50);
  }
}

/** The lock of the entry in a folder. Earlier versions had a file that ends in `.lock`, which nothing minds now. */
export function entryLock(folder: string): string {
  return `${folder}.locked`;
}

function beating(lock: FolderLock): Disposable {
  const heartbeat = setInterval(() => {
    try {
      lock.touch();
    } catch {
      // At worst another process makes the same entry.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      lock[Symbol.dispose]();
    },
  };
}
