/** Lines of a draft whose rule the certificate has as well, if by another name. */
import { integer, inverse, plus, ZERO } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import { radixOrder } from "../reasoning/radixOrder.ts";
import type { Line } from "../reasoning/reasoner.ts";
import type { Followed, Translations } from "./followed.ts";
import { never, ranged, scaled } from "./linear.ts";

/** A constraint of the draft, added once more, with a and c divided by a number. */
function divided(on: Followed, n: number, by: bigint): number {
  const times = inverse(by);
  return on.shared(`divided ${n} ${by}`, () => {
    const [a, b, c] = on.system.at(n);
    const sides = [plus(ZERO, a, times), b, plus(ZERO, c, times)].map((sum) => on.numbers.sum(sum));
    return [on.derive(sides, [[on.numbers.constraint(n), [[String(times)]]]])] as const;
  })[0];
}

export const PLAIN: Translations = {
  given: ({ numbers }, signals: number[]) => [["named", "given", "the statement gives it", numbers.signals(signals)]],
  chosen: ({ numbers }, reason: string, signals: number[]) => [["named", "chosen", reason, numbers.signals(signals)]],
  /** The draft may name what is known already, or name it twice; the certificate does not. */
  assumed: ({ numbers, facts }, reason: string, signals: number[]) => {
    const open = new Set(signals.filter((signal) => !facts.known.has(signal)));
    return [["named", "assumed", reason, numbers.signals([...open])]];
  },
  /** In one case a signal may be free, and known in another: so what is free is named at the end. */
  free: () => [],
  within: ({ numbers }, reason: string, signal: number, low: string, high: string) => [
    ["named", "within", reason, [numbers.signal(signal)], low, high],
  ],
  nonzero: ({ numbers }, reason: string, signals: number[]) => [["named", "nonzero", reason, numbers.signals(signals)]],

  follows: ({ numbers }, ...constraints: number[]) => [["follows", ...numbers.constraints(constraints)]],
  /** All signals are known: then nothing follows, and the line names the constraints. */
  asserts: ({ numbers }, ...constraints: number[]) => [["follows", ...numbers.constraints(constraints)]],
  divides: ({ numbers }, reason: string, ...constraints: number[]) =>
    constraints.map((n): Line => ["divides", reason, numbers.constraint(n)]),
  /** A signal that has one value in this case is a number there, and is not looked for. */
  range: (on, n: number | Parts, signal: number) => {
    const [a, , c] = on.sides(n);
    const [factor, own] = [c.get(signal), on.numbers.signal(signal)];
    if (factor === undefined) return [];
    const isProduct = typeof n === "number" && a.size > 0 && factor ** 2n !== 1n;
    return [isProduct ? ["range", divided(on, n, factor), own] : ranged(on.numbers.parts(n), own, factor)];
  },
  /** The certificate says in which order the signals follow, and its checker does not look for one. */
  radix: (on, n: number | Parts, times: string) => [
    ["radix", scaled(on.numbers.parts(n), integer(times)), on.numbers.signals(radixOrder(on, n, times))],
  ],
  /** A product of what is not 0 has two cases, and neither can be. */
  absurd: (on, n: number) => {
    const [[a], [, , c]] = [on.system.at(n), on.folded(n)];
    const own = on.numbers.constraint(n);
    return [a.size > 0 && c.size === 0 ? ["either", own, [[], []]] : never(own)];
  },
};
