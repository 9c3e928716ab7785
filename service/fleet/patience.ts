/** Tries again what failed because something is away for a while. */
import { setTimeout as pause } from "node:timers/promises";
import { EnvironmentError } from "../../trace/errors.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Calls until the call succeeds, with growing pauses.
 * @param mayPass whether an error may pass by itself; by default those of the database
 * @throws the first error that does not pass; the signal's reason once it is aborted
 */
export async function patiently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  mayPass: (error: unknown) => boolean = isAway,
): Promise<T> {
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether the database is away. */
export function isAway(error: unknown): boolean {
  return error instanceof EnvironmentError && error.code === "database";
}
