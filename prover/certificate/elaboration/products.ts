/** Lines about products: each becomes cases, in which one of two factors is 0. In its case, that is constraint −1. */
import { centred, inverse, plus, refuse, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Parts } from "../../../verifier/constraints/system.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { type Followed, ONE, type Translations } from "./followed.ts";
import { cut, never, ranged } from "./linear.ts";

/** The number t such that a linear constraint is t · (a + b) and a rest that lies between two numbers. */
function timesOf(on: Followed, a: Sum, b: Sum, total: number): bigint {
  const [both, linear] = [plus(a, b), on.linear(total)];
  for (const [signal, factor] of both) {
    const times = centred((linear.get(signal) ?? 0n) * inverse(factor));
    const isShared = signal !== 0 && times !== 0n;
    if (isShared && on.facts.interval(plus(linear, both, -times), -1, -times) !== null) return times;
  }
  return refuse(`constraint ${total} leaves the sum open`);
}

export const PRODUCTS: Translations = {
  /** Each factor, if it is 0, says where the signal lies. */
  either: (on, n: number, signal: number) => {
    const own = on.numbers.signal(signal);
    const isZero = on.factors(n).map((sum): Line[] => [ranged(-1, own, sum.get(signal) ?? 1n)]);
    return [["either", on.numbers.constraint(n), isZero]];
  },

  /** x · y = c, and c is not 0: so x = 0, the first part of its interval, cannot be. The rest begins at 1. */
  positive: ({ numbers }, n: number, signal: number) => {
    const own = numbers.signal(signal);
    return cut(own, own, ["1"], [[never(numbers.constraint(n))], []]);
  },

  /**
   * a · b = 0, and t · (a + b) + rest = 0, where the rest has bounds; the signal is in a. If a = 0, that says where it
   * lies. If b = 0, the second constraint less t · b is t · a + rest = 0, and that says it.
   */
  gap: (on, n: number, total: number, signal: number) => {
    const [a, b] = on.factors(n);
    const [own, other] = a.has(signal) ? [a, b] : [b, a];
    const [times, named] = [timesOf(on, a, b, total), on.numbers.signal(signal)];
    const parts: Parts = [
      [on.numbers.constraint(total), "1"],
      [-1, String(-times)],
    ];
    const factor = centred((on.linear(total).get(signal) ?? 0n) - times * (other.get(signal) ?? 0n));
    const isOwn: Line[] = [ranged(-1, named, own.get(signal) ?? 1n)];
    const isOther: Line[] = [ranged(parts, named, factor)];
    return [["either", on.numbers.constraint(n), a.has(signal) ? [isOwn, isOther] : [isOther, isOwn]]];
  },

  /**
   * a = x − p and b = x − q, or both times the same; p and q are known, and a + b is not negative, by the constraint
   * t · (a + b) + rest = 0. The gap e = a − b is known. So a · b = 0 becomes a · (a − e) = 0, where both cases say what
   * e is of a + b: if a = 0, e = −(a + b); if a − e = 0, e = a + b. So e has bounds, and three parts of its interval
   * are cases that are known. e < 0: the second would say a + b < 0, so a = 0. e > 0: the first would, so a = e.
   * e = 0: both say a = 0. The only open signal in a is x, which is known in each of them.
   */
  most: (on, n: number, total: number) => {
    const [a, b] = on.factors(n);
    const times = timesOf(on, a, b, total);
    const [gap, defined, form] = on.shared(`most ${n}`, (): [number, number, number] => {
      const [rawA, rawB, rawC] = on.system.at(n);
      const [signal, constraint] = on.define(on.numbers.sum(plus(rawA, rawB, -1n)));
      const own = on.numbers.sum(rawA);
      const sides = [own, [...own, [signal, "-1"] as const], on.numbers.sum(rawC)];
      return [signal, constraint, on.derive(sides, [[on.numbers.constraint(n), ONE]])];
    });
    // With the definition of e, and less twice the factor that is 0: rest ± t · e = 0. What is absurd is not divided by
    // t when it is looked at, so it is here; 1 and −1 do no harm.
    const unit = times === 1n || times === -1n ? 1n : inverse(times);
    const parts: Parts = [
      [on.numbers.constraint(total), String(unit)],
      [defined, String(centred(times * unit))],
      [-1, String(centred(-2n * times * unit))],
    ];
    const [bounds, follows, absurd] = [[["range", parts, gap]], [["follows", -1]], [never(parts)]] as Line[][];
    const parted = [
      [follows, absurd],
      [follows, follows],
      [absurd, follows],
    ];
    return [
      ["follows", defined],
      ["either", form, [bounds, bounds]],
      ...cut(
        gap,
        gap,
        ["0", "1"],
        parted.map((branches) => [["either", form, branches]]),
      ),
    ];
  },
};
