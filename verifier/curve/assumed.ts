/**
 * Which of a certificate's assumptions about divisors on the curve hold: those that the checker of the curve has shown.
 * Here both checkers meet. The certificate is checked once more on the way.
 */
import { type Certificate, Checker } from "../certificate/check.ts";
import { type Line, Reasoner } from "../certificate/reasoner.ts";
import { centred, inverse, Refusal, type Sum } from "../constraints/sums.ts";
import type { System } from "../constraints/system.ts";
import type { Curve } from "./check.ts";

/** How often something is assumed not to be 0. */
export interface Shown {
  assumed: number;
  /** How often it was shown. */
  shown: number;
  /**
   * How often the line divides by something else, and its signal follows later: from a constraint that divides by what
   * was shown.
   */
  otherwise: number;
}

export interface Compared {
  /** By reason. */
  readonly found: ReadonlyMap<string, Shown>;
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
 * Checks a certificate that may divide only by what was shown not to be 0, where its assumption has one of these
 * reasons. Where it divides by something else, its signal stays unknown until it follows from a shown division.
 *
 * @param system reads the circuit, each time that it is called
 * @param certificate its lines are read twice if it does not hold without what was not shown
 * @param curve what was shown of the same circuit
 * @param reasons of assumptions that are looked at
 * @throws Refusal if a line does not hold
 */
export function shownOf(
  system: () => System,
  { circuit, lines }: Certificate,
  curve: Curve,
  reasons: ReadonlySet<string>,
): Compared {
  if (circuit !== curve.system.hash) throw new Refusal("the certificate is for another circuit");
  const strict = new Comparison(system(), curve, reasons, true);
  try {
    return strict.all(lines);
  } catch (error) {
    if (!(error instanceof Refusal) || strict.late.size === 0) throw error;
  }
  return new Comparison(system(), curve, reasons, false).all(lines);
}

class Comparison {
  readonly found: Map<string, Shown>;
  /** Signals that wait for another constraint. */
  readonly late = new Map<number, Shown>();
  readonly #system: System;
  readonly #shown: ReadonlySet<string>;
  /** Constraints that divide by what was shown, by their signals. */
  readonly #divisions = new Map<number, number[]>();
  readonly #reasoner: Reasoner;

  constructor(system: System, curve: Curve, reasons: ReadonlySet<string>, isStrict: boolean) {
    if (curve.system.hash !== system.hash) throw new Refusal("what was shown is of another circuit");
    this.found = new Map([...reasons].map((reason) => [reason, { assumed: 0, shown: 0, otherwise: 0 }]));
    this.#system = system;
    this.#shown = new Set(curve.divisors.map(textOf));
    for (const n of curve.divisions) {
      for (const signal of new Set(system.at(n).flatMap((sum) => [...sum.keys()]))) {
        this.#divisions.set(signal, [...(this.#divisions.get(signal) ?? []), n]);
      }
    }
    const { rules } = new Checker(system);
    this.#reasoner = new Reasoner(system, {
      ...rules,
      divides: (on, reason: string, ...constraints: number[]) => {
        for (const n of constraints) {
          const [signal, times] = on.only(n);
          const counts = this.#counted(reason, times);
          if (counts === null || !isStrict) rules.divides?.(on, reason, n);
          else this.late.set(signal, counts);
        }
      },
      nonzero: (on, reason: string, signals: number[]) => {
        for (const signal of signals) this.#counted(reason, new Map([[signal, 1n]]));
        rules.nonzero?.(on, reason, signals);
      },
    });
  }

  /** @throws Refusal that names the line */
  all(lines: Iterable<Line>): Compared {
    let count = 0;
    for (const line of lines) {
      count++;
      try {
        this.#reasoner.apply(line);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new Refusal(`line ${count} (${line[0]}): ${error.message}`, { cause: error });
      }
      this.#reasoner.facts.keep();
      if (line[0] === "divides" || line[0] === "follows") this.#settle();
    }
    return { found: this.found, open: this.#reasoner.open() };
  }

  /** Counts an assumption. @returns its counts if it is one that is looked at, and not shown */
  #counted(reason: string, sum: Sum): Shown | null {
    const counts = this.found.get(reason);
    if (counts === undefined) return null;
    counts.assumed++;
    if (!this.#isShown(sum)) return counts;
    counts.shown++;
    return null;
  }

  #isShown(sum: Sum): boolean {
    const whole = this.#system.expanded(sum);
    return whole.size > 0 && this.#shown.has(textOf(whole));
  }

  /** Signals that wait, and are known by now or are the one unknown signal of a shown division. */
  #settle(): void {
    const { facts } = this.#reasoner;
    for (const [signal, counts] of this.late) {
      const divides = (n: number): boolean => {
        if (facts.unknown(...this.#system.at(n)).length !== 1) return false;
        const [only, times] = this.#reasoner.only(n);
        return only === signal && this.#isShown(times);
      };
      if (!facts.known.has(signal) && this.#divisions.get(signal)?.some(divides) !== true) continue;
      facts.learn(signal);
      this.late.delete(signal);
      counts.otherwise++;
    }
  }
}
