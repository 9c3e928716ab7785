/** What is said where Ctrl-C ends a verb: how far it came, what is kept, and what to do next. */

/** Said by verbs that say nothing else. */
const KEPT = "what was finished is kept; run the same command again to go on";

/** Verbs that write nothing, or one file at their end. */
const READERS: ReadonlySet<string> = new Set(["replay", "verify", "audit", "graph", "check", "map"]);

let told = (): string => KEPT;

/** What a verb says unless it says something of its own. */
export function beginVerb(name: string): void {
  told = () => (READERS.has(name) ? "nothing was changed" : KEPT);
}

/** Lets a verb say how far it is; asked when it is interrupted. */
export function whenInterrupted(tell: () => string): void {
  told = tell;
}

/** The line that an interruption ends with. */
export function interruptionText(): string {
  return `interrupted; ${told()}`;
}
