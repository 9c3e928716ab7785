/** Intervals of sums, as the machine means them: as integers, of which the field has each modulo its order. */

import type { Interval } from "../../../verifier/constraints/intervals.ts";
import { centred, P, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Facts } from "../reasoning/facts.ts";

/** Between what a − times · b lies, as `Facts.interval` has it. */
export function intervalBetween(facts: Facts, a: Sum, b: Sum, times: bigint): Interval | null {
  let [low, high] = [0n, 0n];
  const add = (signal: number, factor: bigint): boolean => {
    if (factor === 0n) return true;
    const bounds = facts.bounds.get(signal);
    if (bounds === undefined) return false;
    low += factor * (factor > 0n ? bounds[0] : bounds[1]);
    high += factor * (factor > 0n ? bounds[1] : bounds[0]);
    return true;
  };
  for (const [signal, factor] of b) if (!a.has(signal) && !add(signal, -times * factor)) return null;
  for (const [signal, factor] of a) {
    const other = b.get(signal);
    if (!add(signal, other === undefined ? factor : centred(factor - times * other))) return null;
  }
  return high - low < P ? [low, high] : null;
}

/** Whether two sums have a signal in common. */
export function haveShared(a: Sum, b: Sum): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const signal of few.keys()) if (signal !== 0 && many.has(signal)) return true;
  return false;
}

/** Above each difference of two numbers that the machine compares. */
export const WIDE = 1n << 140n;
/** Whether it has one representative of each number of the field that the machine may mean. */
export const isExact = ([low, high]: Interval): boolean =>
  (high > WIDE ? high : WIDE) - (low < -WIDE ? low : -WIDE) < P;

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** What lies in both; a alone, if together they reach over the field's order: one may then mean another number. */
export function intersect(a: Interval, b: Interval): Interval {
  const hull = greater(a[1], b[1]) + greater(-a[0], -b[0]);
  return hull < P ? [greater(a[0], b[0]), -greater(-a[1], -b[1])] : a;
}

/** The number of an interval that stands for a value of the field; null if there is none. */
export function within(value: bigint, [low, high]: Interval): bigint | null {
  for (const one of [value, value + P, value - P]) if (one >= low && one <= high) return one;
  return null;
}
