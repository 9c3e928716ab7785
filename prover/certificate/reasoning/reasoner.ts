/** What rules of drafts work on: the facts, the constraints with constants in place, and cases. */
import { type Interval, isDisjoint, together } from "../../../verifier/constraints/intervals.ts";
import { type LaneOf, permutationOf } from "../../../verifier/constraints/poseidon.ts";
import {
  type Constraint,
  centred,
  integer,
  inverse,
  linearOf,
  plus,
  refuse,
  type Sum,
  ZERO,
} from "../../../verifier/constraints/sums.ts";
import type { Parts, System, Terms } from "../../../verifier/constraints/system.ts";
import { Facts } from "./facts.ts";

/** A line: the rule, then what it is applied to. */
export type Line = readonly [rule: string, ...rest: unknown[]];
// biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
export type Rules = Readonly<Record<string, (on: Reasoner, ...rest: any[]) => void>>;
/** What signals are in a case. */
export type Values = readonly (readonly [signal: number, value: bigint])[];

const isParts = (n: number | Parts): n is Parts => Array.isArray(n);

export class Reasoner {
  readonly facts = new Facts();
  /** Signals with a name for why: chosen ones, and those whose line was an assumption. */
  readonly chosen = new Map<number, string>();
  readonly assumed = new Map<number, string>();
  /** Assumptions that say something else than that one signal has one value, counted by reason. */
  readonly conditions = new Map<string, number>();
  /** x = (2b − 1) · v by a constraint: b and v, by x. */
  readonly signs = new Map<number, readonly [bit: number, root: number]>();
  dead = false;
  /** Signals that are known because they were given, chosen or assumed: all others follow from them. */
  readonly named = new Set<number>();
  /** Challenges that may be drawn; how many signals were named; the constraints of the hash that draws them. */
  transcript: { challenges: ReadonlySet<number>; named: number; products: readonly number[] } | null = null;
  /** The challenge that was drawn last, and what was known before. */
  challenge: { signal: number; before: ReadonlySet<number> } | null = null;

  readonly system: System;
  readonly rules: Rules;
  constructor(system: System, rules: Rules) {
    this.system = system;
    this.rules = rules;
  }

  /** @throws Refusal that says why the line does not hold */
  apply([rule, ...rest]: Line): void {
    const run = Object.hasOwn(this.rules, rule) ? this.rules[rule] : undefined;
    if (run === undefined) refuse(`there is no rule "${rule}"`);
    else run(this, ...rest);
  }

  /** Names why a signal is known. It may have a name already, from another case: then this one is a condition. */
  name(names: Map<number, string>, signal: number, reason: string): void {
    if (typeof reason !== "string") refuse("a reason is a text");
    const former = names.get(signal);
    if (former === undefined) names.set(signal, reason);
    else if (former !== reason) this.suppose(reason);
  }

  suppose(reason: string, times = 1): void {
    if (typeof reason !== "string") refuse("a reason is a text");
    this.conditions.set(reason, (this.conditions.get(reason) ?? 0) + times);
  }

  at(n: number): Constraint {
    return this.system.at(n);
  }

  /** A constraint with constants in place. */
  folded(n: number): Constraint {
    const [a, b, c] = this.at(n);
    return [this.facts.folded(a), this.facts.folded(b), this.facts.folded(c)];
  }

  /** As `folded`; if it is linear then, the sum that is 0 is the third. Linear constraints can be added. */
  sides(n: number | Parts): Constraint {
    if (isParts(n)) return [ZERO, ZERO, this.linear(n)];
    const folded = this.folded(n);
    const linear = linearOf(folded);
    return linear === null ? folded : [ZERO, ZERO, linear];
  }

  /** The sum that is 0 by a linear constraint, or by several that are added. */
  linear(n: number | Parts): Sum {
    if (!isParts(n)) return linearOf(this.folded(n)) ?? refuse(`constraint ${n} is not linear`);
    return n.reduce((whole, [one, times]) => plus(whole, this.linear(one), integer(times)), ZERO);
  }

  /** The factors of a product that is 0. */
  factors(n: number): [a: Sum, b: Sum] {
    const [a, b, c] = this.folded(n);
    return c.size > 0 ? refuse(`constraint ${n} is not a product that is 0`) : [a, b];
  }

  /** The one unknown signal of a constraint, and what it is multiplied by. */
  only(n: number): [signal: number, times: Sum] {
    const [a, b, c] = this.sides(n);
    const [signal, ...others] = this.facts.unknown(a, b, c);
    if (signal === undefined || others.length > 0) return refuse(`constraint ${n} has not one unknown signal`);
    const [inA, inB] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    if (inA !== 0n && inB !== 0n) refuse(`constraint ${n} has a square of the unknown signal`);
    return [signal, plus(plus(plus(ZERO, b, inA), a, inB), new Map([[0, c.get(signal) ?? 0n]]), -1n)];
  }

  /** Poseidon's lanes before its permutation, and those after it, by their numbers. */
  permuted(lanes: readonly Terms[], constraints: readonly number[]): [before: [Sum, ...Sum[]], after: LaneOf] {
    const before = lanes.map((lane) => this.system.sumOf(lane));
    for (const n of constraints) this.at(n);
    return [before as [Sum, ...Sum[]], permutationOf(this.system, before, constraints)];
  }

  boundsOf(signal: number): Interval {
    return this.facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`);
  }

  /** A signal lies there, and that is news. */
  narrow(n: number | Parts, signal: number, span: Interval | null): void {
    if (span === null) refuse(`constraint ${n} leaves signal ${signal} without bounds`);
    else if (!this.facts.bound(signal, span)) refuse(`constraint ${n} says nothing new of signal ${signal}`);
  }

  /** Both factors of a product that is 0, and where their sum lies by a linear constraint. */
  gaps(n: number, total: number): [a: Sum, b: Sum, both: Interval] {
    const [[a, b], linear] = [this.factors(n), this.linear(total)];
    const both = plus(a, b);
    for (const [signal, factor] of both) {
      // total = times · (a + b) + rest
      const times = centred((linear.get(signal) ?? 0n) * inverse(factor));
      const isShared = signal !== 0 && times !== 0n;
      const span = isShared ? this.facts.interval(plus(linear, both, -times), -1, -times) : null;
      if (span !== null) return [a, b, span];
    }
    return refuse(`constraint ${total} leaves the sum open`);
  }

  /** The bits of which a linear constraint says that exactly one is 1. */
  oneOf(n: number): number[] {
    const linear = this.linear(n);
    const bits = [...linear.keys()].filter((signal) => signal !== 0);
    const scale = linear.get(bits[0] ?? 0) ?? 0n;
    for (const bit of bits) {
      const [low, high] = this.boundsOf(bit);
      if (linear.get(bit) !== scale || low < 0n || high > 1n) refuse(`signal ${bit} is no bit of a sum`);
    }
    if (centred((linear.get(0) ?? 0n) + scale) !== 0n) refuse("the sum of the bits is not 1");
    return bits;
  }

  /**
   * What holds in all cases that can be, holds. A signal is known only if both witnesses are in one case: because those
   * of the cases are known, or because a known sum, `by`, lies elsewhere in each of them.
   */
  split(cases: readonly Values[], branches: readonly Iterable<Line>[], by?: Sum): void {
    const { facts, dead } = this;
    if (cases.length !== branches.length) refuse("there are not as many cases as values");
    const ends: Map<number, readonly [isKnown: boolean, reason: string | undefined, span: Interval | undefined]>[] = [];
    const places: (Interval | null)[] = [];
    for (const [i, values] of cases.entries()) {
      const mark = facts.trail.length;
      this.dead = values.some(([one, value]) => isDisjoint(this.boundsOf(one), [value, value]));
      if (!this.dead) for (const [signal, value] of values) facts.bound(signal, [value, value]);
      for (const line of this.dead ? [] : (branches[i] ?? [])) {
        if (line[0] === "transcript" || line[0] === "challenge") refuse("a challenge is not drawn in a case");
        this.apply(line);
      }
      if (!this.dead) {
        const own = facts.trail.slice(mark).map(([one]) => one);
        ends.push(new Map(own.map((one) => [one, [facts.known.has(one), facts.free.get(one), facts.bounds.get(one)]])));
        if (by !== undefined) places.push(facts.interval(by));
      }
      facts.undo(mark);
    }
    this.dead = dead;
    const [first = refuse("no case can be"), ...others] = ends;
    const signals = (cases[0] ?? []).map(([signal]) => signal);
    const isApart = places.every((at, i) => places.slice(0, i).every((other) => at && other && isDisjoint(at, other)));
    if (by !== undefined && isApart) for (const signal of signals) facts.learn(signal);
    const isOneCase = signals.every((signal) => facts.known.has(signal));
    for (const [signal, end] of first) {
      const all = [end, ...others.map((other) => other.get(signal))];
      const isSeenTo = all.every((one) => one !== undefined && (one[0] || one[1] !== undefined));
      const reason = all.map((one) => one?.[1]).find((one) => one !== undefined);
      if (isOneCase && isSeenTo && reason === undefined) facts.learn(signal);
      else if (isOneCase && isSeenTo) facts.release(signal, reason as string);
    }
    for (const [signal, end] of first) {
      const span = together([end[2], ...others.map((other) => other.get(signal)?.[2])]);
      if (span !== null) facts.bound(signal, span);
    }
  }

  /** Signals of the file without a line that knows or names them. */
  open(): number[] {
    const all = Array.from({ length: this.system.signals - 1 }, (_, i) => i + 1);
    return all.filter((signal) => !this.facts.known.has(signal) && !this.facts.free.has(signal));
  }
}
