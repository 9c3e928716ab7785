/** The message after Ctrl-C: how far the verb came, what is kept, and what to do next. */

/** The message of verbs without one of their own. */
const KEPT = "finished work is kept; run the same command again to continue";

/** Verbs that write no file, or only one at their end. */
const READERS: ReadonlySet<string> = new Set(
  "replay show diff check graph verify audit prove-record verify-record map list".split(" "),
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

/** The line printed at an interruption. */
export function interruptionText(): string {
  return `interrupted; ${told()}`;
}
