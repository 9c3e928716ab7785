/**
 * Whether a line is worth trying: most that could be tried would be refused, and to be refused costs more than these
 * questions. The answer is yes wherever the checker may say yes.
 */

import { hull, type Interval } from "../../verifier/constraints/intervals.ts";
import type { Sum } from "../../verifier/constraints/sums.ts";
import type { Facts } from "./reasoning/facts.ts";

/** Whether an interval says more of a signal than is known. */
export function says(facts: Facts, signal: number, found: Interval | null): boolean {
  if (found === null) return false;
  const former = facts.bounds.get(signal);
  return former === undefined || found[0] > former[0] || found[1] < former[1];
}

/** Whether all signals of a sum have bounds, `without` apart. */
export function hasBounds(facts: Facts, sum: Sum, without = -1): boolean {
  for (const signal of sum.keys()) if (signal !== without && !facts.bounds.has(signal)) return false;
  return true;
}

/** Where the signal lies if one of two factors is 0; null if the draft's rule `either` is refused. */
export function eitherOf(facts: Facts, a: Sum, b: Sum, signal: number): Interval | null {
  let found: Interval | null = null;
  for (const factor of [a, b]) {
    // Without the signal it is of no use, unless it cannot be 0.
    if (facts.isNonzero(factor)) continue;
    const way = facts.solved(factor, signal);
    if (way === null) return null;
    found = found === null ? way : hull(found, way);
  }
  return found;
}
