/** Lines of a draft whose rule the certificate has as well, if by another name. */
import type { Parts } from "../../../verifier/constraints/system.ts";
import { radixOrder } from "../reasoning/radixOrder.ts";
import type { Line } from "../reasoning/reasoner.ts";
import type { Translations } from "./followed.ts";

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
    ["within", reason, numbers.signal(signal), low, high],
  ],
  nonzero: ({ numbers }, reason: string, signals: number[]) => [["nonzero", reason, numbers.signals(signals)]],

  follows: ({ numbers }, ...constraints: number[]) => [["follows", ...numbers.constraints(constraints)]],
  /** All signals are known: then nothing follows, and the line names the constraints. */
  asserts: ({ numbers }, ...constraints: number[]) => [["follows", ...numbers.constraints(constraints)]],
  divides: ({ numbers }, reason: string, ...constraints: number[]) =>
    constraints.map((n): Line => ["divides", reason, numbers.constraint(n)]),
  range: ({ numbers }, n: number | Parts, signal: number) => [["range", numbers.parts(n), numbers.signal(signal)]],
  /** The certificate says in which order the signals follow, and its checker does not look for one. */
  radix: (on, n: number | Parts, times: string) => [
    ["radix", on.numbers.parts(n), times, on.numbers.signals(radixOrder(on, n, times))],
  ],
  /** A product of what is not 0 has two cases, and neither can be. */
  absurd: (on, n: number) => {
    const [a, b] = on.sides(n);
    const own = on.numbers.constraint(n);
    return [a.size + b.size === 0 ? ["absurd", own] : ["either", own, [[], []]]];
  },
};
