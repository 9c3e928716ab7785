/** Rules of certificates with one thing forgotten in each: they let false facts through. */
import type { Checker, Line, Rules, Terms } from "../../verifier/certificate/checker.ts";
import { centred, inverse, plus, refuse, type Sum, ZERO } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";

/** Zero sums as cases. */
const splitBy = (on: Checker, zeros: readonly Sum[], branches: Line[][], isKnown: boolean): void =>
  on.split(
    zeros.map((zero) => [[], zero] as const),
    branches,
    isKnown,
  );
const productOf = (on: Checker, n: number): [Sum, Sum] => {
  const [a, b, c] = on.folded(n);
  return c.size > 0 ? refuse("this is no product that is 0") : [a, b];
};
const PARTS: Readonly<Record<string, Rules>> = {
  "what is known in each case is known, whatever the case": {
    either: (on, n: number, branches: Line[][]) => splitBy(on, productOf(on, n), branches, true),
  },
  "of a product only one factor is looked at": {
    either: (on, n: number, branches: Line[][]) => {
      const [a] = productOf(on, n);
      splitBy(on, [a, a], branches, on.facts.unknown(a).length === 0);
    },
  },
  "a sum may wrap around": {
    radix: (on, n: number, times: string, [signal = 0]: number[]) => {
      const sum = on.linear(n);
      const factorOf = (one: number): bigint => {
        const factor = centred((sum.get(one) ?? 0n) * on.integer(times));
        return factor < 0n ? -factor : factor;
      };
      const others = on.facts.unknown(sum).filter((one) => one !== signal);
      const spans = others.map((one) => factorOf(one) * (on.boundsOf(one)[1] - on.boundsOf(one)[0]));
      const isFixed = factorOf(signal) > spans.reduce((all, one) => all + one, 0n);
      if (!isFixed) refuse("it is open");
      on.facts.known.add(signal);
    },
  },
  "a factor may be 0": {
    follows: (on, n: number) => {
      const [signal, times] = on.only(n);
      if (times.size === 0) refuse("it is open");
      on.facts.known.add(signal);
    },
  },
  "any sum of bits is 1": {
    onehot: (on, n: number, _by: Terms | number | null, branches: Line[][]) => {
      const bits = [...on.linear(n).keys()].filter((one) => one !== 0 && on.boundsOf(one)[1] === 1n);
      const cases = bits.map((one) => bits.map((bit) => [bit, BigInt(bit === one), BigInt(bit === one)] as const));
      on.split(
        cases.map((values) => [values, ZERO] as const),
        branches,
        false,
      );
    },
  },
  "what is not linear is not there": {
    absurd: (on, n: number) => {
      if (!on.isNonzero(on.sides(n)[2]) || on.zeros.length === 0) refuse("it may hold");
      on.dead = true;
    },
  },
  "a sum of constraints is taken as it comes": {
    derive: (on, sides: Terms[]) => {
      on.added.push(sides.map((terms) => on.sumOf(terms)) as [Sum, Sum, Sum]);
    },
  },
  "the bounds of a product are those of its factors' ends": {
    range: (on, n: number, signal: number) => {
      const [a, b, c] = on.sides(n);
      const by = inverse(c.get(signal) ?? refuse("it has no bounds"));
      const [x, y] = [on.facts.interval(plus(ZERO, a, by)), on.facts.interval(b)];
      const rest = on.facts.interval(plus(ZERO, c, -by), signal);
      if (x === null || y === null || rest === null) refuse("it has no bounds");
      else on.bound(signal, [x[0] * y[0] + rest[0], x[1] * y[1] + rest[1]]);
    },
  },
};

/** Where random certificates are soon wrong: seeds. Those that find nothing there find it elsewhere, and later. */
const SEEDS: Readonly<Record<string, number>> = {
  "a sum may wrap around": 276,
  "the bounds of a product are those of its factors' ends": 105,
};

/** By what was forgotten. */
export const FAULTS: readonly (readonly [what: string, rules: Rules, seed: number])[] = Object.entries(PARTS).map(
  ([what, rules]) => [what, { ...RULES, ...rules }, SEEDS[what] ?? 1],
);
