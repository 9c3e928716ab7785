/** What rules work on: constraints with numbers in place, what is known, and cases. */
import type { Circuit } from "./circuit.ts";
import { Facts } from "./facts.ts";
import * as f from "./field.ts";
import { type Constraint, type Interval, refuse, type Sum, ZERO } from "./field.ts";

/** A line: the rule, then what it is applied to. */
export type Line = readonly [rule: string, ...rest: unknown[]];
/** A sum in a line, with factors in decimal; and linear constraints that are added, each times a number. */
export type Terms = readonly (readonly [signal: number, factor: string])[];
export type Parts = readonly (readonly [n: number, times: string])[];
// biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
export type Rules = Readonly<Record<string, (on: Checker, ...rest: any[]) => void>>;
/** How a signal is known without a line that proves it. */
export const SORTS = ["given", "chosen", "assumed", "free"] as const;
export type Sort = (typeof SORTS)[number];
/** Between which integers signals lie in a case, and a sum that is 0 there. */
export type Case = readonly [values: readonly (readonly [signal: number, low: bigint, high: bigint])[], zero: Sum];

export class Checker {
  facts = new Facts(null);
  /** Signals that lines name, and why. One that is named as free is not known: nothing depends on it. */
  readonly named = new Map<number, { readonly sort: Sort; readonly reason: string }>();
  /** Assumptions that say something else than that one signal has one value, counted by reason. */
  readonly conditions = new Map<string, number>();
  /** Assumed to be other than 0. */
  readonly nonzero = new Set<number>();
  /** This case cannot be. */
  dead = false;
  /** Sums that are 0 in the cases that are looked at. As a constraint, that of the innermost case has the number −1. */
  readonly zeros: Sum[] = [];
  /** Constraints that lines added, and what signals that lines added are over those of the file. */
  added: Constraint[] = [];
  definitions = new Map<number, Sum>();
  /** The number that the next signal gets. */
  next: number;

  readonly text = (reason: unknown): string => (typeof reason === "string" ? reason : refuse("a reason is a text"));
  readonly boundsOf = (one: number): Interval => this.facts.boundsOf(one) ?? refuse(`signal ${one} has no bounds`);
  /** Whether a sum is other than 0 in every witness. */
  readonly isNonzero = (sum: Sum): boolean => f.areApart(this.facts.interval(sum), [0n, 0n]);

  readonly circuit: Circuit;
  readonly rules: Rules;
  constructor(circuit: Circuit, rules: Rules) {
    this.circuit = circuit;
    this.rules = rules;
    this.next = circuit.signals;
  }

  /** @throws Refusal that says why the line does not hold */
  apply([rule, ...rest]: Line): void {
    const run = Object.hasOwn(this.rules, rule) ? this.rules[rule] : undefined;
    (run ?? refuse(`there is no rule "${rule}"`))(this, ...rest);
  }

  /** Names why a signal is known. It may have a name already, from another case: then this one is a condition. */
  name(sort: Sort, signal: number, reason: string): void {
    const former = this.named.get(signal);
    const isOther = former !== undefined && former.sort !== "free";
    if (isOther && (sort === "free" || former.reason !== reason))
      this.suppose(sort === "free" ? former.reason : reason);
    if (!isOther || sort === "free") this.named.set(signal, { sort, reason: this.text(reason) });
    if (sort !== "free") this.facts.known.add(signal);
  }
  suppose(reason: string, times = 1): void {
    this.conditions.set(this.text(reason), (this.conditions.get(reason) ?? 0) + times);
  }

  exists(signal: number): number {
    const isThere = Number.isInteger(signal) && signal >= 0 && signal < this.next;
    return isThere ? signal : refuse(`there is no signal ${signal}`);
  }
  integer(text: unknown): bigint {
    return typeof text === "string" && /^-?\d+$/.test(text) ? BigInt(text) : refuse(`${text} is no integer in decimal`);
  }
  sumOf(terms: Terms): Sum {
    const numbers = terms.map(([signal, factor]) => [this.exists(signal), this.integer(factor)] as const);
    return f.plus(ZERO, numbers);
  }
  /** A sum over signals of the file, and quotients. */
  expanded(sum: Sum): Sum {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) f.add(whole, this.definitions.get(signal) ?? [[signal, 1n]], factor);
    return whole;
  }

  /** A constraint by its number. */
  at(n: number): Constraint {
    if (n < 0) return [ZERO, ZERO, this.zeros.at(n) ?? refuse(`there is no case ${n}`)];
    if (n >= this.circuit.count) return this.added[n - this.circuit.count] ?? refuse(`there is no constraint ${n}`);
    return Number.isInteger(n) ? this.circuit.at(n) : refuse(`there is no constraint ${n}`);
  }
  folded(n: number): Constraint {
    const [a, b, c] = this.at(n);
    return [this.facts.folded(a), this.facts.folded(b), this.facts.folded(c)];
  }
  /** The sum that is 0 by a linear constraint, or by several that are added. */
  linear(n: number | Parts): Sum {
    if (typeof n === "number") return f.linearOf(this.folded(n)) ?? refuse(`constraint ${n} is not linear`);
    return n.reduce((whole, [one, times]) => f.plus(whole, this.linear(one), this.integer(times)), ZERO);
  }
  /** As `folded`; if it is linear then, the sum that is 0 is the third. */
  sides(n: number | Parts): Constraint {
    const folded = typeof n === "number" ? this.folded(n) : null;
    return folded !== null && f.linearOf(folded) === null ? folded : [ZERO, ZERO, this.linear(n)];
  }
  /** The one unknown signal of a constraint, and what it is multiplied by; signal 0, if none is unknown. */
  only(n: number): [signal: number, times: Sum] {
    const [a, b, c] = this.sides(n);
    const [signal = 0, ...others] = this.facts.unknown(a, b, c);
    const [inA, inB] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    const isSquare = signal !== 0 && inA !== 0n && inB !== 0n;
    if (others.length > 0 || isSquare) refuse(`constraint ${n} has not one unknown signal, or its square`);
    return [signal, f.plus(f.plus(f.plus(ZERO, b, inA), a, inB), [[0, c.get(signal) ?? 0n]], -1n)];
  }
  /** This case cannot be. Outside of cases that would say that nothing has a proof. */
  end(why: string): void {
    this.dead = this.zeros.length > 0 || refuse(why);
  }
  bound(signal: number, span: Interval): void {
    if (!this.facts.bound(signal, span)) this.end(`signal ${signal} has no value`);
  }

  /**
   * What holds in all cases that can be, holds. A signal is known only if both witnesses are in one case: because the
   * case is known, because only one can be, or because a sum with one value, `by`, lies elsewhere in each of them.
   */
  split(cases: readonly Case[], branches: readonly Line[][], isKnown: boolean, by: Sum | null = null): void {
    const outside = this.facts;
    if (cases.length !== branches.length || cases.length === 0)
      refuse("there are not as many branches as cases, or none");
    const ends: Facts[] = [];
    for (const [i, [values, zero]] of cases.entries()) {
      this.facts = new Facts(outside);
      this.zeros.push(zero);
      this.dead = this.isNonzero(zero);
      for (const [signal, low, high] of values) this.bound(signal, [low, high]);
      for (const line of this.dead ? [] : (branches[i] as Line[])) if (!this.dead) this.apply(line);
      this.zeros.pop();
      if (!this.dead) ends.push(this.facts);
    }
    [this.facts, this.dead] = [outside, false];
    const [first = new Facts(null)] = ends;
    if (ends.length === 0) this.end("no case can be");
    const places = ends.map((end) => by && end.interval(by));
    const isElsewhere = by !== null && places.every((at, i) => places.slice(0, i).every((one) => f.areApart(at, one)));
    if (isKnown || ends.length === 1 || isElsewhere) {
      for (const one of first.known) if (ends.every((end) => end.knows(one))) outside.known.add(one);
    }
    for (const signal of first.bounds.keys()) {
      const span = f.together(ends.map((end) => end.boundsOf(signal)));
      if (span !== null) outside.bound(signal, span);
    }
  }
}
