/** In which order signals of a sum follow, if its parts cannot make up for each other. */
import { centred, integer, P, refuse } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import type { Reasoner } from "./reasoner.ts";

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Signals that the rule `radix` makes known, in order. @throws Refusal if the sum may wrap */
export function radixOrder(on: Reasoner, n: number | Parts, times: string): number[] {
  const linear = on.linear(n);
  const parts = on.facts.unknown(linear).map((signal) => {
    const [[low, high], own] = [on.boundsOf(signal), centred((linear.get(signal) as bigint) * integer(times))];
    const factor = own < 0n ? -own : own;
    return { signal, factor, span: factor * (high - low) };
  });
  parts.sort((x, y) => (x.factor < y.factor ? 1 : x.factor > y.factor ? -1 : 0));
  let left = parts.reduce((all, { span }) => all + span, 0n);
  if (left >= P) refuse(`constraint ${n} may wrap`);
  const order: number[] = [];
  for (;;) {
    const [top, low] = [parts[0], parts.at(-1)];
    // What all others can make up for; and what they are a multiple of.
    const isTop = top !== undefined && top.factor > left - top.span;
    const isLow = low !== undefined && parts.slice(0, -1).reduce((x, { factor }) => gcd(x, factor), 0n) > low.span;
    const found = isTop ? top : isLow ? low : undefined;
    if (found === undefined) return order;
    order.push(found.signal);
    parts.splice(parts.indexOf(found), 1);
    left -= found.span;
  }
}
