/** Divisors with a challenge in them, in the form in which the checker looks at them. */

import { centred, inverse, linearOf, type Sum } from "../../verifier/constraints/sums.ts";
import type { Parts } from "./arguments.ts";
import type { Checker } from "./reasoning/check.ts";

/** What is looked at: a propagator. */
interface Looked {
  readonly checker: Checker;
  readonly passed: ReadonlySet<number>;
  of(signal: number): readonly number[];
}

/** The linear constraints of a signal that have the challenge in them that was drawn last. */
function definitions(own: Looked, signal: number): [n: number, sum: Sum][] {
  const { challenge } = own.checker;
  if (challenge === null) return [];
  return own.of(signal).flatMap((n): [number, Sum][] => {
    const sum = own.passed.has(n) ? null : linearOf(own.checker.folded(n));
    return sum?.has(challenge.signal) ? [[n, sum]] : [];
  });
}

/** Whether a signal of the factors is a challenge, or a sum with one in it. */
export function hasChallenge(own: Looked, ...factors: Sum[]): boolean {
  const { challenge } = own.checker;
  if (challenge === null) return false;
  return factors.some((sum) =>
    [...sum.keys()].some((one) => one === challenge.signal || definitions(own, one).length > 0),
  );
}

/**
 * What makes of a factor a challenge and what was known before: constraints that say which sum a signal is that the
 * compiler kept in the place of another.
 *
 * @param factor of the one unknown signal
 */
export function partsOf(own: Looked, factor: Sum): Parts {
  const { challenge } = own.checker;
  const isFixed = (signal: number): boolean => signal === challenge?.signal || challenge?.before.has(signal) === true;
  return [...factor].flatMap(([signal, times]): Parts => {
    if (isFixed(signal)) return [];
    const found = definitions(own, signal).find(([, sum]) =>
      [...sum.keys()].every((one) => one === signal || isFixed(one)),
    );
    return found === undefined ? [] : [[found[0], String(centred(-times * inverse(found[1].get(signal) as bigint)))]];
  });
}
