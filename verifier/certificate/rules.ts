/** Rules about names, algebra, products, hashes and cases. */
import { excludesZero, refuse } from "./facts.ts";
import { permutationOf } from "./poseidonShape.ts";
import type { Line, Rules, Terms } from "./reasoner.ts";
import { integer, plus, ratio, type Sum } from "./system.ts";

export const RULES: Rules = {
  /** What has one value because the statement says so. */
  given: (on, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) {
      if (signal > on.system.given) refuse(`signal ${signal} is not public`);
      on.named.add(signal);
      on.facts.learn(signal);
    }
  },
  chosen: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) {
      if (on.facts.known.has(signal)) refuse(`signal ${signal} is known, and no choice`);
      on.name(on.chosen, signal, reason);
      on.named.add(signal);
      on.facts.learn(signal);
    }
  },
  /** Not known, and named: nothing may depend on it. */
  free: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) {
      if (on.facts.known.has(signal)) refuse(`signal ${signal} is known, and not free`);
      on.facts.release(signal, reason);
    }
  },
  /** Assumed to lie between two numbers. */
  within: (on, reason: string, signal: number, low: string, high: string) => {
    on.system.exist([signal]);
    on.suppose(reason);
    on.facts.bound(signal, [integer(low), integer(high)]);
  },
  assumed: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) {
      if (on.facts.known.has(signal)) continue;
      on.name(on.assumed, signal, reason);
      on.named.add(signal);
      on.facts.learn(signal);
    }
  },
  nonzero: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) on.facts.nonzero.add(signal);
    on.suppose(reason, signals.length);
  },

  define: (on, terms: Terms) => on.system.define(on.system.sumOf(terms)),
  rewrite: (on, n: number, a: Terms, b: Terms, c: Terms) => {
    on.used.add(n);
    on.system.rewrite(n, on.sums(a, b, c));
  },
  identity: (on, a: Terms, b: Terms, c: Terms) => on.system.identity(on.sums(a, b, c)),
  add: (on, parts: [number, string][]) => {
    for (const [n] of parts) on.used.add(n);
    on.system.add(parts.map(([n, times]) => [n, integer(times)]));
  },

  follows: (on, ...constraints: number[]) => {
    for (const n of constraints) {
      const [signal, times] = on.only(n);
      if (!on.facts.isNonzero(times)) refuse(`in constraint ${n} the factor of signal ${signal} may be 0`);
      on.facts.learn(signal);
    }
  },
  divides: (on, reason: string, ...constraints: number[]) => {
    for (const n of constraints) {
      const [signal, times] = on.only(n);
      if (times.size === 0 || !on.facts.isKnown(times)) refuse(`constraint ${n} does not divide by what is known`);
      on.facts.learn(signal);
      on.name(on.assumed, signal, reason);
    }
  },

  digest: (on, out: Terms, lanes: Terms[], constraints: number[]) => {
    const [whole, sums] = [on.system.sumOf(out), lanes.map((lane) => on.system.sumOf(lane))];
    for (const n of constraints) on.used.add(n);
    const found = permutationOf(on.system, sums, constraints)(0);
    if (plus(on.system.expanded(whole), found, -1n).size > 0) refuse("the digest is another one");
    if (!on.facts.isKnown(whole)) refuse("the digest is not known");
    // Poseidon can be computed backwards. Who may choose the capacity, too, finds a second preimage at once.
    if (!on.facts.isKnown(sums[0] as Sum)) refuse("the capacity is not known");
    for (const sum of sums) {
      const [signal, ...others] = on.facts.unknown(sum);
      if (others.length > 0) refuse("a lane has two unknown signals");
      if (signal === undefined) continue;
      on.facts.learn(signal);
      on.name(on.assumed, signal, "no second preimage of a Poseidon digest");
    }
  },

  /** x² = v², and v is not 0: x is v or −v. */
  sign: (on, first: number, second: number, signal: number, root: number) => {
    const [[a, b, c], [d, e, f]] = [on.at(first), on.at(second)];
    const is = (sum: Sum, one: number): bigint | null => ratio(sum, new Map([[one, 1n]]));
    const [s, t, u, v] = [is(a, signal), is(b, signal), is(d, root), is(e, root)];
    if (s === null || t === null || u === null || v === null) return refuse("these are no squares");
    if (plus(plus(new Map(), c, u * v), f, -s * t).size > 0) refuse("the squares are not the same");
    if (!on.facts.nonzero.has(root)) refuse(`signal ${root} may be 0`);
    const bit = on.system.next++;
    on.system.constraints.push([
      new Map([
        [bit, 2n],
        [0, -1n],
      ]),
      new Map([[root, 1n]]),
      new Map([[signal, 1n]]),
    ]);
    on.facts.bound(bit, [0n, 1n]);
    on.signs.set(signal, [bit, root]);
  },
  /** v · out = sum of signs of v: the same without v. */
  cancel: (on, n: number, root: number) => {
    const [a, b, c] = on.at(n);
    const times = ratio(a, new Map([[root, 1n]]));
    if (times === null || !on.facts.nonzero.has(root)) return refuse(`constraint ${n} has not that factor`);
    let sum: Sum = plus(new Map(), b, -times);
    for (const [signal, factor] of c) {
      const sign = on.signs.get(signal);
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
    on.system.constraints.push([new Map(), new Map(), sum]);
  },

  /** The values of a signal, one by one. */
  cases: (on, signal: number, branches: Line[][]) => {
    const [low, high] = on.facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`);
    if (high - low + 1n !== BigInt(branches.length)) refuse("there are not as many cases as values");
    on.split(
      [signal],
      branches.map((lines, i) => [[[signal, low + BigInt(i)]], lines]),
    );
  },
  /** The values of a signal that is not known: in each case a known sum lies elsewhere. So it is known after all. */
  apart: (on, signal: number, by: Terms, branches: Line[][]) => {
    const [low, high] = on.facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`);
    if (high - low + 1n !== BigInt(branches.length)) refuse("there are not as many cases as values");
    const sum = on.system.sumOf(by);
    if (!on.facts.isKnown(sum)) refuse("the sum is not known");
    on.split(
      [signal],
      branches.map((lines, i) => [[[signal, low + BigInt(i)]], lines]),
      sum,
    );
    if (!on.facts.known.has(signal)) refuse("the sum is not elsewhere in each case");
  },
  /** Bits with the sum 1: each of them in turn. */
  onehot: (on, n: number, branches: Line[][]) => {
    const linear = on.linear(n);
    if (linear === null) return refuse(`constraint ${n} is not linear`);
    const bits = on.oneOf(linear);
    if (bits.length !== branches.length) refuse("there are not as many cases as bits");
    on.split(
      bits,
      branches.map((lines, i) => [bits.map((bit, j) => [bit, i === j ? 1n : 0n]), lines]),
    );
  },
  /** This case cannot be. */
  absurd: (on, n: number) => {
    const { facts } = on;
    const linear = on.linear(n);
    if (linear !== null) {
      const interval = facts.interval(linear);
      if (interval === null || !excludesZero(interval)) refuse(`constraint ${n} may hold`);
    } else {
      const [a, b, c] = on.folded(n);
      if (c.size > 0 || !facts.isNonzero(a) || !facts.isNonzero(b)) refuse(`constraint ${n} may hold`);
    }
    on.dead = true;
  },
  /** Constraints between signals that have one value each: they say which statements can be proven. */
  asserts: (on, ...constraints: number[]) => {
    for (const n of constraints) {
      if (on.facts.unknown(...on.at(n)).length > 0) refuse(`constraint ${n} has unknown signals`);
    }
  },
};
