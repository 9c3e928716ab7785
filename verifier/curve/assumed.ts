/**
 * Which of a certificate's assumptions about divisors on the curve hold: those that the checker of the curve has shown.
 * Here both checkers meet. The certificate is checked once more on the way, as it is anywhere else.
 */
import { type Certificate, Checker, checkWith } from "../certificate/check.ts";
import { Reasoner, type Rules } from "../certificate/reasoner.ts";
import { centred, inverse, refuse, type Sum } from "../constraints/sums.ts";
import type { System } from "../constraints/system.ts";
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

/** Rules that name a reason, and divide by nothing. */
const OTHERS = ["assumed", "chosen", "free", "within"];

/** The same text for all multiples of a sum. */
function textOf(sum: Sum): string {
  const terms = [...sum].sort(([p], [q]) => p - q);
  const scale = inverse(terms[0]?.[1] ?? 1n);
  return terms.map(([signal, factor]) => `${signal} ${centred(factor * scale)}`).join(" ");
}

/**
 * Checks a certificate, and compares what it divides by for one of these reasons with what was shown not to be 0.
 *
 * @param system the circuit, as it was read; it is not to be used any more
 * @param curve what was shown of the same circuit
 * @param reasons of assumptions that are looked at: no other rule may have one of them
 * @throws Refusal if a line does not hold
 */
export function shownOf(
  system: System,
  certificate: Certificate,
  curve: Curve,
  reasons: ReadonlySet<string>,
): Compared {
  if (curve.system.hash !== system.hash) refuse("what was shown is of another circuit");
  const divisors = new Set(curve.divisors.map(textOf));
  const found = new Map([...reasons].map((reason): [string, Shown] => [reason, { assumed: 0, shown: 0 }]));
  const others = new Map<string, number>();
  const count = (reason: string, sum: Sum): void => {
    const counts = found.get(reason);
    if (counts === undefined) {
      others.set(reason, (others.get(reason) ?? 0) + 1);
      return;
    }
    const whole = system.expanded(sum);
    counts.assumed++;
    if (whole.size > 0 && divisors.has(textOf(whole))) counts.shown++;
  };
  const { rules } = new Checker(system);
  const apart = (rule: string): Rules => ({
    [rule]: (on, reason: string, ...rest: unknown[]) => {
      if (found.has(reason)) refuse(`"${rule}" divides by nothing, and has a reason of divisors`);
      rules[rule]?.(on, reason, ...rest);
    },
  });
  const reasoner = new Reasoner(system, {
    ...rules,
    ...Object.assign({}, ...OTHERS.map(apart)),
    // One constraint after the other: what the first one says may stand in the second.
    divides: (on, reason: string, ...constraints: number[]) => {
      for (const n of constraints) {
        count(reason, on.only(n)[1]);
        rules.divides?.(on, reason, n);
      }
    },
    nonzero: (on, reason: string, signals: number[]) => {
      for (const signal of signals) count(reason, new Map([[signal, 1n]]));
      rules.nonzero?.(on, reason, signals);
    },
  });
  checkWith(reasoner, certificate);
  return { found, others, open: reasoner.open() };
}
