/** What rules work on: the facts, the constraints with constants in place, and cases. */
import { Facts, hull, type Interval, isDisjoint, refuse } from "./facts.ts";
import {
  type Constraint,
  centred,
  integer,
  inverse,
  linearOf,
  plus,
  Refusal,
  type Sum,
  type System,
} from "./system.ts";

/** A line: the rule, then what it is applied to. */
export type Line = readonly [rule: string, ...rest: unknown[]];
/** A sum in a certificate: signals and factors in decimal. */
export type Terms = readonly (readonly [signal: number, factor: string])[];
/** Linear constraints that are added, each times a number. */
export type Parts = readonly (readonly [n: number, times: string])[];
// biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
export type Rules = Readonly<Record<string, (on: Reasoner, ...rest: any[]) => void>>;

export class Reasoner {
  readonly facts = new Facts();
  /** Signals with a name for why: chosen ones, free ones, and those whose line was an assumption. */
  readonly chosen = new Map<number, string>();
  readonly assumed = new Map<number, string>();
  /** Assumptions that say something else than that one signal has one value, counted by reason. */
  readonly conditions = new Map<string, number>();
  readonly used = new Set<number>();
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
  apply(line: Line): void {
    const [rule, ...rest] = line;
    const run = Object.hasOwn(this.rules, rule) ? this.rules[rule] : undefined;
    if (run === undefined) refuse(`there is no rule "${rule}"`);
    else run(this, ...rest);
  }

  /** Sums of a constraint, as certificates write them. */
  sums(a: Terms, b: Terms, c: Terms): Constraint {
    return [this.system.sumOf(a), this.system.sumOf(b), this.system.sumOf(c)];
  }

  /** Names a signal's assumption. It may have one already, from another case: then this one is a condition. */
  name(names: Map<number, string>, signal: number, reason: string): void {
    const former = names.get(signal);
    if (former === undefined) names.set(signal, reason);
    else if (former !== reason) this.suppose(reason);
  }

  suppose(reason: string, times = 1): void {
    this.conditions.set(reason, (this.conditions.get(reason) ?? 0) + times);
  }

  at(n: number): Constraint {
    this.used.add(n);
    return this.system.at(n);
  }

  /** The sum that is 0 by a constraint, where it is linear with the constants known; null where it is not. */
  linear(n: number | Parts): Sum | null {
    if (Array.isArray(n)) {
      let whole: Sum = new Map();
      for (const [one, times] of n) {
        const sum = this.linear(one);
        if (sum === null) return null;
        whole = plus(whole, sum, integer(times));
      }
      return whole;
    }
    return linearOf(this.folded(n as number));
  }

  /** A constraint with constants in place. */
  folded(n: number): Constraint {
    const [a, b, c] = this.at(n);
    return [this.facts.folded(a), this.facts.folded(b), this.facts.folded(c)];
  }

  /** The one unknown signal of a constraint, and what it is multiplied by. */
  only(n: number): [signal: number, times: Sum] {
    const { facts } = this;
    const linear = this.linear(n);
    const [a, b, c]: Constraint = linear === null ? this.folded(n) : [new Map(), new Map(), linear];
    const [signal, ...others] = facts.unknown(a, b, c);
    if (signal === undefined || others.length > 0) return refuse(`constraint ${n} has not one unknown signal`);
    const [inA, inB] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    if (inA !== 0n && inB !== 0n) refuse(`constraint ${n} has a square of the unknown signal`);
    const times = plus(plus(plus(new Map(), b, inA), a, inB), new Map([[0, c.get(signal) ?? 0n]]), -1n);
    return [signal, times];
  }

  /** Both factors of a product that is 0, and where their sum lies by a linear constraint. */
  gaps(n: number, total: number): [a: Sum, b: Sum, both: Interval] {
    const [a, b, c] = this.folded(n);
    const linear = this.linear(total);
    if (c.size > 0 || linear === null) return refuse(`constraint ${n} is no product that is 0`);
    const both = plus(a, b);
    for (const [signal, factor] of both) {
      const own = linear.get(signal);
      if (signal === 0 || own === undefined) continue;
      // total = times · (a + b) + rest
      const times = centred(own * inverse(factor));
      const rest = plus(new Map(), plus(linear, both, -times), -inverse(times));
      const interval = this.facts.interval(rest);
      if (interval !== null) return [a, b, interval];
    }
    return refuse(`constraint ${total} leaves the sum open`);
  }

  /** The bits of which a sum says that exactly one is 1. */
  oneOf(linear: Sum): number[] {
    const bits = [...linear.keys()].filter((signal) => signal !== 0);
    const scale = linear.get(bits[0] ?? 0) ?? 0n;
    for (const bit of bits) {
      const [low, high] = this.facts.bounds.get(bit) ?? [-1n, 1n];
      if (linear.get(bit) !== scale || low < 0n || high > 1n) refuse(`signal ${bit} is no bit of a sum`);
    }
    if (centred((linear.get(0) ?? 0n) + scale) !== 0n) refuse("the sum of the bits is not 1");
    return bits;
  }

  /**
   * What holds in all cases that can be, holds. A signal is known only if both witnesses are in one case: because
   * `signals` are known, or because a known sum, `by`, lies elsewhere in each of them.
   */
  split(signals: number[], branches: [[number, bigint][], Line[]][], by?: Sum): void {
    const { facts } = this;
    const found: {
      known: Set<number>;
      bounds: Map<number, Interval>;
      free: Map<number, string>;
      at: Interval | null;
    }[] = [];
    const outer = this.dead;
    for (const [values, lines] of branches) {
      const mark = facts.trail.length;
      this.dead = values.some(([signal, value]) => {
        const [low, high] = facts.bounds.get(signal) as Interval;
        return value < low || value > high;
      });
      if (!this.dead) {
        for (const [signal, value] of values) facts.bound(signal, [value, value]);
        for (const line of lines) {
          if (line[0] === "transcript" || line[0] === "challenge") refuse("a challenge is not drawn in a case");
          this.apply(line);
        }
      }
      if (!this.dead) {
        const own = facts.trail.slice(mark).map(([signal]) => signal);
        const bounded = own.filter((signal) => facts.bounds.has(signal));
        found.push({
          known: new Set(own.filter((signal) => facts.known.has(signal))),
          bounds: new Map(bounded.map((signal) => [signal, facts.bounds.get(signal) as Interval])),
          free: new Map(
            own.flatMap((signal) => (facts.free.has(signal) ? [[signal, facts.free.get(signal) as string]] : [])),
          ),
          at: by === undefined ? null : facts.interval(by),
        });
      }
      facts.undo(mark);
    }
    this.dead = outer;
    if (found.length === 0) throw new Refusal("no case can be");
    const isApart = found.every(({ at }, i) =>
      found.slice(0, i).every((other) => at !== null && other.at !== null && isDisjoint(at, other.at)),
    );
    if (by !== undefined && isApart) for (const signal of signals) facts.learn(signal);
    const same = signals.every((signal) => facts.known.has(signal));
    const [first, ...others] = found as [(typeof found)[number], ...typeof found];
    for (const signal of new Set([...first.known, ...first.free.keys()])) {
      if (!same || !others.every(({ known, free }) => known.has(signal) || free.has(signal))) continue;
      const reason = found.map(({ free }) => free.get(signal)).find((one) => one !== undefined);
      if (reason === undefined) facts.learn(signal);
      else facts.release(signal, reason);
    }
    for (const [signal, span] of first.bounds) {
      const spans = others.map(({ bounds }) => bounds.get(signal));
      if (spans.includes(undefined)) continue;
      facts.bound(
        signal,
        spans.reduce((all: Interval, one) => hull(all, one as Interval), span),
      );
    }
  }

  /** Signals of the file without a line that knows or names them. */
  open(): number[] {
    const found: number[] = [];
    for (let signal = 1; signal < this.system.signals; signal++) {
      if (!this.facts.known.has(signal) && !this.facts.free.has(signal)) found.push(signal);
    }
    return found;
  }
}
