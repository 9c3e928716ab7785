/** Arithmetic of the certificate's checker: it gives what the definitions say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Facts } from "../../verifier/certificate/facts.ts";
import * as f from "../../verifier/certificate/field.ts";
import { type Interval, P, type Sum } from "../../verifier/certificate/field.ts";

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
  fc.integer({ min: 0, max: 70 }).map((i) => f.centred(f.inverse(2n) ** BigInt(i))),
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
const polynomialOf = (one: f.Polynomial, at: readonly bigint[]): bigint =>
  mod(
    [...one].reduce((all, [key, times]) => {
      const signals = key === "" ? [] : key.split(",").map(Number);
      return all + signals.reduce((product, signal) => product * (at[signal] as bigint), times);
    }, 0n),
  );
/** No factor is 0, and each lies between −P/2 and P/2. */
const hasForm = (one: ReadonlyMap<unknown, bigint>): boolean =>
  [...one.values()].every((times) => times !== 0n && times >= -HALF && times <= HALF);

describe("numbers of the field", () => {
  it("lie between −P/2 and P/2", () => {
    fc.assert(
      fc.property(number, (n) => {
        const found = f.centred(n);
        expect([mod(found), found >= -HALF && found <= HALF]).toEqual([mod(n), true]);
      }),
    );
  });

  it("have inverses, the second time as well", () => {
    fc.assert(
      fc.property(
        number.filter((n) => n % P !== 0n),
        (n) => {
          expect(mod(n * f.inverse(n))).toBe(1n);
          expect(f.inverse(n)).toBe(f.centred(f.inverse(n)));
        },
      ),
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

  it("are 0 by a constraint with a factor that is a number, and by no other", () => {
    fc.assert(
      fc.property(sum, sum, sum, fc.boolean(), values, (a, b, c, isNumber, at) => {
        const left: Sum = isNumber ? new Map([...a].filter(([signal]) => signal === 0)) : a;
        const isLinear = [left, b].some((one) => [...one.keys()].every((signal) => signal === 0));
        for (const constraint of [[left, b, c] as const, [b, left, c] as const]) {
          const found = f.linearOf(constraint);
          expect(found !== null).toBe(isLinear);
          if (found === null) continue;
          // It is c − a · b.
          const wanted = mod(valueAt(c, at) - valueAt(left, at) * valueAt(b, at));
          expect([valueAt(found, at), hasForm(found)]).toEqual([wanted, true]);
        }
      }),
    );
  });
});

describe("polynomials", () => {
  it("have the values of their factors, multiplied", () => {
    fc.assert(
      fc.property(fc.array(sum, { minLength: 1, maxLength: 3 }), values, (factors, at) => {
        const found = factors.map(f.polynomial).reduce(f.product);
        const wanted = factors.reduce((all, one) => mod(all * valueAt(one, at)), 1n);
        expect([polynomialOf(found, at), hasForm(found)]).toEqual([wanted, true]);
      }),
    );
  });

  it("are the same, whatever the order of their factors", () => {
    fc.assert(
      fc.property(sum, sum, sum, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(f.polynomial) as [f.Polynomial, f.Polynomial, f.Polynomial];
        expect(f.plus(f.product(f.product(x, y), z), f.product(y, f.product(z, x)), -1n).size).toBe(0);
        expect(f.plus(f.product(f.plus(x, y), z), f.plus(f.product(x, z), f.product(y, z)), -1n).size).toBe(0);
      }),
    );
  });

  it("are not the same if their signals are others: 1 · 23 is not 12 · 3", () => {
    const of = (...signals: number[]): f.Polynomial =>
      signals.map((signal) => f.polynomial(new Map([[signal, 1n]]))).reduce(f.product);
    const keys = [of(1, 23), of(12, 3), of(2, 13), of(123), of(3, 12, 1), of(1, 1, 23)].map(
      (one) => [...one.keys()][0],
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect([...of(10, 9, 2)]).toEqual([...of(2, 10, 9)]);
    expect([...f.product(f.polynomial(new Map([[0, 3n]])), of(7))]).toEqual([["7", 3n]]);
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
            const rest = mod(-(value - times * (at[signal - 1] as bigint)) * f.inverse(times));
            expect(isIn(facts.interval(f.plus(f.ZERO, whole, -f.inverse(times)), signal), rest)).toBe(true);
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
    expect(
      facts.interval(
        new Map([
          [1, HALF],
          [4, 1n],
        ]),
        4,
      ),
    ).toEqual([0n, HALF]);
  });

  it("is a number where signals have only one value", () => {
    const facts = new Facts(null);
    facts.bound(1, [5n, 5n]);
    facts.bound(2, [0n, 1n]);
    expect([
      ...facts.folded(
        new Map([
          [0, 2n],
          [1, 3n],
          [2, 1n],
        ]),
      ),
    ]).toEqual([
      [2, 1n],
      [0, 17n],
    ]);
    expect([
      ...facts.folded(
        new Map([
          [0, -15n],
          [1, 3n],
        ]),
      ),
    ]).toEqual([]);
    expect([
      ...facts.folded(
        new Map([
          [0, HALF],
          [1, HALF],
        ]),
      ),
    ]).toEqual([[0, f.centred(6n * HALF)]]);
    expect([facts.knows(0), facts.knows(1), facts.knows(2)]).toEqual([true, true, false]);
  });
});
