/** What rules work on: constraints, what is known, and cases. */
import type { Circuit } from "./circuit.ts";
import { Facts } from "./facts.ts";
import { type Constraint, plus, refuse, type Sum, together, ZERO } from "./field.ts";

/** A line: the rule, then what it is applied to. */
export type Line = readonly [rule: string, ...rest: unknown[]];
/** A sum in a line, with factors in decimal; and linear constraints that are added, each times a number. */
export type Terms = readonly (readonly [signal: number, factor: string])[];
export type Parts = readonly (readonly [n: number, times: string])[];
// biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
export type Rules = Readonly<Record<string, (on: Checker, ...rest: any[]) => void>>;
/** A sum is 0, and a signal lies between two integers. */
export type Case = readonly [zero: Sum, signal: number, low: bigint, high: bigint];

export class Checker {
  facts = new Facts(null);
  /** All that lines say without a proof, in their order. */
  readonly named: (readonly [sort: string, reason: string, signal: number])[] = [];
  /** Signals that are assumed to be other than 0. */
  readonly nonzero = new Set<number>();
  /** Sums that are 0 in the cases that are looked at. As a constraint, that of the innermost case has the number −1. */
  readonly zeros: Sum[] = [];
  /** Constraints that lines added, and what signals that lines added are over those of the file. */
  added: Constraint[] = [];
  definitions = new Map<number, Sum>();
  /** The number that the next signal gets. */
  next: number;
  readonly circuit: Circuit;
  readonly rules: Rules;
  constructor(circuit: Circuit, rules: Rules) {
    [this.circuit, this.rules, this.next] = [circuit, rules, circuit.signals];
  }

  /** @throws Refusal that says why the line does not hold */
  apply([rule, ...rest]: Line): void {
    const run = typeof rule === "string" && Object.hasOwn(this.rules, rule) ? this.rules[rule] : undefined;
    (run ?? refuse(`there is no rule "${rule}"`))(this, ...rest);
    if (this.facts.isDead && this.facts.outside === null) refuse("no case can be: nothing would have a proof");
  }
  readonly exists = (signal: number): number =>
    Number.isInteger(signal) && signal >= 0 && signal < this.next ? signal : refuse(`there is no signal ${signal}`);
  readonly integer = (text: unknown): bigint =>
    typeof text === "string" && /^-?\d+$/.test(text) ? BigInt(text) : refuse(`${text} is no integer in decimal`);
  name(sort: string, reason: string, signal: number): number {
    this.named.push([sort, typeof reason === "string" ? reason : refuse("a reason is a text"), this.exists(signal)]);
    return signal;
  }
  sumOf(terms: Terms): Sum {
    const numbers = terms.map(([signal, factor]) => [this.exists(signal), this.integer(factor)] as const);
    return plus(ZERO, numbers);
  }
  /** A sum over signals of the file, and quotients. */
  expanded(sum: Sum): Sum {
    const over = (signal: number): Sum => this.definitions.get(signal) ?? new Map([[signal, 1n]]);
    const terms = [...sum].flatMap(([signal, factor]) => [...plus(ZERO, over(signal), factor)]);
    return plus(ZERO, terms);
  }
  /** A constraint by its number. */
  at(n: number): Constraint {
    if (!Number.isInteger(n)) refuse(`there is no constraint ${n}`);
    if (n < 0) return [ZERO, ZERO, this.zeros.at(n) ?? refuse(`there is no case ${n}`)];
    if (n < this.circuit.count) return this.circuit.at(n);
    return this.added[n - this.circuit.count] ?? refuse(`there is no constraint ${n}`);
  }
  /** The same. If a factor is a number, or linear constraints are added, the sum that is 0 is the third. */
  sides(n: number | Parts): Constraint {
    if (typeof n !== "number")
      return [ZERO, ZERO, n.reduce((all, [one, times]) => plus(all, this.linear(one), this.integer(times)), ZERO)];
    const [a, b, c] = this.at(n);
    const [x, y] = [this.facts.interval(a), this.facts.interval(b)];
    if (x !== null && x[0] === x[1]) return [ZERO, ZERO, plus(c, b, -x[0])];
    return y !== null && y[0] === y[1] ? [ZERO, ZERO, plus(c, a, -y[0])] : [a, b, c];
  }
  linear(n: number | Parts): Sum {
    const [a, , sum] = this.sides(n);
    return a.size === 0 ? sum : refuse(`constraint ${n} is not linear`);
  }
  /** The one unknown signal of a constraint, and what it is multiplied by; signal 0, if none is unknown. */
  only(n: number | Parts): [signal: number, times: Sum] {
    const [a, b, c] = this.sides(n);
    const [signal = 0, ...others] = this.facts.unknown(a, b, c);
    const [inA, inB] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    if (others.length > 0 || (signal !== 0 && inA * inB !== 0n)) refuse(`constraint ${n} is not linear in one signal`);
    return [signal, plus(plus(plus(ZERO, b, inA), a, inB), [[0, c.get(signal) ?? 0n]], -1n)];
  }
  /**
   * One of these cases is so. What holds in all that can be, holds. But a signal is known only if two witnesses are in
   * one of them: `isOne` says whether they are, by what holds in each.
   */
  split(cases: readonly Case[], branches: readonly Line[][], isOne: (ends: readonly Facts[]) => boolean): void {
    if (cases.length !== branches.length) refuse("there are not as many branches as cases");
    const [outside, ends]: [Facts, Facts[]] = [this.facts, []];
    for (const [i, [zero, signal, low, high]] of cases.entries()) {
      this.facts = new Facts(outside);
      this.facts.bound(signal, [low, high]);
      this.facts.isDead ||= this.facts.isNonzero(zero);
      this.zeros.push(zero);
      for (const line of branches[i] as Line[]) if (!this.facts.isDead) this.apply(line);
      this.zeros.pop();
      if (!this.facts.isDead) ends.push(this.facts);
    }
    this.facts = outside;
    outside.isDead ||= ends.length === 0;
    const [first = outside] = ends;
    if (ends.length === 1 || isOne(ends))
      for (const one of first.known) if (ends.every((end) => end.knows(one))) outside.known.add(one);
    for (const one of first.bounds.keys()) {
      const span = together(ends.map((end) => end.boundsOf(one)));
      if (span !== null) outside.bound(one, span);
    }
  }
}
