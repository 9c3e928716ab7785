/** Certificates that claim too much by cases: those that are skipped, and what holds in one of them alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import type { Sums } from "../lib/r1csFile.ts";
import {
  bit,
  boundsOf,
  cannot,
  cases,
  checkedOf,
  chosen,
  cut,
  derive,
  given,
  linear,
  refused,
  seven,
  within,
} from "../lib/smallChecker.ts";

describe("a case", () => {
  it("is not skipped: by no branch, and by none that is no list", () => {
    const lines = [within(2, 0, 2)];
    for (const branches of [[], [[]], [[], [], []], [[], [], [], []]]) {
      refused("as many branches as cases", [], ...lines, ["cases", 2, 2, "1", branches]);
    }
    for (const branch of [null, 0, {}, "follows"]) {
      const checker = checkedOf([], ...lines);
      expect(() => checker.apply(["cases", 2, 2, "1", [[], branch]])).toThrow();
    }
    for (const branches of [[], [[]], [[], [], []]]) {
      refused("as many branches as cases", [bit(2)], ["either", 0, branches]);
    }
    for (const branches of [[], [[], []]]) refused("as many branches as cases", [seven], ["either", 0, branches]);
  });

  it("is not skipped by where the parts begin, in whatever order that is", () => {
    const start = fc.oneof(fc.bigInt({ min: -20n, max: 20n }), fc.constantFrom(P, -P, P + 3n, 3n - P, 2n * P));
    fc.assert(
      fc.property(
        fc.array(start, { minLength: 1, maxLength: 5 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 9 }),
        (starts, low, width) => {
          const copy = linear([2, 1n], [3, -1n]);
          const checker = checkedOf([copy], within(2, low, low + width));
          checker.apply(cases(2, starts.map(String), ...[null, ...starts].map((): Line[] => [["range", 0, 3]])));
          for (const signal of [2, 3]) {
            expect(checker.facts.boundsOf(signal)).toEqual([BigInt(low), BigInt(low + width)]);
            expect(checker.facts.knows(signal)).toBe(width === 0);
          }
        },
      ),
    );
  });

  it("is there if a number of it is, wherever the other begins: far below, far above, or more than P away", () => {
    const far = fc.constantFrom(0n, P - 3n, P - 1n, P, P + 3n, 2n * P, P ** 2n, 1n << 254n);
    const start = fc
      .tuple(far, fc.bigInt({ min: -20n, max: 20n }), fc.boolean())
      .map(([by, more, isBelow]) => (isBelow ? more - by : more + by));
    const bounds = fc.tuple(fc.constantFrom(0n, 1n, -9n, P - 5n, -P, P + 2n, 3n * P), fc.bigInt({ min: 0n, max: 9n }));
    fc.assert(
      fc.property(start, bounds, (from, [low, width]) => {
        const high = low + width;
        const copy = linear([2, 1n], [3, -1n]);
        // What holds in the first part, and in the other: a number with a name.
        const branch = (n: number): Line[] => [["range", 0, 3], within(4, n, n), chosen(5)];
        const line = cut(2, 2, String(from), branch(1), branch(2));
        const { facts } = checkedOf([copy], within(2, low, high), line);
        const isIn = [low < from, from <= high];
        const [first, last] = [isIn[0] ? 1n : 2n, isIn[1] ? 2n : 1n];
        expect([2, 3, 4].map((signal) => facts.boundsOf(signal))).toEqual([
          [low, high],
          [low, high],
          [first, last],
        ]);
        const isOne = !isIn.every(Boolean);
        expect([facts.knows(2), facts.knows(4), facts.knows(5)]).toEqual([width === 0n, isOne, isOne]);
        // A line after the cut cannot rest on a part that there is not.
        const told = checkedOf([copy], chosen(2), within(2, low, high), line).facts;
        expect([told.knows(4), told.knows(5), told.boundsOf(4)]).toEqual([true, true, [first, last]]);
      }),
    );
  });

  it("is all there is if the other has no number: then it has one", () => {
    const never = linear([2, 1n], [3, -1n]);
    const lines = [within(2, 0, 5), within(3, 6, 7)];
    for (const start of [-1n, 0n, -P, -2n * P]) {
      const cutAt = (...rest: Line[]) => cut(2, 2, String(start), [], rest);
      expect(checkedOf([seven], within(2, 0, 5), cutAt(["follows", 0])).facts.knows(4)).toBe(true);
      refused("no case can be", [never], ...lines, cutAt(cannot(0)));
    }
    for (const start of [6n, 7n, P, 2n * P]) {
      const cutAt = (...first: Line[]) => cut(2, 2, String(start), first, []);
      expect(checkedOf([seven], within(2, 0, 5), cutAt(["follows", 0])).facts.knows(4)).toBe(true);
      refused("no case can be", [never], ...lines, cutAt(cannot(0)));
    }
  });

  it("has its constraint inside of it alone", () => {
    const product: Sums = [[[2, 1n]], [[3, 1n]], []];
    checkedOf([product], ["either", 0, [[["range", -1, 2]], [["range", -1, 3]]]]);
    refused("there is no case -1", [product], ["either", 0, [[["range", -1, 2]], []]], ["range", -1, 2]);
    refused("there is no case -2", [product], ["either", 0, [[["range", -2, 2]], []]]);
    refused("leaves signal 2 without bounds", [product], ["either", 0, [[], [["range", -1, 2]]]]);
  });

  it("has no constraint of another case", () => {
    const products: Sums[] = [
      [[[2, 1n]], [[3, 1n]], []],
      [[[4, 1n]], [[5, 1n]], []],
    ];
    const inner = (n: number, signal: number): Line => ["either", 1, [[["range", n, signal]], []]];
    checkedOf(products, ["either", 0, [[inner(-1, 4)], []]]);
    checkedOf(products, ["either", 0, [[inner(-2, 2)], []]]);
    refused("leaves signal 3 without bounds", products, ["either", 0, [[inner(-2, 3)], []]]);
    refused("leaves signal 4 without bounds", products, ["either", 0, [[inner(-1, 4), ["range", -1, 4]], []]]);
  });

  it("adds no constraint that would hold in all", () => {
    const product: Sums = [[[2, 1n]], [[3, 1n]], []];
    const copied = derive([[], [], [[2, "1"]]], [[-1, [["1"]]]]);
    const own = derive([[], [], [[2, "1"]]]);
    refused("nothing is added so", [product], ["either", 0, [[copied], []]]);
    refused("nothing is added so", [], derive([[], [], []], [[-1, [["1"]]]]));
    // By the case it holds, and by what holds in all it does not.
    refused("is not that sum", [product], ["either", 0, [[own], []]]);
    refused("is not that sum", [product], ["either", 0, [[["range", -1, 2], own], []]]);
    refused("is not that sum", [product], ["either", 0, [[derive([[], [], [[2, "1"]]], [[0, [["1"]]]])], []]]);
  });

  it("that cannot be leaves the others as they are", () => {
    const apart = linear([2, 1n], [3, -1n]);
    const lines = [within(2, 0, 3), within(3, 0, 1)];
    expect(boundsOf(2, [apart], ...lines, cases(2, ["2"], [], [cannot(0)]))).toEqual([0n, 1n]);
    expect(boundsOf(2, [apart], ...lines, cases(2, ["1"], [], [cannot(0)]))).toEqual([0n, 3n]);
  });
});

describe("what is known in a case", () => {
  const learn: Line[] = [["follows", 0]];

  it("is not known outside if the signal of the case is not", () => {
    const assume: Line[] = [["named", "assumed", "test", [4]]];
    for (const branch of [learn, assume]) {
      expect(checkedOf([seven], within(2, 0, 1), cases(2, ["1"], branch, branch)).facts.knows(4)).toBe(false);
      expect(checkedOf([seven], within(2, 0, 1), chosen(2), cases(2, ["1"], branch, branch)).facts.knows(4)).toBe(true);
      expect(checkedOf([seven], within(2, 0, 1), chosen(2), cases(2, ["1"], branch, [])).facts.knows(4)).toBe(false);
    }
  });

  it("is known only in the case that is around the inner one", () => {
    const inner = cases(3, ["1"], learn, learn);
    const outer = cases(2, ["1"], [chosen(3), inner], [chosen(3), inner]);
    const lines = [within(2, 0, 1), within(3, 0, 1)];
    expect(checkedOf([seven], ...lines, outer).facts.knows(4)).toBe(false);
    expect(checkedOf([seven], ...lines, chosen(2), outer).facts.knows(4)).toBe(true);
    const open = cases(2, ["1"], [inner], [inner]);
    expect(checkedOf([seven], ...lines, chosen(2), open).facts.knows(4)).toBe(false);
  });

  it("is not known outside if neither factor is", () => {
    const product: Sums = [[[2, 1n]], [[3, 1n]], []];
    const branches: Line[][] = [[["follows", 1]], [["follows", 1]]];
    expect(checkedOf([product, seven], ["either", 0, branches]).facts.knows(4)).toBe(false);
    for (const signal of [2, 3]) {
      expect(checkedOf([product, seven], chosen(signal), ["either", 0, branches]).facts.knows(4)).toBe(true);
    }
    const sum: Sums = [
      [
        [2, 1n],
        [1, 1n],
      ],
      [[3, 1n]],
      [],
    ];
    expect(checkedOf([sum, seven], given, ["either", 0, branches]).facts.knows(4)).toBe(false);
  });

  it("is not known by a signal that is known in the case alone", () => {
    const line = cut(2, 3, "1", [within(3, 0, 0)], [within(3, 1, 1)]);
    const known = (...lines: Line[]) => [2, 3].map((one) => checkedOf([], within(2, 0, 1), ...lines).facts.knows(one));
    expect(known(line)).toEqual([false, false]);
    expect(known(cut(2, 3, "1", [chosen(3), within(3, 0, 0)], [chosen(3), within(3, 1, 1)]))).toEqual([false, false]);
    expect(known(chosen(3), line)).toEqual([true, true]);
  });

  it("is not known by a constraint of a case that is not known, either", () => {
    // In the case, signal 2 = signal 3; what that leaves open has one value there, and nowhere else.
    const product: Sums = [
      [
        [2, 1n],
        [3, -1n],
      ],
      [
        [2, 1n],
        [3, 1n],
      ],
      [],
    ];
    const follows: Line[] = [["follows", -1]];
    const known = (...either: Line[]) =>
      checkedOf([product], within(2, 0, 1), given, chosen(3), ...either).facts.knows(2);
    expect(known(["either", 0, [follows, follows]])).toBe(false);
    const apart = cut(2, 3, "1", [["range", -2, 3]], [["range", -2, 3]]);
    expect(known(["either", 0, [[apart], [apart]]])).toBe(false);
  });
});

describe("bits of which one is 1", () => {
  const sum = linear([2, 1n], [3, 1n], [0, -1n]);
  const other: Line[] = [["range", 0, 3]];
  const index: Line[] = [...other, ["range", 1, 1]];
  const known = (of: bigint, by: number, ...lines: Line[]): boolean =>
    checkedOf([sum, linear([1, -1n], [2, 3n], [3, of])], ...lines, cut(2, by, "1", index, index)).facts.knows(2);

  it("are bits", () => {
    const bounds = (...lines: Line[]) => boundsOf(3, [sum], ...lines, cut(2, 2, "1", other, other));
    expect(bounds(within(2, 0, 1), within(3, 0, 1))).toEqual([0n, 1n]);
    expect(bounds(within(2, 0, 1))).toEqual([0n, 1n]);
    expect(bounds(within(2, 0, 2))).toEqual([-1n, 1n]);
    expect(bounds(within(2, -1, 1))).toEqual([0n, 2n]);
    refused("signal 2 has no bounds", [sum], cut(2, 2, "1", other, other));
    refused("signal 2 has no bounds", [sum], within(2, 0, P), within(3, 0, 1), cut(2, 2, "1", other, other));
    expect(known(4n, 1, given, within(2, 0, 1))).toBe(true);
    expect(known(4n, 1, given, within(2, 0, 2))).toBe(false);
  });

  it("are not told apart by what is the same of both", () => {
    const bits = [within(2, 0, 1), within(3, 0, 1)];
    expect(known(3n, 1, given, ...bits)).toBe(false);
    expect(known(P + 3n, 1, given, ...bits)).toBe(false);
    expect(known(4n, 1, given, ...bits)).toBe(true);
    expect(known(4n, 1, ...bits)).toBe(false);
    expect(known(4n, 2, given, ...bits)).toBe(false);
  });
});
