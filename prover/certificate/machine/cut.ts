/** What a sum that is 0 says of its parts. */

import { P, type Sum } from "../../../verifier/constraints/sums.ts";
import { scaled } from "../leftOut.ts";
import { multipliers } from "../multipliers.ts";
import type { Facts } from "../reasoning/facts.ts";

/**
 * A sum that is 0 as a number, cut where its lower part is too small to reach the upper one: both parts are 0.
 * @returns the parts; the sum alone if it cannot be cut, or may be a multiple of the field's order
 */
export function digitsOf(whole: Sum, facts: Facts): Sum[] {
  if (whole.size < 3 || whole.size > 300) return [whole];
  for (const times of multipliers(new Map([...whole].filter(([signal]) => signal !== 0)))) {
    const parts = cut(scaled(whole, times), facts);
    if (parts.length > 1) return parts;
  }
  return [whole];
}

/** As {@link digitsOf}, for a sum whose factors are small numbers already. */
export function cut(sum: Sum, facts: Facts): Sum[] {
  const span = facts.interval(sum);
  if (span === null || span[0] <= -P || span[1] >= P) return [sum];
  const terms = [...sum]
    .filter(([signal]) => signal !== 0)
    .map(([signal, factor]) => ({ signal, factor, place: factor & -factor }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  const parts: Sum[] = [];
  let part = new Map<number, bigint>();
  let [least, most] = [0n, 0n];
  let constant = sum.get(0) ?? 0n;
  const end = (own: bigint): void => {
    if (own !== 0n) part.set(0, own);
    parts.push(part);
    part = new Map();
    [least, most] = [0n, 0n];
    constant -= own;
  };
  for (const { signal, factor, place } of terms) {
    if (part.size > 0) {
      const rest = ((constant % place) + place) % place;
      // All terms from here on are multiples of the place.
      const own = [rest, rest - place].find((one) => least + one > -place && most + one < place);
      if (own !== undefined) end(own);
    }
    part.set(signal, factor);
    const [low, high] = facts.bounds.get(signal) as readonly [bigint, bigint];
    least += factor * (factor > 0n ? low : high);
    most += factor * (factor > 0n ? high : low);
  }
  end(constant);
  return parts;
}
