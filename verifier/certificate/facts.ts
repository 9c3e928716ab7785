/** What is known of signals: that they have one value, and between which integers it lies. */
import { centred, type Interval, P, type Sum, together } from "./field.ts";

export class Facts {
  readonly known = new Set<number>();
  readonly bounds = new Map<number, Interval>();
  /** What holds outside of this case; null if this is no case. */
  readonly outside: Facts | null;

  constructor(outside: Facts | null) {
    this.outside = outside;
  }

  knows(signal: number): boolean {
    return signal === 0 || this.known.has(signal) || (this.outside?.knows(signal) ?? false);
  }
  unknown(...sums: Sum[]): number[] {
    return [...new Set(sums.flatMap((sum) => [...sum.keys()]))].filter((signal) => !this.knows(signal));
  }
  boundsOf(signal: number): Interval | undefined {
    return signal === 0 ? [1n, 1n] : (this.bounds.get(signal) ?? this.outside?.boundsOf(signal));
  }

  /** The signal lies there: in both spans, if all of both is within less than P. Returns whether it can. */
  bound(signal: number, span: Interval): boolean {
    const former = this.boundsOf(signal) ?? span;
    const [low, high] = together([span, former]) as Interval;
    if (high - low >= P) return true;
    const now: Interval = [low === span[0] ? former[0] : span[0], high === span[1] ? former[1] : span[1]];
    this.bounds.set(signal, now);
    if (now[0] === now[1]) this.known.add(signal);
    return now[0] <= now[1];
  }

  /** `sum` with numbers in the place of signals that have only one value. */
  folded(sum: Sum): Sum {
    const rest = new Map<number, bigint>();
    let number = 0n;
    for (const [signal, factor] of sum) {
      const [low, high] = this.boundsOf(signal) ?? [0n, 1n];
      if (low !== high) rest.set(signal, factor);
      else number += factor * low;
    }
    return centred(number) === 0n ? rest : rest.set(0, centred(number));
  }

  /** Between which integers a sum lies, without one of its signals; null if unknown, or too wide. */
  interval(sum: Sum, without = -1): Interval | null {
    let [low, high] = [0n, 0n];
    for (const [signal, factor] of sum) {
      const bounds: Interval | undefined = signal === without ? [0n, 0n] : this.boundsOf(signal);
      if (bounds === undefined) return null;
      low += factor * bounds[factor > 0n ? 0 : 1];
      high += factor * bounds[factor > 0n ? 1 : 0];
      if (high - low >= P) return null;
    }
    return [low, high];
  }
}
