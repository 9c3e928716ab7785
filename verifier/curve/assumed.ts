/**
 * Which of a certificate's assumptions about divisors on the curve hold: those that the checker of the curve has shown.
 * Here both checkers meet. The certificate is checked once more on the way, as it is anywhere else.
 */
import { checkFile } from "../certificate/check.ts";
import { Checker, type Rules } from "../certificate/checker.ts";
import type { Circuit } from "../certificate/circuit.ts";
import { refuse, type Sum } from "../certificate/field.ts";
import { RULES } from "../certificate/rules.ts";
import { centred, inverse } from "../constraints/sums.ts";
import { outcomeOf } from "../outcome.ts";
import type { Curve } from "./check.ts";

/** How often something is assumed not to be 0, and how often that was shown. */
export interface Shown {
  assumed: number;
  shown: number;
}

export interface Compared {
  /** By reason. */
  readonly found: ReadonlyMap<string, Shown>;
  /** Reasons of other divisions, and how often they are named: nothing was shown of these. */
  readonly others: ReadonlyMap<string, number>;
  /** Signals that the certificate leaves open. */
  readonly open: readonly number[];
}

/** The same text for all multiples of a sum. */
function textOf(sum: Sum): string {
  const terms = [...sum].sort(([p], [q]) => p - q);
  const scale = inverse(terms[0]?.[1] ?? 1n);
  return terms.map(([signal, factor]) => `${signal} ${centred(factor * scale)}`).join(" ");
}

/**
 * Checks a certificate, and compares what it divides by for one of these reasons with what was shown not to be 0.
 *
 * @param path of the certificate
 * @param curve what was shown of the same circuit
 * @param reasons of assumptions that are looked at: no other rule may have one of them
 * @throws Refusal if a line does not hold
 */
export async function shownOf(
  circuit: Circuit,
  path: string,
  curve: Curve,
  reasons: ReadonlySet<string>,
): Promise<Compared> {
  if (curve.system.hash !== circuit.hash) refuse("what was shown is of another circuit");
  const divisors = new Set(curve.divisors.map(textOf));
  const found = new Map([...reasons].map((reason): [string, Shown] => [reason, { assumed: 0, shown: 0 }]));
  const others = new Map<string, number>();
  const count = (on: Checker, reason: string, sum: Sum): void => {
    const counts = found.get(reason);
    if (counts === undefined) {
      others.set(reason, (others.get(reason) ?? 0) + 1);
      return;
    }
    const whole = on.expanded(sum);
    counts.assumed++;
    if (whole.size > 0 && divisors.has(textOf(whole))) counts.shown++;
  };
  const rules: Rules = {
    ...RULES,
    named: (on, sort: string, reason: string, signals: number[], ...rest: unknown[]) => {
      if (sort === "nonzero") for (const signal of signals) count(on, reason, new Map([[signal, 1n]]));
      else if (found.has(reason)) refuse(`what is ${sort} divides by nothing, and has a reason of divisors`);
      RULES.named?.(on, sort, reason, signals, ...rest);
    },
    divides: (on, reason: string, n: number) => {
      count(on, reason, on.only(n)[1]);
      RULES.divides?.(on, reason, n);
    },
  };
  const checker = new Checker(circuit, rules);
  await checkFile(checker, path);
  return { found, others, open: outcomeOf(checker).open };
}
