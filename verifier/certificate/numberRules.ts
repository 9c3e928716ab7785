/** Rules about numbers: what a signal lies between, and what follows from that. */
import { hull, type Interval, product, refuse, solved } from "./facts.ts";
import type { Parts, Rules } from "./reasoner.ts";
import { centred, integer, inverse, P, plus, ratio, type Sum } from "./system.ts";

/** Most assignments that are tried one by one. */
const MOST = 1 << 14;

export const NUMBER_RULES: Rules = {
  either: (on, n: number, signal: number) => {
    const { facts } = on;
    const [a, b, c] = on.folded(n);
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
  range: (on, n: number | Parts, signal: number) => {
    const { facts } = on;
    const linear = on.linear(n);
    let found: Interval | null;
    if (linear !== null) found = solved(facts, linear, signal);
    else if (typeof n !== "number") found = refuse("these constraints are not linear");
    else {
      const [a, b, c] = on.folded(n);
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

  /** A factor of what is not 0 is not 0: so the signal, which is no less than 0, is 1 at least. */
  positive: (on, n: number, signal: number) => {
    const { facts } = on;
    const [a, b, c] = on.folded(n);
    const [low, high] = facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`);
    const isAlone = [a, b].some((sum) => sum.size === 1 && sum.has(signal));
    if (!isAlone || low !== 0n || !facts.isNonzero(c)) refuse(`constraint ${n} does not say that of signal ${signal}`);
    if (!facts.bound(signal, [1n, high])) refuse(`constraint ${n} says nothing new of signal ${signal}`);
  },

  /** a · b = 0, and a + b lies in an interval: so do a and b, or they are 0. */
  gap: (on, n: number, total: number, signal: number) => {
    const { facts } = on;
    const [a, b, both] = on.gaps(n, total);
    const gap = hull(both, [0n, 0n]);
    const found = a.has(signal) ? solved(facts, a, signal) : solved(facts, b, signal);
    const factor = (a.has(signal) ? a : b).get(signal) ?? 0n;
    if (found === null || (factor !== 1n && factor !== -1n))
      return refuse(`constraint ${n} leaves signal ${signal} open`);
    const shift: Interval = factor === 1n ? gap : [-gap[1], -gap[0]];
    if (!facts.bound(signal, [found[0] + shift[0], found[1] + shift[1]])) refuse(`constraint ${n} says nothing new`);
  },
  /** (x − p) · (x − q) = 0, and 2x − p − q is not negative: x is the greater of p and q. */
  most: (on, n: number, total: number, signal: number) => {
    const { facts } = on;
    const [a, b, [low, high]] = on.gaps(n, total);
    const [s, t] = [a.get(signal) ?? 0n, b.get(signal) ?? 0n];
    if (s === 0n || s !== t) refuse(`constraint ${n} has not that form`);
    if (facts.unknown(a, b).length > 1 || low < 0n || 2n * high >= P) refuse(`constraint ${n} leaves two ways`);
    facts.learn(signal);
  },

  radix: (on, n: number | Parts, times: string) => {
    const { facts } = on;
    const linear = on.linear(n);
    if (linear === null) return refuse(`constraint ${n} is not linear`);
    let open: { signal: number; factor: bigint; width: bigint }[] = [];
    let span = 0n;
    for (const signal of facts.unknown(linear)) {
      const bounds = facts.bounds.get(signal);
      if (bounds === undefined) return refuse(`signal ${signal} has no bounds`);
      const own = centred((linear.get(signal) as bigint) * integer(times));
      const factor = own < 0n ? -own : own;
      open.push({ signal, factor, width: bounds[1] - bounds[0] });
      span += factor * (bounds[1] - bounds[0]);
    }
    if (span >= P) refuse(`constraint ${n} may wrap`);
    const before = open.length;
    open.sort((x, y) => (x.factor < y.factor ? 1 : x.factor > y.factor ? -1 : 0));
    for (let changed = true; changed && open.length > 0; ) {
      changed = false;
      const [top, ...rest] = open as [(typeof open)[number], ...typeof open];
      // What all others can make up for.
      const others = span - top.factor * top.width;
      if (top.factor > others) {
        facts.learn(top.signal);
        [open, span] = [rest, others];
        changed = true;
        continue;
      }
      const low = open.at(-1) as (typeof open)[number];
      const common = open.slice(0, -1).reduce((x, { factor }) => gcd(x, factor), 0n);
      if (common > low.factor * low.width) {
        facts.learn(low.signal);
        open.pop();
        span -= low.factor * low.width;
        changed = true;
      }
    }
    if (open.length === before) refuse(`constraint ${n} leaves all its signals open`);
  },

  /** All values of a few signals, one by one: those that pass the constraints agree where the known part does. */
  each: (on, signals: number[], constraints: number[]) => {
    const { facts } = on;
    const ranges = signals.map((signal) => facts.bounds.get(signal) ?? refuse(`signal ${signal} has no bounds`));
    const count = ranges.reduce((all, [low, high]) => all * (high - low + 1n), 1n);
    if (count > MOST) refuse("there are too many values to try");
    const inside = new Set(signals);
    const tests = constraints.map((n) => {
      const linear = on.linear(n);
      const parts = linear === null ? on.folded(n) : [linear];
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
        for (let v = low; v <= high; v++) {
          value.set(signal, v);
          walk(i + 1);
        }
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
  index: (on, ones: number, number: number) => {
    const [linear, numbered] = [on.linear(ones), on.linear(number)];
    if (linear === null || numbered === null) return refuse("these are not linear");
    const bits = on.oneOf(linear);
    const factors = new Set(bits.map((bit) => numbered.get(bit) ?? 0n));
    if (factors.size < bits.length) refuse("two bits have the same number");
    if (on.facts.unknown(numbered).some((signal) => !bits.includes(signal))) refuse("the number is not known");
    if (bits.every((bit) => on.facts.known.has(bit))) refuse("the bits are known");
    for (const bit of bits) on.facts.learn(bit);
  },

  /** in · inverse = f(out) and in · g(out) = 0: whether `in` is 0 or not decides. */
  zero: (on, first: number, second: number, signal: number) => {
    const { facts } = on;
    const [a, b, c] = on.folded(first);
    const [d, e, f] = on.folded(second);
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
};

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
