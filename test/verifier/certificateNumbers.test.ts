/** Arithmetic of the certificate's checker: it gives what the definitions say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Checker, type Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { Facts } from "../../verifier/certificate/facts.ts";
import * as f from "../../verifier/certificate/field.ts";
import { type Constraint, type Interval, P, type Sum } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import { fileOf } from "../lib/r1csFile.ts";

const HALF = P / 2n;
const NUMBERS = [0n, 1n, 2n, HALF - 1n, HALF, HALF + 1n, P - 1n, P, P + 1n, 3n * P + HALF, 3n * P + HALF + 1n];
const number = fc.oneof(
  fc.constantFrom(...NUMBERS.flatMap((n) => [n, -n])),
  fc.bigInt({ min: -(P ** 2n), max: P ** 2n }),
);
/** Small factors, and such that the compiler makes of fractions. */
const factor = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom(HALF, -HALF, HALF - 1n),
  fc.integer({ min: 0, max: 70 }).map((i) => f.centred(inverse(2n) ** BigInt(i))),
);
/** Of signals 0 to 4. No factor is 0. */
const sum = fc
  .array(fc.tuple(fc.nat({ max: 4 }), factor), { maxLength: 5 })
  .map((terms): Sum => new Map(terms.filter(([, one]) => one !== 0n)));
const values = fc.tuple(...[1, 2, 3, 4].map(() => number)).map((list) => [1n, ...list]);

/** The number of the field from 0 on. */
const mod = (n: bigint): bigint => ((n % P) + P) % P;
const valueAt = (one: Sum, at: readonly bigint[]): bigint =>
  mod([...one].reduce((all, [signal, times]) => all + times * (at[signal] as bigint), 0n));
/** No factor is 0, and each lies between −P/2 and P/2. */
const hasForm = (one: ReadonlyMap<unknown, bigint>): boolean =>
  [...one.values()].every((times) => times !== 0n && times >= -HALF && times <= HALF);

/** A checker of constraints of signals 0 to `signals` − 1. */
const checkerOf = (constraints: readonly Constraint[], signals = 5): Checker => {
  const sums = constraints.map((one) => one.map((own) => [...own]));
  return new Checker(new Circuit(fileOf(sums, signals)), RULES);
};

describe("numbers of the field", () => {
  it("lie between −P/2 and P/2", () => {
    fc.assert(
      fc.property(number, (n) => {
        const found = f.centred(n);
        expect([mod(found), found >= -HALF && found <= HALF]).toEqual([mod(n), true]);
      }),
    );
  });
});

describe("sums", () => {
  it("are added, times a number", () => {
    fc.assert(
      fc.property(sum, sum, number, values, (a, b, times, at) => {
        const found = f.plus(a, b, times);
        expect([valueAt(found, at), hasForm(found)]).toEqual([mod(valueAt(a, at) + times * valueAt(b, at)), true]);
        expect(f.plus(a, a, -1n).size).toBe(0);
      }),
    );
  });

  it("count the sum of several factors of one signal, and nothing where that is 0", () => {
    const terms = [
      [1, 5n],
      [2, HALF],
      [1, -5n],
      [2, HALF],
    ] as const;
    expect([...f.plus(f.ZERO, terms)]).toEqual([[2, -1n]]);
    expect([...f.plus([[1, 2n]], terms, 3n)].sort()).toEqual([
      [1, 2n],
      [2, -3n],
    ]);
  });

  it("are 0 by a constraint with a factor that is a number, and by no other", () => {
    fc.assert(
      fc.property(sum, sum, sum, fc.boolean(), values, (a, b, c, isNumber, at) => {
        const left: Sum = isNumber ? new Map([...a].filter(([signal]) => signal === 0)) : a;
        const isLinear = [left, b].some((one) => [...one.keys()].every((signal) => signal === 0));
        const constraints = [[left, b, c] as const, [b, left, c] as const];
        const checker = checkerOf(constraints);
        for (const n of constraints.keys()) {
          const [x, y, found] = checker.sides(n);
          expect([x.size === 0, x.size > 0 && y.size > 0]).toEqual([isLinear, !isLinear]);
          if (!isLinear) expect(() => checker.linear(n)).toThrow("is not linear");
          if (!isLinear) continue;
          // It is c − a · b.
          const wanted = mod(valueAt(c, at) - valueAt(left, at) * valueAt(b, at));
          expect([valueAt(found, at), hasForm(found), checker.linear(n)]).toEqual([wanted, true, found]);
        }
      }),
    );
  });

  it("are 0 by a constraint with a factor that has one value by the bounds", () => {
    const sums: Constraint = [
      new Map([
        [1, 1n],
        [2, 2n],
      ]),
      new Map([[3, 1n]]),
      new Map([[4, 1n]]),
    ];
    const swapped: Constraint = [sums[1], sums[0], sums[2]];
    const checker = checkerOf([sums, swapped]);
    checker.facts.bound(1, [3n, 3n]);
    checker.facts.bound(2, [0n, 1n]);
    expect(checker.sides(0)[0].size).toBe(2);
    checker.facts.bound(2, [1n, 1n]);
    // 4 = (3 + 2 · 1) · 3
    for (const n of [0, 1]) expect(new Map(checker.linear(n))).toEqual(f.plus(sums[2], sums[1], -5n));
  });
});

describe("a constraint is derived", () => {
  const one = (signal: number): Sum => new Map([[signal, 1n]]);
  const termsOf = (own: Sum): unknown => [...own].map(([signal, times]) => [signal, String(times)]);
  /** Whether it is that sum of multiples of the constraints. All signals are assumed not to be 0. */
  function isDerived(
    constraints: readonly Constraint[],
    own: Constraint,
    parts: readonly (readonly [n: number, times: readonly (readonly [bigint, ...number[]])[]])[],
    divisors: readonly number[] = [],
    signals = 5,
  ): boolean {
    const checker = checkerOf(constraints, signals);
    for (let signal = 1; signal < signals; signal++) checker.nonzero.add(signal);
    const multiples = parts.map(([n, times]) => [n, times.map(([factor, ...list]) => [String(factor), ...list])]);
    const line: Line = ["derive", own.map(termsOf), multiples, divisors];
    try {
      checker.apply(line);
    } catch (error) {
      if (error instanceof f.Refusal && checker.added.length === 0) return false;
      throw error;
    }
    return checker.added.length === 1;
  }
  const zeroAt = ([a, b, c]: Constraint, at: readonly bigint[]): bigint =>
    mod(valueAt(a, at) * valueAt(b, at) - valueAt(c, at));
  const at = (signal: number): fc.Arbitrary<number> => fc.nat({ max: signal });
  const monomial = fc
    .tuple(factor, fc.array(at(4), { maxLength: 2 }))
    .map(([times, list]): readonly [bigint, ...number[]] => [times, ...list]);
  const anywhere = fc.tuple(...[1, 2, 3, 4].map(() => fc.bigInt(1n, P - 1n))).map((list) => [1n, ...list]);
  const three = fc.tuple(sum, sum, sum);

  it("only if it has the values of that sum, whatever the signals are", () => {
    const parts = fc.array(fc.tuple(at(1), fc.array(monomial, { maxLength: 2 })), { maxLength: 2 });
    const divisors = fc.array(at(4), { maxLength: 2 });
    // Of two polynomials that are not the same, the values at random places are not.
    const places = fc.array(anywhere, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(three, three, three, parts, divisors, places, (p, q, own, list, by, where) => {
        const isSame = where.every((values) => {
          const product = (signals: readonly number[]): bigint =>
            signals.reduce((all, signal) => mod(all * (values[signal] as bigint)), 1n);
          const sums = list.map(([n, times]) =>
            times.reduce(
              (all, [factor, ...signals]) => all + factor * product(signals) * zeroAt(n === 0 ? p : q, values),
              0n,
            ),
          );
          return mod(zeroAt(own, values) * product(by) - sums.reduce((all, value) => all + value, 0n)) === 0n;
        });
        // No divisor is the constant 1 here: it is not among those that are assumed not to be 0.
        expect(isDerived([p, q], own, list, by)).toBe(isSame && !by.includes(0));
      }),
    );
  });

  it("times a number, a signal, or with another; and not with a factor more", () => {
    const signal = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(three, sum, sum, factor, factor, signal, signal, (p, a, c, s, t, x, y) => {
        const scale = (own: Sum, times: bigint): Sum => f.plus(f.ZERO, own, times);
        const wrong = (own: Constraint): Constraint => [own[0], own[1], f.plus(own[2], one(x))];
        const times: Constraint = [scale(p[0], s), p[1], scale(p[2], s)];
        // a · b = c with the same b.
        const other: Constraint = [a, p[1], c];
        const both: Constraint = [f.plus(times[0], a, t), p[1], f.plus(times[2], c, t)];
        const zero: Constraint = [f.ZERO, f.ZERO, a];
        for (const [constraints, own, parts, by] of [
          [[p], times, [[0, [[s]]]], []],
          [[p], p, [[0, [[1n, x, y]]]], [y, x]],
          [[p], times, [[0, [[s, y, x]]]], [y, x]],
          [
            [p, other],
            both,
            [
              [0, [[s]]],
              [1, [[t]]],
            ],
            [],
          ],
          [[zero], [one(x), a, f.ZERO], [[0, [[-1n, x]]]], []],
        ] as const) {
          expect(isDerived(constraints, own, parts, by)).toBe(true);
          expect(isDerived(constraints, wrong(own), parts, by)).toBe(false);
        }
      }),
    );
  });

  it("whatever the order of signals and factors", () => {
    fc.assert(
      fc.property(sum, sum, sum, fc.shuffledSubarray([1, 2, 3, 4]), (a, b, c, list) => {
        const turned: Constraint = [b, a, new Map([...c].toReversed())];
        expect(isDerived([[a, b, c]], turned, [[0, [[1n, ...list]]]], list.toReversed())).toBe(true);
      }),
    );
  });

  it("not where its signals are others: 1 · 23 is not 12 · 3", () => {
    const pairs = [
      [1, 23],
      [12, 3],
      [2, 13],
      [123, 0],
      [1, 123],
      [11, 23],
    ] as const;
    for (const [i, [x, y]] of pairs.entries()) {
      for (const [j, [z, w]] of pairs.entries()) {
        const constraint: Constraint = [one(x), one(y), f.ZERO];
        expect(isDerived([constraint], [one(w), one(z), f.ZERO], [[0, [[1n]]]], [], 130)).toBe(i === j);
      }
    }
    const constraint: Constraint = [one(10), one(9), one(2)];
    expect(isDerived([constraint], [one(9), one(10), one(2)], [[0, [[1n, 2, 10]]]], [10, 2], 130)).toBe(true);
    expect(isDerived([constraint], [one(9), one(10), one(2)], [[0, [[1n, 2, 10]]]], [10, 9], 130)).toBe(false);
    // A number is no signal.
    const seven: Constraint = [new Map([[0, 3n]]), one(7), f.ZERO];
    expect(isDerived([seven], [f.ZERO, f.ZERO, new Map([[7, -3n]])], [[0, [[1n]]]], [], 130)).toBe(true);
    expect(isDerived([seven], [f.ZERO, f.ZERO, new Map([[7, 3n]])], [[0, [[1n]]]], [], 130)).toBe(false);
  });
});

const small = fc.tuple(fc.bigInt({ min: -6n, max: 6n }), fc.bigInt({ min: 0n, max: 4n }));
const interval = small.map(([low, width]): Interval => [low, low + width]);
const inside = ([low, high]: Interval): bigint[] =>
  Array.from({ length: Number(high - low) + 1 }, (_, i) => low + BigInt(i));

describe("intervals", () => {
  it("together have the integers of all, and begin and end with one of them", () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 4 }), (list) => {
        const all = list.flatMap(inside).sort((a, b) => Number(a - b));
        expect(f.together(list)).toEqual([all[0], all.at(-1)]);
        expect(f.together([...list, null])).toBe(null);
        expect(f.together([undefined, ...list])).toBe(null);
        expect(f.together([])).toBe(null);
      }),
    );
  });

  it("are apart if they have no number in common, modulo P", () => {
    const shift = fc.constantFrom(0n, P, -P, 2n * P, HALF, 1n - P);
    fc.assert(
      fc.property(interval, interval, shift, (a, b, by) => {
        const other: Interval = [b[0] + by, b[1] + by];
        const common = inside(a).some((x) => inside(other).some((y) => mod(x) === mod(y)));
        expect([f.areApart(a, other), f.areApart(other, a)]).toEqual([!common, !common]);
      }),
    );
  });

  it("are not apart if one has all numbers, or both together have more", () => {
    expect(f.areApart([0n, P - 1n], [P + 5n, P + 5n])).toBe(false);
    expect(f.areApart([0n, HALF], [HALF + 1n, P - 1n])).toBe(true);
    expect(f.areApart([0n, HALF], [HALF + 1n, P])).toBe(false);
    expect(f.areApart([0n, HALF], [HALF, P - 1n])).toBe(false);
    expect([f.areApart(null, [1n, 1n]), f.areApart([1n, 1n], null)]).toEqual([false, false]);
  });
});

describe("where a sum lies", () => {
  const term = fc.record({ times: factor, low: fc.bigInt({ min: -300n, max: 9n }), width: fc.bigInt(0n, 1n << 200n) });

  it("is where its parts allow, and a signal of a sum that is 0 where the rest of it does", () => {
    fc.assert(
      fc.property(
        fc.array(term, { maxLength: 6 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (terms, places) => {
          const facts = new Facts(null);
          const whole = new Map<number, bigint>();
          const at = terms.map(
            ({ low, width }, i) => low + (width * BigInt(Math.floor((places[i] ?? 0) * 100))) / 100n,
          );
          for (const [i, { times, low, width }] of terms.entries()) {
            if (times !== 0n) whole.set(i + 1, times);
            facts.bound(i + 1, [low, low + width]);
          }
          const isIn = (span: Interval | null, n: bigint): boolean =>
            span === null || mod(n - span[0]) <= span[1] - span[0];
          const value = mod([...whole].reduce((all, [signal, times]) => all + times * (at[signal - 1] as bigint), 0n));
          expect(isIn(facts.interval(whole), value)).toBe(true);
          for (const [signal, times] of whole) {
            const rest = mod(-(value - times * (at[signal - 1] as bigint)) * inverse(times));
            const others = f.plus([[signal, 1n]], whole, -inverse(times));
            expect([others.has(signal), isIn(facts.interval(others), rest)]).toEqual([false, true]);
          }
        },
      ),
    );
  });

  it("is null without bounds of a part, or if it is as wide as the field", () => {
    const facts = new Facts(null);
    facts.bound(1, [0n, 1n]);
    expect(
      facts.interval(
        new Map([
          [1, 1n],
          [2, 1n],
        ]),
      ),
    ).toBe(null);
    expect(facts.interval(new Map([[1, HALF]]))).toEqual([0n, HALF]);
    facts.bound(2, [0n, 1n]);
    expect(
      facts.interval(
        new Map([
          [1, HALF],
          [2, HALF],
        ]),
      ),
    ).toEqual([0n, P - 1n]);
    facts.bound(3, [0n, 1n]);
    expect(
      facts.interval(
        new Map([
          [1, HALF],
          [2, HALF],
          [3, 1n],
        ]),
      ),
    ).toBe(null);
  });

  it("is a number where signals have only one value, and 0 is known and 1 from the start", () => {
    const facts = new Facts(null);
    facts.bound(1, [5n, 5n]);
    facts.bound(2, [0n, 1n]);
    const sumOf = (...terms: [number, bigint][]): Sum => new Map(terms);
    expect(facts.interval(sumOf([0, 2n], [1, 3n]))).toEqual([17n, 17n]);
    expect(facts.interval(sumOf([0, 2n], [1, 3n], [2, -1n]))).toEqual([16n, 17n]);
    expect([facts.knows(0), facts.knows(1), facts.knows(2)]).toEqual([true, true, false]);
    expect(facts.unknown(sumOf([0, 1n], [1, 1n], [2, 1n]), sumOf([3, 1n], [2, 1n]))).toEqual([2, 3]);
    expect([facts.boundsOf(0), facts.boundsOf(3)]).toEqual([[1n, 1n], undefined]);
  });

  it("says whether it is 0, or never 0: as an integer, and modulo P", () => {
    const facts = new Facts(null);
    facts.bound(1, [5n, 5n]);
    facts.bound(2, [0n, 1n]);
    facts.bound(3, [P - 1n, P]);
    const found = (...terms: [number, bigint][]): [boolean, boolean] => [
      facts.isZero(new Map(terms)),
      facts.isNonzero(new Map(terms)),
    ];
    expect(found()).toEqual([true, false]);
    expect(found([0, 1n])).toEqual([false, true]);
    expect(found([0, -15n], [1, 3n])).toEqual([true, false]);
    expect(found([0, -14n], [1, 3n])).toEqual([false, true]);
    expect(found([2, 1n])).toEqual([false, false]);
    expect(found([2, 1n], [0, 1n])).toEqual([false, true]);
    expect(found([2, 1n], [0, -2n])).toEqual([false, true]);
    expect(found([2, 1n], [0, -1n])).toEqual([false, false]);
    expect(found([3, 1n])).toEqual([false, false]);
    expect(found([3, 1n], [0, -1n])).toEqual([false, true]);
    expect(found([4, 1n])).toEqual([false, false]);
  });
});

describe("a signal is bound", () => {
  const wide = fc.tuple(fc.bigInt({ min: -(2n * P), max: 2n * P }), fc.bigInt({ min: -3n, max: P + 3n }));
  const anySpan = fc.oneof(
    interval,
    wide.map(([low, width]): Interval => [low, low + width]),
  );
  const isIn = (n: bigint, [low, high]: Interval): boolean => mod(n - low) <= high - low;

  it("to no less than both spans have in common, modulo P", () => {
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 3 }), number, (spans, n) => {
        const facts = new Facts(null);
        for (const span of spans) facts.bound(1, span);
        const bounds = facts.boundsOf(1);
        if (!spans.every((span) => isIn(n, span))) return;
        expect([bounds === undefined || isIn(n, bounds), facts.isDead]).toEqual([true, false]);
      }),
    );
  });

  it("to what small spans have in common, and dead if that is nothing", () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 4 }), (spans) => {
        const facts = new Facts(null);
        for (const span of spans) facts.bound(1, span);
        const common = inside([-6n, 10n]).filter((n) => spans.every(([low, high]) => low <= n && n <= high));
        expect(facts.isDead).toBe(common.length === 0);
        if (common.length > 0) expect(facts.boundsOf(1)).toEqual([common[0], common.at(-1)]);
        if (!facts.isDead) expect(facts.knows(1)).toBe(common.length === 1);
      }),
    );
  });

  it("to nothing by a span as wide as the field, or where both together are that wide", () => {
    const facts = new Facts(null);
    facts.bound(1, [0n, P]);
    expect(facts.boundsOf(1)).toBe(undefined);
    facts.bound(1, [0n, P - 1n]);
    expect(facts.boundsOf(1)).toEqual([0n, P - 1n]);
    facts.bound(1, [1n, P]);
    expect([facts.boundsOf(1), facts.isDead]).toEqual([[0n, P - 1n], false]);
    facts.bound(1, [3n, 3n]);
    // The same number, P further on.
    facts.bound(1, [P + 3n, P + 3n]);
    expect([facts.boundsOf(1), facts.isDead, facts.knows(1)]).toEqual([[3n, 3n], false, true]);
  });

  it("in a case, and not outside of it", () => {
    const outside = new Facts(null);
    outside.bound(1, [0n, 9n]);
    const inside = new Facts(outside);
    inside.bound(1, [4n, 12n]);
    inside.bound(2, [7n, 7n]);
    expect([inside.boundsOf(1), outside.boundsOf(1)]).toEqual([
      [4n, 9n],
      [0n, 9n],
    ]);
    expect([inside.knows(2), outside.knows(2), outside.boundsOf(2)]).toEqual([true, false, undefined]);
    inside.bound(1, [10n, 12n]);
    expect([inside.isDead, outside.isDead]).toEqual([true, false]);
  });
});
