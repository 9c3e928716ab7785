/** What a sum that lies between two numbers says of its signals. */
import type { Interval } from "../../../verifier/constraints/intervals.ts";
import { P, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";
import { says } from "../worth.ts";
import { isExact } from "./intervals.ts";

/** Signals of a short sum that is 0 lie where the others let them. */
export function boundIn(own: Propagator, sum: Sum): void {
  const { facts } = own.checker;
  for (const signal of sum.keys()) {
    if (signal === 0 || facts.constant(signal) !== null) continue;
    const found = facts.solved(sum, signal);
    if (says(facts, signal, found) && facts.bound(signal, found as Interval)) own.wake(signal);
  }
}

/** Signals of a sum that lies between two numbers, if only one number is left for them. */
export function pinIn(own: Propagator, sum: Sum, [low, high]: Interval): void {
  const { facts } = own.checker;
  const whole = facts.interval(sum);
  // As an integer the sum is the one that lies between the two numbers.
  const isZero = low === 0n && high === 0n && whole !== null && whole[0] > -P && whole[1] < P;
  if (whole === null || !(isZero || isExact(whole))) return;
  for (const [signal, factor] of sum) {
    const bounds = facts.bounds.get(signal) as Interval;
    if (bounds[0] === bounds[1]) continue;
    const size = factor > 0n ? factor : -factor;
    const width = (bounds[1] - bounds[0]) * size;
    // What the signal adds to its least share.
    const most = high - whole[0];
    const least = low - (whole[1] - width);
    const value = most < size ? 0n : least > width - size ? bounds[1] - bounds[0] : null;
    if (value === null) continue;
    const is = factor > 0n ? bounds[0] + value : bounds[1] - value;
    if (facts.bound(signal, [is, is])) own.wake(signal);
  }
}
