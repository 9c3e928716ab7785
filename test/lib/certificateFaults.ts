/** Certificates' checkers with one thing forgotten in each: they let false facts through. */
import type { Case, Checker, Line, Parts, Rules, Terms } from "../../verifier/certificate/checker.ts";
import type { Facts } from "../../verifier/certificate/facts.ts";
import { areApart, type Interval, plus, refuse, type Sum, together, ZERO } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";

interface Fault {
  readonly rules?: Rules;
  /** A fault that is no rule's. */
  readonly change?: (on: Checker) => void;
  /** Where random certificates are soon wrong. Those that find nothing there find it elsewhere, and later. */
  readonly seed?: number;
}

/** Sums of which one is 0. */
const splitBy = (on: Checker, zeros: readonly Sum[], branches: Line[][], isOne: boolean): void =>
  on.split(
    zeros.map((zero): Case => [zero, 0, 1n, 1n]),
    branches,
    () => isOne,
  );
const factorsOf = (on: Checker, n: number): [Sum, Sum] => {
  const [a, b, c] = on.at(n);
  return a.size === 0 || !on.facts.isZero(c) ? refuse("this is no product that is 0") : [a, b];
};
const isProduct = (n: number | Parts, branches: Line[][]): n is number =>
  typeof n === "number" && branches.length === 2;
const boundsOf = (on: Checker, signal: number): Interval => on.facts.boundsOf(signal) ?? refuse("it has no bounds");
const sizeOf = (factor: bigint): bigint => (factor < 0n ? -factor : factor);
const either = (on: Checker, n: number | Parts, branches: Line[][]): void => RULES.either?.(on, n, branches);
const derive = (on: Checker, ...rest: unknown[]): void => RULES.derive?.(on, ...rest);
type IsOne = (on: Checker, by: number, ends: readonly Facts[]) => boolean;
const casesBy =
  (isOne: IsOne): Rules[string] =>
  (on, signal: number, by: number, start: string, branches: Line[][]) => {
    const [[low, high], cut] = [boundsOf(on, signal), on.integer(start)];
    const parts: Case[] = [
      [ZERO, signal, low, cut - 1n],
      [ZERO, signal, cut, high],
    ];
    on.split(parts, branches, (ends) => isOne(on, by, ends));
  };
/** What a split makes of the ends of its branches, and of what holds outside. */
const atEnds = (change: (on: Checker, ends: readonly Facts[]) => void) => (on: Checker) => {
  const split = on.split.bind(on);
  on.split = (cases, branches, isOne) => {
    let found: readonly Facts[] = [];
    split(cases, branches, (ends) => {
      found = ends;
      return isOne(ends);
    });
    change(on, found);
  };
};

const PARTS: Readonly<Record<string, Fault>> = {
  "what is known in each case is known, whatever the case": {
    rules: {
      either: (on, n: number | Parts, branches: Line[][]) =>
        isProduct(n, branches) ? splitBy(on, factorsOf(on, n), branches, true) : either(on, n, branches),
    },
  },
  "of a product only one factor is looked at": {
    rules: {
      either: (on, n: number | Parts, branches: Line[][]) => {
        if (!isProduct(n, branches)) return either(on, n, branches);
        const [a] = factorsOf(on, n);
        splitBy(on, [a, a], branches, on.facts.unknown(a).length === 0);
      },
    },
  },
  "what is not linear is not there": {
    rules: {
      either: (on, n: number | Parts, branches: Line[][]) => {
        if (isProduct(n, branches)) either(on, n, branches);
        else splitBy(on, [on.sides(n)[2]], branches, false);
      },
    },
  },
  "cases are told apart by what is known, wherever it lies": {
    rules: { cases: casesBy((on, by) => on.facts.knows(by)) },
  },
  "cases are told apart by what lies elsewhere, known or not": {
    rules: { cases: casesBy((_on, by, [a, b]) => areApart(a?.boundsOf(by), b?.boundsOf(by))) },
  },
  "a sum may wrap around": {
    seed: 130,
    rules: {
      radix: (on, n: number | Parts, [signal = 0]: number[]) => {
        const sum = on.linear(n);
        const others = on.facts.unknown(sum).filter((one) => one !== signal);
        const changes = others.map((one) => sizeOf(sum.get(one) ?? 0n) * (boundsOf(on, one)[1] - boundsOf(on, one)[0]));
        if (sizeOf(sum.get(signal) ?? 0n) <= changes.reduce((all, one) => all + one, 0n)) refuse("it is open");
        on.facts.known.add(signal);
      },
    },
  },
  "a factor may be 0": {
    rules: {
      follows: (on, n: number | Parts) => {
        const [signal, times] = on.only(n);
        if (times.size === 0) refuse("it is open");
        on.facts.known.add(signal);
      },
    },
  },
  "a sum of constraints is taken as it comes": {
    rules: {
      derive: (on, sides: Terms[]) => {
        on.added.push(sides.map((terms) => on.sumOf(terms)) as [Sum, Sum, Sum]);
      },
    },
  },
  "what holds in a case is added for all": {
    rules: {
      derive: (on, sides: Terms[], parts: [n: number, times: unknown][], divisors: number[]) => {
        // Sums of cases get numbers of constraints that were added, for a while.
        const [{ length: count }, first] = [on.added, on.circuit.count + on.added.length];
        const numbers = parts.map(([n, times]) => {
          if (n >= 0) return [n, times];
          on.added.push(on.at(n));
          return [first + on.added.length - count - 1, times];
        });
        const { length: most } = on.added;
        derive(on, sides, numbers, divisors);
        on.added.splice(count, most - count);
      },
    },
  },
  "the bounds of a product are those of its factors' ends": {
    seed: 50,
    rules: {
      range: (on, n: number | Parts, signal: number) => {
        const [a, b, c] = on.sides(n);
        const factor = c.get(signal) ?? 0n;
        if (factor ** 2n !== 1n) refuse("it has no bounds");
        const [x, y] = [on.facts.interval(plus(ZERO, a, factor)), on.facts.interval(b)];
        const rest = on.facts.interval(plus([[signal, 1n]], c, -factor));
        if (x === null || y === null || rest === null) refuse("it has no bounds");
        on.facts.bound(signal, [x[0] * y[0] + rest[0], x[1] * y[1] + rest[1]]);
      },
    },
  },
  "a signal lies where its multiple does": {
    rules: {
      range: (on, n: number | Parts, signal: number) => {
        const [a, b, c] = on.sides(n);
        const factor = (c.get(signal) ?? refuse("it has no bounds")) < 0n ? -1n : 1n;
        const others = new Map([...c].filter(([one]) => one !== signal));
        const [x, y] = [on.facts.interval(plus(ZERO, a, factor)), on.facts.interval(b)];
        const rest = on.facts.interval(plus(ZERO, others, -factor));
        const both = x && y && together(x.flatMap((p) => y.map((q) => [p * q, p * q] as const)));
        if (!both || !rest) refuse("it has no bounds");
        on.facts.bound(signal, [both[0] + rest[0], both[1] + rest[1]]);
      },
    },
  },
  "what is known at one end is known": {
    change: atEnds((on, [first]) => {
      for (const one of first?.known ?? []) on.facts.known.add(one);
    }),
  },
  "a signal lies where it does at one end": {
    change: atEnds((on, [first]) => {
      for (const [one, span] of first?.bounds ?? []) on.facts.bound(one, span);
    }),
  },
};

/** By what was forgotten. */
export const FAULTS = Object.entries(PARTS).map(
  ([what, { rules = {}, change, seed = 1 }]) => ({ what, rules: { ...RULES, ...rules }, change, seed }) as const,
);
