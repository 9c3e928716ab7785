/** Integers between two others. */
import { P } from "./sums.ts";

/** All integers from `low` to `high`; fewer than P of them. A value of the field is one of them, modulo P. */
export type Interval = readonly [low: bigint, high: bigint];

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The integers of both, and those between. */
export const hull = (a: Interval, b: Interval): Interval => [least(a[0], b[0]), most(a[1], b[1])];

/** As `hull`, of one or several; null if one is not known. */
export const together = (spans: readonly (Interval | null | undefined)[]): Interval | null =>
  spans.reduce((all, one) => (all && one ? hull(all, one) : null)) ?? null;

/** What both have in common: low is above high if that is nothing. */
export const overlap = (a: Interval, b: Interval): Interval => [most(a[0], b[0]), least(a[1], b[1])];

/** All x + y; null if one is not known. */
export const added = (a: Interval | null, b: Interval | null): Interval | null => a && b && [a[0] + b[0], a[1] + b[1]];

/** Where all x · y lie; null if one is not known. */
export function product(a: Interval | null, b: Interval | null): Interval | null {
  return a && b && together(a.flatMap((x) => b.map((y): Interval => [x * y, x * y])));
}

/** Whether no number of the interval is a multiple of P. */
export function excludesZero([low, high]: Interval): boolean {
  const above = ((low % P) + P) % P;
  return above !== 0n && above + (high - low) < P;
}

/** Whether no number of one interval is one of the other, modulo P. */
export const isDisjoint = (a: Interval, b: Interval): boolean => excludesZero([a[0] - b[1], a[1] - b[0]]);
