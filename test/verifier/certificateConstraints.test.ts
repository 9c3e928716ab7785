/** Sums and constraints that are kept as numbers are those that were put in. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberLists } from "../../prover/certificate/numberLists.ts";
import { Constraints, Sums } from "../../verifier/constraints/store.ts";
import type { Constraint, Sum } from "../../verifier/constraints/sums.ts";

/** Factors among which many have the same first digits, and so the same place at first. */
const factor = fc
  .tuple(fc.nat({ max: 254 }), fc.bigInt({ min: -3n, max: 3n }))
  .map(([bits, more]) => (1n << BigInt(bits)) + more);
const sum = fc
  .array(fc.tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.oneof(factor, fc.bigInt({ min: -(1n << 253n), max: 1n << 253n }))))
  .map((terms): Sum => new Map(terms));
const constraint = fc.tuple(sum, sum, sum);
const plain = (constraint: Constraint | undefined) => constraint?.map((one) => [...one]);

describe("sums", () => {
  it("are as they were put in, in the order of their signals", () => {
    fc.assert(
      fc.property(fc.array(sum), (list) => {
        const sums = new Sums();
        for (const one of list) sums.push(one);
        expect(list.map((_, i) => [...sums.at(i)])).toEqual(list.map((one) => [...one]));
      }),
    );
  });

  it("with factors that are one number as far as keys go are not mixed up", () => {
    const factors = [1n << 100n, (1n << 100n) + 1n, (1n << 100n) - 1n, -(1n << 100n), 1n << 100n, (1n << 100n) + 1n];
    const sums = new Sums();
    for (const one of factors) sums.push(new Map([[1, one]]));
    expect(factors.map((_, i) => sums.at(i).get(1))).toEqual(factors);
  });
});

describe("constraints", () => {
  it("are as they were put in, also after the last ones were taken away", () => {
    fc.assert(
      fc.property(fc.array(constraint), fc.array(constraint), fc.nat(), (list, more, cut) => {
        const constraints = new Constraints();
        for (const one of list) constraints.push(one);
        expect(list.map((_, n) => plain(constraints.at(n)))).toEqual(list.map(plain));
        const left = list.slice(0, cut % (list.length + 1));
        constraints.length = left.length;
        for (const one of more) constraints.push(one);
        const now = [...left, ...more];
        expect([constraints.length, [...constraints.keys()]]).toEqual([now.length, [...now.keys()]]);
        expect(now.map((_, n) => plain(constraints.at(n)))).toEqual(now.map(plain));
      }),
    );
  });

  it("are found by whole numbers that they have, and by nothing else", () => {
    const constraints = new Constraints();
    constraints.push([new Map([[1, 1n]]), new Map(), new Map()]);
    expect(plain(constraints.at(0))).toEqual([[[1, 1n]], [], []]);
    for (const n of [-1, 1, 0.5, Number.NaN, "0" as unknown as number])
      expect([n, constraints.at(n)]).toEqual([n, undefined]);
  });

  it("are more than are kept as objects", () => {
    const constraints = new Constraints();
    const count = 50_000;
    for (let n = 0; n < count; n++) constraints.push([new Map([[n, 1n]]), new Map([[0, BigInt(n + 1)]]), new Map()]);
    for (const n of [...Array(count).keys(), 0, count - 1, 7]) {
      expect([constraints.at(n)?.[0].has(n), constraints.at(n)?.[1].get(0)]).toEqual([true, BigInt(n + 1)]);
    }
  });
});

it("lists of numbers have what was added, in its order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 600 }), fc.nat())), (pairs) => {
      const lists = new NumberLists();
      for (const [key, value] of pairs) lists.add(key, value);
      for (let key = 0; key < 700; key++) {
        expect(lists.of(key)).toEqual(pairs.filter(([one]) => one === key).map(([, value]) => value));
      }
    }),
  );
});
