/** What a certificate that was checked says of each signal, and what it rests on. */
import type { Checker } from "./certificate/checker.ts";

/** How often something is said, by reason. */
export type Reasons = Readonly<Record<string, number>>;

/** Signals of the circuit's file by what the certificate says of them. All others are proven. */
export interface Outcome {
  readonly given: readonly number[];
  readonly chosen: readonly number[];
  /** Known, and somewhere assumed to be. */
  readonly assumed: readonly number[];
  /** No line knows or names them. */
  readonly open: readonly number[];
  /**
   * Of `chosen` and `assumed` how many signals, also of those that lines added. `conditions` are assumptions that
   * something lies between two numbers or is not 0, and how often they are made.
   */
  readonly reasons: Readonly<Record<"chosen" | "assumed" | "conditions", Reasons>>;
}

/**
 * @example
 * ```ts
 * await checkFile(checker, path);
 * outcomeOf(checker).open; // [] if the certificate is complete
 * ```
 */
export function outcomeOf({ circuit, facts, named }: Checker): Outcome {
  const isIn = (...sorts: string[]): Set<number> =>
    new Set(named.filter(([sort]) => sorts.includes(sort)).map(([, , signal]) => signal));
  const [given, chosen, assumed] = [isIn("given"), isIn("chosen", "free"), isIn("assumed")];
  const all = Array.from({ length: circuit.signals - 1 }, (_, i) => i + 1);
  return {
    given: all.filter((one) => given.has(one)),
    chosen: all.filter((one) => chosen.has(one)),
    assumed: all.filter((one) => assumed.has(one) && facts.knows(one) && !chosen.has(one)),
    open: all.filter((one) => !facts.knows(one) && !chosen.has(one)),
    reasons: {
      chosen: counted(named, true, "chosen", "free"),
      assumed: counted(named, true, "assumed"),
      conditions: counted(named, false, "within", "nonzero"),
    },
  };
}

/** @param isOnce whether a signal counts once for a reason */
function counted(named: Checker["named"], isOnce: boolean, ...sorts: string[]): Reasons {
  const counts: Record<string, number> = {};
  const seen = new Set<string>();
  for (const [sort, reason, signal] of named) {
    const key = JSON.stringify([reason, signal]);
    if (!sorts.includes(sort) || (isOnce && seen.has(key))) continue;
    seen.add(key);
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
