/** Rules about names, algebra, products, hashes and cases. */
import { integer, plus, refuse, type Sum, ZERO } from "../../../verifier/constraints/sums.ts";
import type { Parts, Terms } from "../../../verifier/constraints/system.ts";
import type { Line, Reasoner, Rules, Values } from "./reasoner.ts";

/** Signals that are known from now on by their name alone. */
function named(on: Reasoner, signals: number[], allowed: (signal: number) => boolean, what: string): void {
  on.system.exist(signals);
  for (const signal of signals) {
    if (!allowed(signal)) refuse(`signal ${signal} is ${what}`);
    on.named.add(signal);
    on.facts.learn(signal);
  }
}

/** As many values of a signal as there are branches, if it has so many. */
function valuesOf(on: Reasoner, signal: number, branches: Line[][]): Values[] {
  const [low, high] = on.boundsOf(signal);
  if (high - low + 1n !== BigInt(branches.length)) refuse("there are not as many cases as values");
  return branches.map((_, i) => [[signal, low + BigInt(i)]]);
}

/** 2b − 1: the sign that a bit stands for. */
const signOf = (bit: number): Sum =>
  new Map([
    [bit, 2n],
    [0, -1n],
  ]);

export const RULES: Rules = {
  /** What has one value because the statement says so. */
  given: (on, signals: number[]) => named(on, signals, (signal) => signal <= on.system.given, "not public"),
  chosen: (on, reason: string, signals: number[]) => {
    named(on, signals, (signal) => !on.facts.known.has(signal), "known, and no choice");
    for (const signal of signals) on.name(on.chosen, signal, reason);
  },
  assumed: (on, reason: string, signals: number[]) => {
    const open = signals.filter((signal) => !on.facts.known.has(signal));
    named(on, open, () => true, "");
    for (const signal of open) on.name(on.assumed, signal, reason);
  },
  /** Not known, and named: nothing may depend on it. */
  free: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    if (typeof reason !== "string") refuse("a reason is a text");
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
  nonzero: (on, reason: string, signals: number[]) => {
    on.system.exist(signals);
    for (const signal of signals) on.facts.nonzero.add(signal);
    on.suppose(reason, signals.length);
  },

  define: (on, terms: Terms) => on.system.define(terms),
  rewrite: (on, n: number, ...sides: Terms[]) => {
    on.at(n);
    on.system.rewrite(n, sides);
  },
  identity: (on, ...sides: Terms[]) => on.system.identity(sides),
  add: (on, parts: Parts) => {
    for (const [n] of parts) on.at(n);
    on.system.add(parts);
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
    const whole = on.system.sumOf(out);
    const [[capacity, ...inputs], laneOf] = on.permuted(lanes, constraints);
    if (!on.system.isSame(whole, laneOf(0))) refuse("the digest is another one");
    if (!on.facts.isKnown(whole)) refuse("the digest is not known");
    // Poseidon can be computed backwards. Who may choose the capacity, too, finds a second preimage at once.
    if (!on.facts.isKnown(capacity)) refuse("the capacity is not known");
    for (const sum of inputs) {
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
    const times = (sum: Sum, one: number): bigint => (sum.size === 1 && sum.get(one)) || refuse("these are no squares");
    const [own, other] = [times(a, signal) * times(b, signal), times(d, root) * times(e, root)];
    if (plus(plus(ZERO, c, other), f, -own).size > 0) refuse("the squares are not the same");
    if (!on.facts.nonzero.has(root)) refuse(`signal ${root} may be 0`);
    const bit = on.system.next++;
    on.system.constraints.push([signOf(bit), new Map([[root, 1n]]), new Map([[signal, 1n]])]);
    on.facts.bound(bit, [0n, 1n]);
    on.signs.set(signal, [bit, root]);
  },
  /** v · out = sum of signs of v: the same without v. */
  cancel: (on, n: number, root: number) => {
    const [a, b, c] = on.at(n);
    const times = a.get(root) ?? 0n;
    if (a.size !== 1 || times === 0n || !on.facts.nonzero.has(root)) refuse(`constraint ${n} has not that factor`);
    let sum = plus(ZERO, b, -times);
    for (const [signal, factor] of c) {
      const [bit, of] = on.signs.get(signal) ?? refuse(`signal ${signal} is no sign`);
      if (of !== root) refuse(`signal ${signal} is no sign of ${root}`);
      sum = plus(sum, signOf(bit), factor);
    }
    on.system.constraints.push([ZERO, ZERO, sum]);
  },

  /** The values of a signal, one by one. */
  cases: (on, signal: number, branches: Line[][]) => on.split(valuesOf(on, signal, branches), branches),
  /** The values of a signal that is not known: in each case a known sum lies elsewhere. So it is known after all. */
  apart: (on, signal: number, by: Terms, branches: Line[][]) => {
    const sum = on.system.sumOf(by);
    if (!on.facts.isKnown(sum)) refuse("the sum is not known");
    on.split(valuesOf(on, signal, branches), branches, sum);
    if (!on.facts.known.has(signal)) refuse("the sum is not elsewhere in each case");
  },
  /** Bits with the sum 1: each of them in turn. */
  onehot: (on, n: number, branches: Line[][]) => {
    const bits = on.oneOf(n);
    on.split(
      bits.map((one) => bits.map((bit) => [bit, bit === one ? 1n : 0n])),
      branches,
    );
  },
  /** This case cannot be. */
  absurd: (on, n: number) => {
    const [a, b, c] = on.sides(n);
    const cannot =
      c.size > 0 ? a.size + b.size === 0 && on.facts.isNonzero(c) : [a, b].every((one) => on.facts.isNonzero(one));
    if (!cannot) refuse(`constraint ${n} may hold`);
    on.dead = true;
  },
  /** Constraints between signals that have one value each: they say which statements can be proven. */
  asserts: (on, ...constraints: number[]) => {
    for (const n of constraints) {
      if (on.facts.unknown(...on.at(n)).length > 0) refuse(`constraint ${n} has unknown signals`);
    }
  },
};
