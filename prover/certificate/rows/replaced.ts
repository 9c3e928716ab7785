/** Sums of linear constraints in which signals are replaced by what they are sums of. */
import { centred, inverse, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";

/** How much better a constraint is that has a signal which is to be replaced next. */
const NEXT = 1000;

/**
 * Parts of a sum that has `target`, and none of `through` where they can be replaced.
 * @returns null if no linear constraint has `target`
 */
export function replaced(
  own: Propagator,
  target: number,
  through: readonly number[],
  among: readonly number[],
): [n: number, times: string][] | null {
  const lists = among.flatMap((n): [number, Sum][] => {
    if (own.inHash.has(n) || own.passed.has(n)) return [];
    const { linear } = own.folded(n);
    return linear === null ? [] : [[n, linear]];
  });
  const start = [...through, target]
    .map((one) => lists.find(([, sum]) => sum.has(target) && sum.has(one)))
    .find((one) => one !== undefined);
  if (start === undefined) return null;
  let sum = start[1];
  const parts: [number, bigint][] = [[start[0], 1n]];
  const used = new Set([start[0]]);
  for (const [i, gone] of through.entries()) {
    const factor = sum.get(gone);
    if (factor === undefined) continue;
    const left = through.slice(i + 1);
    const rank = ([, one]: [number, Sum]): number => one.size + (left.some((next) => one.has(next)) ? 0 : NEXT);
    const [other] = lists.filter(([n, one]) => !used.has(n) && one.has(gone)).sort((x, y) => rank(x) - rank(y));
    if (other === undefined) continue;
    const times = centred(-factor * inverse(other[1].get(gone) as bigint));
    parts.push([other[0], times]);
    used.add(other[0]);
    sum = plus(sum, other[1], times);
  }
  return parts.map(([n, times]) => [n, String(times)]);
}
