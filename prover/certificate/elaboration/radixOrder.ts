/** In which order signals of a sum follow, if its parts cannot make up for each other. */
import { centred } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import type { Reasoner } from "../reasoning/reasoner.ts";

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Signals that the rule `radix` makes known, in order. */
export function radixOrder(on: Reasoner, n: number | Parts, times: bigint): number[] {
  const linear = on.linear(n);
  const parts = on.facts.unknown(linear).map((signal) => {
    const [[low, high], own] = [on.boundsOf(signal), centred((linear.get(signal) as bigint) * times)];
    const factor = own < 0n ? -own : own;
    return { signal, factor, span: factor * (high - low) };
  });
  parts.sort((x, y) => (x.factor < y.factor ? 1 : x.factor > y.factor ? -1 : 0));
  let left = parts.reduce((all, { span }) => all + span, 0n);
  const order: number[] = [];
  for (;;) {
    const [top, low] = [parts[0], parts.at(-1)];
    const isTop = top !== undefined && top.factor > left - top.span;
    const isLow = low !== undefined && parts.slice(0, -1).reduce((x, { factor }) => gcd(x, factor), 0n) > low.span;
    const found = isTop ? top : isLow ? low : undefined;
    if (found === undefined) return order;
    order.push(found.signal);
    parts.splice(parts.indexOf(found), 1);
    left -= found.span;
  }
}
