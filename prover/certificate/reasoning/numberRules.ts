/** Rules about numbers: what a signal lies between, and what follows from that. */
import { added, type Interval, product, together } from "../../../verifier/constraints/intervals.ts";
import { P, ratio, refuse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import { radixOrder } from "./radixOrder.ts";
import type { Rules } from "./reasoner.ts";

export const NUMBER_RULES: Rules = {
  /** A product is 0: so one factor is. */
  either: (on, n: number, signal: number) => {
    const factors = on.factors(n).filter((factor) => !on.facts.isNonzero(factor));
    const ways = factors.map((factor) => on.facts.solved(factor, signal));
    on.narrow(n, signal, factors.length > 0 ? together(ways) : refuse(`constraint ${n} cannot hold`));
  },

  /** The signal lies between what the others allow. */
  range: (on, n: number | Parts, signal: number) => {
    const [a, b, c] = on.sides(n);
    if (a.has(signal) || b.has(signal)) refuse(`in constraint ${n} signal ${signal} is a factor`);
    const both = product(on.facts.interval(a, -1, c.get(signal)), on.facts.interval(b));
    on.narrow(n, signal, added(both, on.facts.solved(c, signal)));
  },

  /** A factor of what is not 0 is not 0: so the signal, which is no less than 0, is 1 at least. */
  positive: (on, n: number, signal: number) => {
    const [a, b, c] = on.folded(n);
    const [low, high] = on.boundsOf(signal);
    const isAlone = [a, b].some((sum) => sum.size === 1 && sum.has(signal));
    if (!isAlone || low !== 0n || !on.facts.isNonzero(c)) refuse(`constraint ${n} does not say that of ${signal}`);
    on.narrow(n, signal, [1n, high]);
  },

  /** a · b = 0, and a + b lies in an interval: so do a and b, or they are 0. */
  gap: (on, n: number, total: number, signal: number) => {
    const [a, b, both] = on.gaps(n, total);
    const own = a.has(signal) ? a : b;
    const factor = own.get(signal) ?? 0n;
    if (factor !== 1n && factor !== -1n) refuse(`constraint ${n} leaves signal ${signal} open`);
    const shift = product([factor, factor], together([both, [0n, 0n]]));
    on.narrow(n, signal, added(on.facts.solved(own, signal), shift));
  },
  /** (x − p) · (x − q) = 0, and 2x − p − q is not negative: x is the greater of p and q. */
  most: (on, n: number, total: number, signal: number) => {
    const [a, b, [low, high]] = on.gaps(n, total);
    const isForm = a.has(signal) && a.get(signal) === b.get(signal);
    if (!isForm || on.facts.unknown(a, b).length > 1 || low < 0n || 2n * high >= P) refuse(`${n} leaves two ways`);
    on.facts.learn(signal);
  },

  /** In a sum whose parts cannot make up for each other, each is known. */
  radix: (on, n: number | Parts, times: string) => {
    const order = radixOrder(on, n, times);
    for (const signal of order) on.facts.learn(signal);
    if (order.length === 0) refuse(`constraint ${n} leaves all its signals open`);
  },

  /** Bits with the sum 1, and the number of the one that is 1. */
  index: (on, ones: number, number: number) => {
    const [bits, numbered] = [on.oneOf(ones), on.linear(number)];
    if (new Set(bits.map((bit) => numbered.get(bit) ?? 0n)).size < bits.length) refuse("two bits have the same number");
    if (on.facts.unknown(numbered).some((signal) => !bits.includes(signal))) refuse("the number is not known");
    if (bits.every((bit) => on.facts.known.has(bit))) refuse("the bits are known");
    for (const bit of bits) on.facts.learn(bit);
  },

  /** in · inverse = f(out) and in · g(out) = 0: whether `in` is 0 or not decides. */
  zero: (on, first: number, second: number, signal: number) => {
    const { facts } = on;
    const [[a, b, c], [d, e]] = [on.folded(first), on.factors(second)];
    const isAlone = (sum: Sum): boolean => sum.has(signal) && facts.unknown(sum).every((one) => one === signal);
    for (const [input, same, other] of [
      [a, d, e],
      [a, e, d],
      [b, d, e],
      [b, e, d],
    ] as [Sum, Sum, Sum][]) {
      if (ratio(same, input) === null || !c.has(signal) || !other.has(signal)) continue;
      const span: Interval | null = together([facts.solved(c, signal), facts.solved(other, signal)]);
      const isNews = span !== null && facts.bound(signal, span);
      const isDecided = facts.isKnown(input) && isAlone(c) && isAlone(other) && !facts.known.has(signal);
      if (isDecided) facts.learn(signal);
      if (isNews || isDecided) return;
    }
    refuse(`constraints ${first} and ${second} do not decide signal ${signal}`);
  },
};
