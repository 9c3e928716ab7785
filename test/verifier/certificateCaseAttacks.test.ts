/** Certificates that claim too much by cases: those that are skipped, and what holds in one of them alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import type { Sums } from "../lib/r1csFile.ts";
import { bit, cases, checkedOf, chosen, derive, given, linear, refused, seven, within } from "../lib/smallChecker.ts";

describe("a case", () => {
  it("is not skipped: by no branch, and by none that is no list", () => {
    const lines = [within(2, 0, 2)];
    for (const branches of [[], [[]], [[], [], [], []]]) {
      refused("as many branches as cases", [], ...lines, ["cases", 2, null, ["1", "2"], branches]);
    }
    for (const branch of [null, 0, {}, "follows"]) {
      const checker = checkedOf([], ...lines);
      expect(() => checker.apply(["cases", 2, null, ["1"], [[], branch]])).toThrow();
    }
    refused("as many branches as cases", [bit(2)], ["either", 0, [[]]]);
  });

  it("is not skipped by where the parts begin, in whatever order that is", () => {
    const start = fc.oneof(fc.bigInt({ min: -20n, max: 20n }), fc.constantFrom(P, -P, P + 3n, 3n - P, 2n * P));
    fc.assert(
      fc.property(fc.array(start, { maxLength: 5 }), fc.nat({ max: 9 }), fc.nat({ max: 9 }), (starts, low, width) => {
        const checker = checkedOf([], within(2, low, low + width));
        checker.apply(cases(2, starts.map(String), ...[null, ...starts].map(() => [])));
        expect(checker.facts.boundsOf(2)).toEqual([BigInt(low), BigInt(low + width)]);
        expect(checker.facts.knows(2)).toBe(width === 0);
      }),
    );
  });

  it("is all there is if no part begins: then it cannot be absurd", () => {
    expect(checkedOf([seven], within(2, 0, 5), cases(2, [], [["follows", 0]])).facts.knows(4)).toBe(true);
    const never = linear([2, 1n], [3, -1n]);
    refused("no case can be", [never], within(2, 0, 5), within(3, 6, 7), cases(2, [], [["absurd", 0]]));
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
    refused("is not one of a case", [product], ["either", 0, [[copied], []]]);
    refused("is not one of a case", [product], ["either", 0, [[derive([[], [], []])], []]]);
    refused("there is no case -1", [], derive([[], [], []], [[-1, [["1"]]]]));
  });

  it("that cannot be leaves the others as they are", () => {
    const apart = linear([2, 1n], [3, -1n]);
    const lines = [within(2, 0, 3), within(3, 0, 1)];
    expect(checkedOf([apart], ...lines, cases(2, ["2"], [], [["absurd", 0]])).facts.boundsOf(2)).toEqual([0n, 1n]);
    refused("may hold", [apart], ...lines, cases(2, ["1"], [], [["absurd", 0]]));
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

  it("is not known by a sum that is known in the case alone", () => {
    const line: Line = ["cases", 2, [[3, "1"]], ["1"], [[within(3, 0, 0)], [within(3, 1, 1)]]];
    expect(() => checkedOf([], within(2, 0, 1), line)).toThrow("the sum is not known");
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
    const apart: Line = ["cases", 2, -1, ["1"], [[], []]];
    const either: Line = ["either", 0, [[apart], [apart]]];
    expect(checkedOf([product], within(2, 0, 1), given, chosen(3), either).facts.knows(2)).toBe(false);
  });
});

describe("bits of which one is 1", () => {
  const sum = linear([2, 1n], [3, 1n], [0, -1n]);
  const onehot: Line = ["onehot", 0, null, [[], []]];

  it("are bits", () => {
    checkedOf([sum], within(2, 0, 1), within(3, 0, 1), onehot);
    for (const [low, high] of [
      [-1, 1],
      [0, 2],
      [-1, 2],
    ] as const)
      refused("signal 3 is no bit", [sum], within(2, 0, 1), within(3, low, high), onehot);
    refused("signal 2 has no bounds", [sum], onehot);
    refused("signal 2 has no bounds", [sum], ["within", "test", 2, "0", String(P)], within(3, 0, 1), onehot);
  });

  it("are not told apart by what is the same of both", () => {
    const index = linear([1, -1n], [2, 3n], [3, 3n]);
    const line: Line = ["onehot", 0, 1, [[], []]];
    expect(checkedOf([sum, index], given, within(2, 0, 1), within(3, 0, 1), line).facts.knows(2)).toBe(false);
  });
});
