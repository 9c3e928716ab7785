/** The message after Ctrl-C: how far the verb came, what is kept, and what to do next. */

/** The message of verbs without one of their own. */
const KEPT = "finished work is kept; run the same command again to continue";

/** Exit code after SIGTERM. */
const TERMINATED = 143;

/** Verbs that write no file, or only one at their end. */
const READERS: ReadonlySet<string> = new Set(
  "replay show diff check graph timeline verify audit prove-record verify-record map list".split(" "),
);

let told = (): string => KEPT;

/** Sets the default message of a verb. */
export function beginVerb(name: string): void {
  told = () => (READERS.has(name) ? "nothing was changed" : KEPT);
}

/** Sets the verb's own message. It is called at the interruption. */
export function whenInterrupted(tell: () => string): void {
  told = tell;
}

let stopping: AbortController | undefined;
let atHand = "";

/**
 * Lets the verb stop by itself: the first Ctrl-C or SIGTERM aborts the signal, and the second one ends the process.
 * @param what it finishes before it stops
 */
export function stopsItself(what = "the block at hand"): AbortSignal {
  stopping = new AbortController();
  atHand = what;
  process.on("SIGTERM", () => {
    if (!askedToStop()) process.exit(TERMINATED);
  });
  return stopping.signal;
}

/** Asks the verb to stop. @returns false if it does not stop by itself, or was asked already */
export function askedToStop(): boolean {
  if (stopping === undefined || stopping.signal.aborted) return false;
  process.stderr.write(`\ntimebandits: stopping after ${atHand}; once more stops at once\n`);
  stopping.abort();
  return true;
}

/** The line printed at an interruption. */
export function interruptionText(): string {
  return `interrupted; ${told()}`;
}
