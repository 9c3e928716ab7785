/** What is known of signals: that they have one value, and between which integers it lies. */
import { areApart, type Interval, P, type Sum, together } from "./field.ts";

export class Facts {
  readonly known = new Set([0]);
  readonly bounds = new Map<number, Interval>([[0, [1n, 1n]]]);
  /** What holds outside of this case; null if this is no case. */
  readonly outside: Facts | null;
  /** This case cannot be. */
  isDead = false;
  constructor(outside: Facts | null) {
    this.outside = outside;
  }

  readonly knows = (one: number): boolean => this.known.has(one) || (this.outside?.knows(one) ?? false);
  readonly unknown = (...sums: Sum[]): number[] =>
    [...new Set(sums.flatMap((sum) => [...sum.keys()]))].filter((one) => !this.knows(one));
  readonly boundsOf = (one: number): Interval | undefined => this.bounds.get(one) ?? this.outside?.boundsOf(one);
  /** By the bounds, a sum is 0 in every witness; or it is other than 0 in every one. */
  readonly isZero = (sum: Sum): boolean => String(this.interval(sum)) === "0,0";
  readonly isNonzero = (sum: Sum): boolean => areApart(this.interval(sum), [0n, 0n]);

  /** Between which integers a sum lies; null if that is unknown, or too wide. */
  interval(sum: Sum): Interval | null {
    let [low, high] = [0n, 0n];
    for (const [signal, factor] of sum) {
      const bounds = this.boundsOf(signal);
      if (bounds === undefined || high - low >= P) return null;
      low += factor * bounds[factor > 0n ? 0 : 1];
      high += factor * bounds[factor > 0n ? 1 : 0];
    }
    return high - low < P ? [low, high] : null;
  }
  /** The signal lies there: in both spans, if all of both is within less than P, and no number is too long to keep. */
  bound(signal: number, span: Interval): void {
    const former = this.boundsOf(signal) ?? span;
    const [low, high] = together([span, former]) as Interval;
    if (high - low >= P || low < -(P ** 2n) || high > P ** 2n) return;
    const now: Interval = [low === span[0] ? former[0] : span[0], high === span[1] ? former[1] : span[1]];
    this.bounds.set(signal, now);
    if (now[0] === now[1]) this.known.add(signal);
    this.isDead ||= now[0] > now[1];
  }
}
