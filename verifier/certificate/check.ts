/**
 * The checker of certificates. Each line names a rule and what it is applied to; the conclusion is computed here.
 * docs/security/certificate.md says in words what each rule says, and why it holds.
 */
import { excludesZero, Facts, hull, type Interval, product, refuse, solved } from "./facts.ts";
import { digestOf } from "./poseidonShape.ts";
import { type Constraint, centred, inverse, P, plus, Refusal, ratio, type Sum, System } from "./system.ts";

/** A sum in a certificate: signals and factors in decimal. */
export type Terms = readonly (readonly [signal: number, factor: string])[];
/** A line: the rule, then what it is applied to. */
export type Line = readonly [rule: string, ...rest: unknown[]];

export interface Certificate {
  readonly circuit: string;
  readonly lines: readonly Line[];
}

/** Most assignments that are tried one by one. */
const MOST = 1 << 14;
const sumOf = (terms: Terms): Sum => new Map(terms.map(([signal, factor]) => [signal, centred(BigInt(factor))]));

export class Checker {
  readonly facts = new Facts();
  /** Signals with a name for why: chosen ones, free ones, and those whose line was an assumption. */
  readonly chosen = new Map<number, string>();
  readonly assumed = new Map<number, string>();
  /** Assumptions that say something else than that one signal has one value, counted by reason. */
  readonly conditions = new Map<string, number>();
  readonly used = new Set<number>();
  /** x = (2b − 1) · v by a constraint: b and v, by x. */
  readonly #signs = new Map<number, readonly [bit: number, root: number]>();
  #dead = false;

  readonly system: System;
  constructor(system: System) {
    this.system = system;
  }

  /** @throws Refusal that says why the line does not hold */
  apply(line: Line): void {
    const [rule, ...rest] = line;
    const run = this.#rules[rule];
    if (run === undefined) refuse(`there is no rule "${rule}"`);
    else run(...rest);
  }

  #at(n: number): Constraint {
    this.used.add(n);
    return this.system.at(n);
  }

  /** The sum that is 0 by a constraint, where it is linear with the constants known; null where it is not. */
  #linear(n: number): Sum | null {
    const [a, b, c] = this.#at(n).map((sum) => this.facts.folded(sum)) as [Sum, Sum, Sum];
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      if (x.size === 0) return c;
      const constant = x.size === 1 ? x.get(0) : undefined;
      if (constant !== undefined) return plus(c, y, -constant);
    }
    return null;
  }

  /** The one unknown signal of a constraint, and what it is multiplied by. */
  #only(n: number): [signal: number, times: Sum] {
    const { facts } = this;
    const linear = this.#linear(n);
    const sums = linear === null ? this.#at(n).map((sum) => facts.folded(sum)) : [new Map(), new Map(), linear];
    const [a, b, c] = sums as [Sum, Sum, Sum];
    const [signal, ...others] = facts.unknown(a, b, c);
    if (signal === undefined || others.length > 0) return refuse(`constraint ${n} has not one unknown signal`);
    const [inA, inB] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    if (inA !== 0n && inB !== 0n) refuse(`constraint ${n} has a square of the unknown signal`);
    const times = plus(plus(plus(new Map(), b, inA), a, inB), new Map([[0, c.get(signal) ?? 0n]]), -1n);
    return [signal, times];
  }

  // biome-ignore lint/suspicious/noExplicitAny: what a line holds is only known by its rule
  readonly #rules: Readonly<Record<string, (...rest: any[]) => void>> = {
    /** What has one value because the statement says so. */
    given: (signals: number[]) => {
      for (const signal of signals) {
        if (signal > this.system.given) refuse(`signal ${signal} is not public`);
        this.facts.learn(signal);
      }
    },
    chosen: (reason: string, signals: number[]) => {
      for (const signal of signals) {
        if (this.facts.known.has(signal)) refuse(`signal ${signal} is known, and no choice`);
        this.chosen.set(signal, reason);
        this.facts.learn(signal);
      }
    },
    /** Not known, and named: nothing may depend on it. */
    free: (reason: string, signals: number[]) => {
      for (const signal of signals) {
        if (this.facts.known.has(signal)) refuse(`signal ${signal} is known, and not free`);
        this.chosen.set(signal, reason);
      }
    },
    assumed: (reason: string, signals: number[]) => {
      for (const signal of signals) {
        if (!this.facts.known.has(signal)) this.assumed.set(signal, reason);
        this.facts.learn(signal);
      }
    },
    nonzero: (reason: string, signals: number[]) => {
      for (const signal of signals) this.facts.nonzero.add(signal);
      this.conditions.set(reason, (this.conditions.get(reason) ?? 0) + signals.length);
    },

    define: (terms: Terms) => this.system.define(sumOf(terms)),
    rewrite: (n: number, a: Terms, b: Terms, c: Terms) => {
      this.used.add(n);
      this.system.rewrite(n, [sumOf(a), sumOf(b), sumOf(c)]);
    },
    add: (parts: [number, string][]) => {
      for (const [n] of parts) this.used.add(n);
      this.system.add(parts.map(([n, times]) => [n, BigInt(times)]));
    },

    follows: (...constraints: number[]) => {
      for (const n of constraints) {
        const [signal, times] = this.#only(n);
        if (!this.facts.isNonzero(times)) refuse(`in constraint ${n} the factor of signal ${signal} may be 0`);
        this.facts.learn(signal);
      }
    },
    divides: (reason: string, ...constraints: number[]) => {
      for (const n of constraints) {
        const [signal, times] = this.#only(n);
        if (!this.facts.isKnown(times)) refuse(`constraint ${n} does not divide by what is known`);
        this.facts.learn(signal);
        this.assumed.set(signal, reason);
      }
    },

    either: (n: number, signal: number) => {
      const { facts } = this;
      const [a, b, c] = this.#at(n).map((sum) => facts.folded(sum)) as [Sum, Sum, Sum];
      if (c.size > 0) refuse(`constraint ${n} is not a product that is 0`);
      const ways: Interval[] = [];
      for (const factor of [a, b]) {
        if (facts.isNonzero(factor)) continue;
        const way = solved(facts, factor, signal);
        if (way === null) return refuse(`constraint ${n} leaves signal ${signal} open`);
        ways.push(way);
      }
      const [first, second] = ways;
      if (first === undefined) return refuse(`constraint ${n} cannot hold`);
      if (!facts.bound(signal, second === undefined ? first : hull(first, second))) refuse(`${n} says nothing new`);
    },
    range: (n: number, signal: number) => {
      const { facts } = this;
      const linear = this.#linear(n);
      let found: Interval | null;
      if (linear !== null) found = solved(facts, linear, signal);
      else {
        const [a, b, c] = this.#at(n).map((sum) => facts.folded(sum)) as [Sum, Sum, Sum];
        const factor = c.get(signal) ?? 0n;
        if (a.has(signal) || b.has(signal) || factor === 0n) refuse(`constraint ${n} does not say signal ${signal}`);
        const times = inverse(factor);
        const [x, y] = [facts.interval(plus(new Map(), a, times)), facts.interval(b)];
        const rest = solved(facts, c, signal);
        found = null;
        if (x !== null && y !== null && rest !== null) {
          const both = product(x, y);
          found = [both[0] + rest[0], both[1] + rest[1]];
        }
      }
      if (found === null) return refuse(`constraint ${n} leaves signal ${signal} without bounds`);
      if (!facts.bound(signal, found)) refuse(`constraint ${n} says nothing new of signal ${signal}`);
    },

    /** a · b = 0, and a + b lies in an interval: so do a and b, or they are 0. */
    gap: (n: number, total: number, signal: number) => {
      const { facts } = this;
      const [a, b, both] = this.#gaps(n, total);
      const gap = hull(both, [0n, 0n]);
      const found = a.has(signal) ? solved(facts, a, signal) : solved(facts, b, signal);
      const factor = (a.has(signal) ? a : b).get(signal) ?? 0n;
      if (found === null || (factor !== 1n && factor !== -1n))
        return refuse(`constraint ${n} leaves signal ${signal} open`);
      const shift: Interval = factor === 1n ? gap : [-gap[1], -gap[0]];
      if (!facts.bound(signal, [found[0] + shift[0], found[1] + shift[1]])) refuse(`constraint ${n} says nothing new`);
    },
    /** (x − p) · (x − q) = 0, and 2x − p − q is not negative: x is the greater of p and q. */
    most: (n: number, total: number, signal: number) => {
      const { facts } = this;
      const [a, b, [low, high]] = this.#gaps(n, total);
      const [s, t] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
      if (s === 0n || s !== t) refuse(`constraint ${n} has not that form`);
      if (facts.unknown(a, b).length > 1 || low < 0n || 2n * high >= P) refuse(`constraint ${n} leaves two ways`);
      facts.learn(signal);
    },

    radix: (n: number, times: string) => {
      const { facts } = this;
      const linear = this.#linear(n);
      if (linear === null) return refuse(`constraint ${n} is not linear`);
      let open: { signal: number; factor: bigint; width: bigint }[] = [];
      let span = 0n;
      for (const signal of facts.unknown(linear)) {
        const bounds = facts.bounds.get(signal);
        if (bounds === undefined) return refuse(`signal ${signal} has no bounds`);
        const own = centred((linear.get(signal) as bigint) * BigInt(times));
        const factor = own < 0n ? -own : own;
        open.push({ signal, factor, width: bounds[1] - bounds[0] });
        span += factor * (bounds[1] - bounds[0]);
      }
      if (span >= P) refuse(`constraint ${n} may wrap`);
      const before = open.length;
      for (let changed = true; changed && open.length > 0; ) {
        changed = false;
        open.sort((x, y) => (x.factor < y.factor ? 1 : x.factor > y.factor ? -1 : 0));
        const [top, ...rest] = open as [(typeof open)[number], ...typeof open];
        if (top.factor > rest.reduce((sum, { factor, width }) => sum + factor * width, 0n)) {
          facts.learn(top.signal);
          open = rest;
          changed = true;
          continue;
        }
        const low = open.at(-1) as (typeof open)[number];
        const common = open.slice(0, -1).reduce((x, { factor }) => gcd(x, factor), 0n);
        if (common > low.factor * low.width) {
          facts.learn(low.signal);
          open.pop();
          changed = true;
        }
      }
      if (open.length === before) refuse(`constraint ${n} leaves all its signals open`);
    },

    /** All values of a few signals, one by one: those that pass the constraints agree where the known part does. */
    each: (signals: number[], constraints: number[]) => {
      const { facts } = this;
      const ranges = signals.map((signal) => facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`));
      const count = ranges.reduce((all, [low, high]) => all * (high - low + 1n), 1n);
      if (count > MOST) refuse("there are too many values to try");
      const inside = new Set(signals);
      const tests = constraints.map((n) => {
        const linear = this.#linear(n);
        const parts = linear === null ? this.#at(n).map((sum) => facts.folded(sum)) : [linear];
        const strange = facts.unknown(...parts).some((signal) => !inside.has(signal));
        const mixed = parts.some((sum) => [...sum.keys()].some((signal) => signal !== 0 && !inside.has(signal)));
        if (strange || (linear === null && mixed)) refuse(`constraint ${n} has other signals`);
        return { parts, mixed };
      });
      const value = new Map<number, bigint>([[0, 1n]]);
      const groups = new Map<string, (bigint | null)[]>();
      const spans: (Interval | null)[] = signals.map(() => null);
      const walk = (i: number): void => {
        const signal = signals[i];
        if (signal !== undefined) {
          const [low, high] = ranges[i] as Interval;
          for (let v = low; v <= high; v++) walk(i + (value.set(signal, v), 1));
          return;
        }
        let key = "";
        for (const { parts, mixed } of tests) {
          const sums = parts.map((sum) => {
            let total = 0n;
            for (const [part, factor] of sum) total += factor * (value.get(part) ?? 0n);
            return total;
          });
          const left =
            sums.length === 1
              ? centred(sums[0] as bigint)
              : centred((sums[0] as bigint) * (sums[1] as bigint) - (sums[2] as bigint));
          if (mixed) key += `${left},`;
          else if (left !== 0n) return;
        }
        const own = signals.map((one) => value.get(one) as bigint);
        for (const [j, v] of own.entries()) spans[j] = hull(spans[j] ?? [v, v], [v, v]);
        const seen = groups.get(key);
        groups.set(key, seen === undefined ? own : seen.map((v, j) => (v === own[j] ? v : null)));
      };
      walk(0);
      const all = [...groups.values()];
      let learned = 0;
      for (const [j, signal] of signals.entries()) {
        const span = spans[j];
        if (span !== undefined && span !== null && facts.bound(signal, span)) learned++;
        if (facts.known.has(signal) || all.some((own) => own[j] === null)) continue;
        facts.learn(signal);
        learned++;
      }
      if (all.length === 0) refuse("no values pass");
      if (learned === 0) refuse("the values that pass say nothing new");
    },

    /** Bits with the sum 1, and the number of the one that is 1. */
    index: (ones: number, number: number) => {
      const [linear, numbered] = [this.#linear(ones), this.#linear(number)];
      if (linear === null || numbered === null) return refuse("these are not linear");
      const bits = this.#oneOf(linear);
      const factors = new Set(bits.map((bit) => numbered.get(bit) ?? 0n));
      if (factors.size < bits.length) refuse("two bits have the same number");
      if (this.facts.unknown(numbered).some((signal) => !bits.includes(signal))) refuse("the number is not known");
      for (const bit of bits) this.facts.learn(bit);
    },

    /** in · inverse = f(out) and in · g(out) = 0: whether `in` is 0 or not decides. */
    zero: (first: number, second: number, signal: number) => {
      const { facts } = this;
      const [a, b, c] = this.#at(first).map((sum) => facts.folded(sum)) as [Sum, Sum, Sum];
      const [d, e, f] = this.#at(second).map((sum) => facts.folded(sum)) as [Sum, Sum, Sum];
      if (f.size > 0) refuse(`constraint ${second} is not a product that is 0`);
      for (const input of [a, b]) {
        for (const [same, other] of [
          [d, e],
          [e, d],
        ] as const) {
          if (ratio(same, input) === null || !c.has(signal) || !other.has(signal)) continue;
          const alone = (sum: Sum): boolean => facts.unknown(sum).every((one) => one === signal);
          const [x, y] = [solved(facts, c, signal), solved(facts, other, signal)];
          const news = x !== null && y !== null && facts.bound(signal, hull(x, y));
          const decided = facts.isKnown(input) && alone(c) && alone(other) && !facts.known.has(signal);
          if (decided) facts.learn(signal);
          if (news || decided) return;
        }
      }
      refuse(`constraints ${first} and ${second} do not decide signal ${signal}`);
    },

    digest: (out: Terms, lanes: Terms[], constraints: number[]) => {
      const sums = lanes.map(sumOf);
      for (const n of constraints) this.used.add(n);
      const found = digestOf(this.system, sums, constraints);
      if (plus(this.system.expanded(sumOf(out)), found, -1n).size > 0) refuse("the digest is another one");
      if (!this.facts.isKnown(sumOf(out))) refuse("the digest is not known");
      for (const sum of sums) {
        const [signal, ...others] = this.facts.unknown(sum);
        if (others.length > 0) refuse("a lane has two unknown signals");
        if (signal === undefined) continue;
        this.facts.learn(signal);
        this.assumed.set(signal, "no second preimage of a Poseidon digest");
      }
    },

    /** x² = v², and v is not 0: x is v or −v. */
    sign: (first: number, second: number, signal: number, root: number) => {
      const [[a, b, c], [d, e, f]] = [this.#at(first), this.#at(second)];
      const is = (sum: Sum, one: number): bigint | null => ratio(sum, new Map([[one, 1n]]));
      const [s, t, u, v] = [is(a, signal), is(b, signal), is(d, root), is(e, root)];
      if (s === null || t === null || u === null || v === null) return refuse("these are no squares");
      if (plus(plus(new Map(), c, u * v), f, -s * t).size > 0) refuse("the squares are not the same");
      if (!this.facts.nonzero.has(root)) refuse(`signal ${root} may be 0`);
      const bit = this.system.next++;
      this.system.constraints.push([
        new Map([
          [bit, 2n],
          [0, -1n],
        ]),
        new Map([[root, 1n]]),
        new Map([[signal, 1n]]),
      ]);
      this.facts.bound(bit, [0n, 1n]);
      this.#signs.set(signal, [bit, root]);
    },
    /** v · out = sum of signs of v: the same without v. */
    cancel: (n: number, root: number) => {
      const [a, b, c] = this.#at(n);
      const times = ratio(a, new Map([[root, 1n]]));
      if (times === null || !this.facts.nonzero.has(root)) return refuse(`constraint ${n} has not that factor`);
      let sum: Sum = plus(new Map(), b, -times);
      for (const [signal, factor] of c) {
        const sign = this.#signs.get(signal);
        if (sign === undefined || sign[1] !== root) return refuse(`signal ${signal} is no sign of ${root}`);
        sum = plus(
          sum,
          new Map([
            [sign[0], 2n],
            [0, -1n],
          ]),
          factor,
        );
      }
      this.system.constraints.push([new Map(), new Map(), sum]);
    },

    /** The values of a signal, one by one. */
    cases: (signal: number, branches: Line[][]) => {
      const [low, high] = this.facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`);
      if (high - low + 1n !== BigInt(branches.length)) refuse("there are not as many cases as values");
      this.#split(
        [signal],
        branches.map((lines, i) => [[[signal, low + BigInt(i)]], lines]),
      );
    },
    /** Bits with the sum 1: each of them in turn. */
    onehot: (n: number, branches: Line[][]) => {
      const linear = this.#linear(n);
      if (linear === null) return refuse(`constraint ${n} is not linear`);
      const bits = this.#oneOf(linear);
      if (bits.length !== branches.length) refuse("there are not as many cases as bits");
      this.#split(
        bits,
        branches.map((lines, i) => [bits.map((bit, j) => [bit, i === j ? 1n : 0n]), lines]),
      );
    },
    /** This case cannot be. */
    absurd: (n: number) => {
      const { facts } = this;
      const linear = this.#linear(n);
      if (linear !== null) {
        const interval = facts.interval(linear);
        if (interval === null || !excludesZero(interval)) refuse(`constraint ${n} may hold`);
      } else {
        const [a, b, c] = this.#at(n).map((sum) => facts.folded(sum)) as [Sum, Sum, Sum];
        if (c.size > 0 || !facts.isNonzero(a) || !facts.isNonzero(b)) refuse(`constraint ${n} may hold`);
      }
      this.#dead = true;
    },
    /** Constraints between signals that have one value each: they say which statements can be proven. */
    asserts: (...constraints: number[]) => {
      for (const n of constraints) {
        if (this.facts.unknown(...this.#at(n)).length > 0) refuse(`constraint ${n} has unknown signals`);
      }
    },
  };

  /** Both factors of a product that is 0, and where their sum lies by a linear constraint. */
  #gaps(n: number, total: number): [a: Sum, b: Sum, both: Interval] {
    const [a, b, c] = this.#at(n).map((sum) => this.facts.folded(sum)) as [Sum, Sum, Sum];
    const linear = this.#linear(total);
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
  #oneOf(linear: Sum): number[] {
    const bits = [...linear.keys()].filter((signal) => signal !== 0);
    const scale = linear.get(bits[0] ?? 0) ?? 0n;
    for (const bit of bits) {
      const [low, high] = this.facts.bounds.get(bit) ?? [-1n, 1n];
      if (linear.get(bit) !== scale || low < 0n || high > 1n) refuse(`signal ${bit} is no bit of a sum`);
    }
    if (centred((linear.get(0) ?? 0n) + scale) !== 0n) refuse("the sum of the bits is not 1");
    return bits;
  }

  /** What holds in all cases that can be, holds. That a signal has one value, only if both witnesses are in one case. */
  #split(signals: number[], branches: [[number, bigint][], Line[]][]): void {
    const { facts } = this;
    const same = signals.every((signal) => facts.known.has(signal));
    const found: { known: Set<number>; bounds: Map<number, Interval> }[] = [];
    const outer = this.#dead;
    for (const [values, lines] of branches) {
      const mark = facts.trail.length;
      this.#dead = values.some(([signal, value]) => {
        const [low, high] = facts.bounds.get(signal) as Interval;
        return value < low || value > high;
      });
      if (!this.#dead) {
        for (const [signal, value] of values) facts.bound(signal, [value, value]);
        for (const line of lines) this.apply(line);
      }
      if (!this.#dead) {
        const own = facts.trail.slice(mark).map(([signal]) => signal);
        const bounded = own.filter((signal) => facts.bounds.has(signal));
        found.push({
          known: new Set(own.filter((signal) => facts.known.has(signal))),
          bounds: new Map(bounded.map((signal) => [signal, facts.bounds.get(signal) as Interval])),
        });
      }
      facts.undo(mark);
    }
    this.#dead = outer;
    const [first, ...others] = found;
    if (first === undefined) throw new Refusal("no case can be");
    for (const signal of first.known) {
      if (same && others.every(({ known }) => known.has(signal))) facts.learn(signal);
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
      if (!this.facts.known.has(signal) && !this.chosen.has(signal)) found.push(signal);
    }
    return found;
  }
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** @throws Refusal that names the line */
export function checkCertificate(file: Buffer, certificate: Certificate, deleted: Iterable<number> = []): Checker {
  const system = new System(file);
  for (const n of deleted) system.deleted.add(n);
  if (system.hash !== certificate.circuit) throw new Refusal("the certificate is for another circuit");
  const checker = new Checker(system);
  for (const [i, line] of certificate.lines.entries()) {
    try {
      checker.apply(line);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(`line ${i + 1} (${line[0]}): ${error.message}`);
      throw error;
    }
  }
  return checker;
}
