/** What is known of signals: that they have one value, and between which numbers it lies. Facts can be taken back. */
import { centred, inverse, P, Refusal, type Sum } from "./system.ts";

/** All numbers from `low` to `high`; fewer than P of them. A value of the field is one of them, modulo P. */
export type Interval = readonly [low: bigint, high: bigint];

export class Facts {
  readonly known = new Set<number>([0]);
  readonly bounds = new Map<number, Interval>([[0, [1n, 1n]]]);
  /** Assumed to be other than 0. */
  readonly nonzero = new Set<number>();
  /** Not known, and named, with the reason why that does no harm. */
  readonly free = new Map<number, string>();
  /** What was learned, in order: a signal that is known, that is free, or a signal with its former bounds. */
  readonly trail: (readonly [signal: number, former: Interval | undefined | null | "free"])[] = [];

  learn(signal: number): void {
    if (this.known.has(signal)) return;
    this.known.add(signal);
    this.trail.push([signal, null]);
  }

  /** Nothing may depend on it. */
  release(signal: number, reason: string): void {
    if (this.known.has(signal) || this.free.has(signal)) return;
    this.free.set(signal, reason);
    this.trail.push([signal, "free"]);
  }

  /** Whether it says anything new. */
  bound(signal: number, [low, high]: Interval): boolean {
    if (low > high) refuse(`signal ${signal} has no value`);
    if (high - low >= P) return false;
    const former = this.bounds.get(signal);
    let now: Interval = [low, high];
    if (former !== undefined) {
      // Both hold of one and the same number only if all of them lie within less than P.
      const [least, most] = [low < former[0] ? low : former[0], high > former[1] ? high : former[1]];
      if (most - least >= P) return false;
      now = [low > former[0] ? low : former[0], high < former[1] ? high : former[1]];
      if (now[0] > now[1]) refuse(`signal ${signal} has no value`);
      if (now[0] === former[0] && now[1] === former[1]) return false;
    }
    this.trail.push([signal, former]);
    this.bounds.set(signal, now);
    if (now[0] === now[1]) this.learn(signal);
    return true;
  }

  undo(to: number): void {
    while (this.trail.length > to) {
      const [signal, former] = this.trail.pop() as (typeof this.trail)[number];
      if (former === null) this.known.delete(signal);
      else if (former === "free") this.free.delete(signal);
      else if (former === undefined) this.bounds.delete(signal);
      else this.bounds.set(signal, former);
    }
  }

  /** What was learned until now is not taken back any more. */
  keep(): void {
    this.trail.length = 0;
  }

  /** The value, if there is only one; null otherwise. */
  constant(signal: number): bigint | null {
    const bounds = this.bounds.get(signal);
    return bounds !== undefined && bounds[0] === bounds[1] ? bounds[0] : null;
  }

  /** `sum` with constants in the place of signals that have only one value. */
  folded(sum: Sum): Sum {
    if (sum.size === 0) return sum;
    let constant = 0n;
    const rest = new Map<number, bigint>();
    for (const [signal, factor] of sum) {
      const value = this.constant(signal);
      if (value === null) rest.set(signal, factor);
      else constant += times(factor, value);
    }
    constant = centred(constant);
    if (constant !== 0n) rest.set(0, constant);
    return rest;
  }

  /** Between which numbers a sum lies; null if that is not known, or too wide. */
  interval(sum: Sum, without = -1): Interval | null {
    let [low, high] = [0n, 0n];
    for (const [signal, factor] of sum) {
      if (signal === without) continue;
      const bounds = this.bounds.get(signal);
      if (bounds === undefined) return null;
      low += times(factor, factor > 0n ? bounds[0] : bounds[1]);
      high += times(factor, factor > 0n ? bounds[1] : bounds[0]);
    }
    return high - low < P ? [low, high] : null;
  }

  /** Whether a sum is other than 0 in every witness. */
  isNonzero(sum: Sum): boolean {
    if (sum.size === 1) for (const signal of sum.keys()) if (this.nonzero.has(signal)) return true;
    const interval = this.interval(sum);
    return interval !== null && excludesZero(interval);
  }

  isKnown(sum: Sum): boolean {
    for (const signal of sum.keys()) if (!this.known.has(signal)) return false;
    return true;
  }

  unknown(...sums: Sum[]): number[] {
    const found = new Set<number>();
    for (const sum of sums) for (const signal of sum.keys()) if (!this.known.has(signal)) found.add(signal);
    return [...found];
  }
}

/** Whether no number of the interval is a multiple of P. */
export function excludesZero([low, high]: Interval): boolean {
  const above = ((low % P) + P) % P;
  return above !== 0n && above + (high - low) < P;
}

/** Whether no number of one interval is one of the other, modulo P. */
export const isDisjoint = (a: Interval, b: Interval): boolean => {
  const between: Interval = [a[0] - b[1], a[1] - b[0]];
  return between[1] - between[0] < P && excludesZero(between);
};

/** factor · n. Most numbers are 0 or 1, and a product costs more than to ask. */
const times = (factor: bigint, n: bigint): bigint => (n === 0n ? n : n === 1n ? factor : factor * n);

/** The interval of the signal, where the sum is 0. */
export function solved(facts: Facts, sum: Sum, signal: number): Interval | null {
  const factor = sum.get(signal);
  if (factor === undefined) return null;
  const back = -inverse(factor);
  let [low, high] = [0n, 0n];
  for (const [other, own] of sum) {
    if (other === signal) continue;
    const bounds = facts.bounds.get(other);
    if (bounds === undefined) return null;
    // A quotient of integers is the one of the field, and found faster.
    const share = own % factor === 0n ? -(own / factor) : centred(own * back);
    low += times(share, share > 0n ? bounds[0] : bounds[1]);
    high += times(share, share > 0n ? bounds[1] : bounds[0]);
    // No other part makes it narrower.
    if (high - low >= P) return null;
  }
  return [low, high];
}

export function hull(a: Interval, b: Interval): Interval {
  const lower = a[0] < b[0] ? a : b;
  const upper = a[1] > b[1] ? a : b;
  return [lower[0], upper[1]];
}

export function product(a: Interval, b: Interval): Interval {
  const all = a.flatMap((x) => b.map((y) => x * y)).sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  return [all[0] as bigint, all[3] as bigint];
}

export const refuse = (what: string): never => {
  throw new Refusal(what);
};
