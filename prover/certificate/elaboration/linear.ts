/** Lines about linear constraints, and about several that are added. */
import { centred, integer, inverse } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import type { Line } from "../reasoning/reasoner.ts";

/** Constraints that are added, all times a number; or one alone, which 1 and −1 leave as it is. */
export function scaled(n: number | Parts, times: bigint): number | Parts {
  if (times === 1n || times === -1n) return n;
  const parts: Parts = typeof n === "number" ? [[n, "1"]] : n;
  return parts.map(([one, by]) => [one, String(centred(integer(by) * times))]);
}

/**
 * The checker takes bounds of a signal with the factor 1 or −1 alone.
 *
 * @param n in the certificate's numbers, as is `signal`
 * @param factor of the signal there
 */
export function ranged(n: number | Parts, signal: number, factor: bigint): Line {
  return ["range", scaled(n, inverse(factor)), signal];
}

/** The sum is not 0 by its bounds: so its one case cannot be. */
export const never = (n: number | Parts): Line => ["either", n, [[]]];

/** A signal is less than each of these numbers, or not: so there is one branch more. Each case is in the one before. */
export function cut(signal: number, by: number, starts: readonly string[], branches: readonly Line[][]): Line[] {
  const [start, ...others] = starts;
  const [below = [], ...rest] = branches;
  return start === undefined ? below : [["cases", signal, by, start, [below, cut(signal, by, others, rest)]]];
}
