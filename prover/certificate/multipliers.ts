import { centred, inverse, P, type Sum } from "../../verifier/constraints/sums.ts";

/** Numbers by which a sum's factors become small: the best two. */
export function multipliers(sum: Sum): bigint[] {
  const sizeOf = (times: bigint, most: bigint): bigint => {
    let size = 0n;
    for (const factor of sum.values()) {
      const own = centred(factor * times);
      if (own > size || -own > size) size = own < 0n ? -own : own;
      if (size > most) break;
    }
    return size;
  };
  let best: [times: bigint, size: bigint][] = [[1n, sizeOf(1n, P)]];
  for (const factor of sum.values()) {
    const times = inverse(factor < 0n ? -factor : factor);
    if (best.some(([other]) => other === times)) continue;
    const size = sizeOf(times, (best.at(-1) as [bigint, bigint])[1]);
    best.push([times, size]);
    best = best.sort(([, x], [, y]) => (x < y ? -1 : x > y ? 1 : 0)).slice(0, 2);
  }
  return best.map(([times]) => times);
}
