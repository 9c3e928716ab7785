/** What a sum that is 0 says of its parts. */
import type { Interval } from "../../../verifier/certificate/facts.ts";
import { P, type Sum } from "../../../verifier/certificate/system.ts";
import { scaled } from "../leftOut.ts";
import { multipliers } from "../multipliers.ts";

/**
 * A sum that is 0 as a number, cut where its lower part is too small to reach the upper one: both parts are 0.
 * @returns the parts; the sum alone if it cannot be cut, or may be a multiple of the field's order
 */
export function digitsOf(whole: Sum, interval: (sum: Sum) => Interval | null): Sum[] {
  if (whole.size < 3 || whole.size > 300) return [whole];
  for (const times of multipliers(new Map([...whole].filter(([signal]) => signal !== 0)))) {
    const parts = cut(scaled(whole, times), interval);
    if (parts.length > 1) return parts;
  }
  return [whole];
}

function cut(sum: Sum, interval: (sum: Sum) => Interval | null): Sum[] {
  const span = interval(sum);
  if (span === null || span[0] <= -P || span[1] >= P) return [sum];
  const places = [...sum].map(([, factor]) => factor & -factor).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const place of new Set(places)) {
    const [low, high] = [new Map<number, bigint>(), new Map<number, bigint>()];
    for (const [signal, factor] of sum) if (signal !== 0) (factor % place === 0n ? high : low).set(signal, factor);
    if (low.size === 0 || high.size === 0) continue;
    const constant = sum.get(0) ?? 0n;
    const rest = ((constant % place) + place) % place;
    for (const own of [rest, rest - place]) {
      const lower = new Map(low);
      const upper = new Map(high);
      if (own !== 0n) lower.set(0, own);
      if (constant !== own) upper.set(0, constant - own);
      const [least, most] = interval(lower) ?? [-place, place];
      if (least > -place && most < place) return [lower, ...cut(upper, interval)];
    }
  }
  return [sum];
}
