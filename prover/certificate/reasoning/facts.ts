/** What is known of signals: that they have one value, and between which numbers it lies. Facts can be taken back. */
import { excludesZero, hull, type Interval, overlap } from "../../../verifier/constraints/intervals.ts";
import { centred, inverse, P, refuse, type Sum } from "../../../verifier/constraints/sums.ts";

/** factor · n. Most numbers are 0 or 1, and a product costs more than to ask. */
const times = (factor: bigint, n: bigint): bigint => (n === 0n ? n : n === 1n ? factor : factor * n);

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
  bound(signal: number, span: Interval): boolean {
    const former = this.bounds.get(signal);
    const [low, high] = hull(span, former ?? span);
    // Both hold of one and the same number only if all of them lie within less than P.
    if (high - low >= P) return false;
    const now = overlap(span, former ?? span);
    if (now[0] > now[1]) refuse(`signal ${signal} has no value`);
    if (now[0] === former?.[0] && now[1] === former[1]) return false;
    this.trail.push([signal, former]);
    this.bounds.set(signal, now);
    if (now[0] === now[1]) this.learn(signal);
    return true;
  }

  undo(to: number): void {
    for (const [signal, former] of this.trail.splice(to).reverse()) {
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
    const rest = new Map<number, bigint>();
    let number = 0n;
    for (const [signal, factor] of sum) {
      const value = this.constant(signal);
      if (value === null) rest.set(signal, factor);
      else number += times(factor, value);
    }
    number = centred(number);
    if (number !== 0n) rest.set(0, number);
    return rest;
  }

  /** Between which numbers a sum lies, without one of its signals, and divided; null if unknown, or too wide. */
  interval(sum: Sum, without = -1, divisor = 1n): Interval | null {
    let [low, high] = [0n, 0n];
    for (const [signal, factor] of sum) {
      if (signal === without) continue;
      const bounds = this.bounds.get(signal);
      if (bounds === undefined) return null;
      // A quotient of integers is the one of the field, and found faster.
      const share = factor % divisor === 0n ? factor / divisor : centred(factor * inverse(divisor));
      low += times(share, share > 0n ? bounds[0] : bounds[1]);
      high += times(share, share > 0n ? bounds[1] : bounds[0]);
      // No other part makes it narrower.
      if (high - low >= P) return null;
    }
    return [low, high];
  }

  /** Where a signal lies, if a sum with it lies in an interval: that of 0, if none is given. */
  solved(sum: Sum, signal: number): Interval | null {
    const factor = sum.get(signal);
    return factor === undefined ? null : this.interval(sum, signal, -factor);
  }

  /** Whether a sum is other than 0 in every witness. */
  isNonzero(sum: Sum): boolean {
    const [signal] = sum.keys();
    if (signal !== undefined && sum.size === 1 && this.nonzero.has(signal)) return true;
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
