/** Takes the store along to a run that begins as the one it is of. */
import { join } from "node:path";
import type { Store } from "./store.ts";
import { DamagedStoreError } from "./storeErrors.ts";
import { removeStore, STORE_FILE } from "./storeFile.ts";

/**
 * Copies the store into the directory of another run with the same genesis and the same beginning. What is behind the
 * part that both have is cut off when it is opened. Where the disk refuses, the other run has none.
 */
export function copyStore(store: Store, dir: string): void {
  try {
    store.file.run("VACUUM INTO ?", join(dir, STORE_FILE));
  } catch (error) {
    removeStore(dir);
    if (!(error instanceof DamagedStoreError)) throw error;
  }
}
