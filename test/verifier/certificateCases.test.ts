/** Rules of the certificate's checker about cases, one by one: where they hold, and the nearest that must not. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import { inverse } from "../../verifier/constraints/sums.ts";
import type { Sums } from "../lib/r1csFile.ts";
import {
  bit,
  boundsOf,
  cannot,
  cases,
  checkedOf,
  chosen,
  cut,
  given,
  isBit,
  knownOf,
  linear,
  one,
  product,
  refused,
  within,
} from "../lib/smallChecker.ts";

describe("either", () => {
  it("leaves what both factors allow", () => {
    expect(boundsOf(2, [bit(2)], isBit(0, 2))).toEqual([0n, 1n]);
    refused("constraint 0 is not linear", [product(2, 3, one(0))], isBit(0, 2));
  });

  it("is of a product that is 0 by the bounds", () => {
    const either: Line = ["either", 0, [[["range", -1, 2]], [["range", -1, 2]]]];
    const lines = (high: number) => [within(4, 0, high), within(2, 0, 9), within(3, 1, 9)];
    expect(boundsOf(2, [product(2, 3, one(4))], ...lines(0), either)).toEqual([0n, 0n]);
    refused("constraint 0 is not linear", [product(2, 3, one(4))], ...lines(1), either);
    const less = product(2, 3, [
      [4, 1n],
      [0, -5n],
    ]);
    expect(boundsOf(2, [less], within(4, 5, 5), ...lines(9), either)).toEqual([0n, 0n]);
    refused("constraint 0 is not linear", [less], within(4, 4, 4), ...lines(9), either);
  });

  it("passes on what is known if a factor is known, or both are the same", () => {
    const third = linear([3, 1n], [0, -7n]);
    const same: Line = ["either", 0, [[["follows", 1]], [["follows", 1]]]];
    expect(knownOf([product(2, 1, []), third], given, same)).toEqual([1, 3]);
    expect(knownOf([product(1, 2, []), third], given, same)).toEqual([1, 3]);
    expect(knownOf([product(2, 2, []), third], same)).toEqual([3]);
    expect(knownOf([product(2, 4, []), third], same)).toEqual([]);
  });

  it("has no case of a factor that is not 0", () => {
    const line: Line = ["either", 0, [[["range", 5, 5]], [["range", -1, 3]]]];
    expect(boundsOf(3, [product(2, 3, [])], within(2, 1, 5), line)).toEqual([0n, 0n]);
    refused("there is no constraint 5", [product(2, 3, [])], within(2, 0, 5), line);
  });

  it("has a constraint for the factor, in its case alone", () => {
    const zero: Line = ["follows", -1];
    expect(knownOf([product(2, 2, [])], ["either", 0, [[zero], [zero]]])).toEqual([2]);
    expect(() => checkedOf([product(2, 2, [])], ["either", 0, [[zero], [zero]]], zero)).toThrow("there is no case -1");
  });
});

describe("cases", () => {
  /** Signal 3 is signal 2. */
  const copy = linear([2, 1n], [3, -1n]);
  const range: Line[] = [["range", 0, 3]];

  it("leave what is between all that each leaves", () => {
    expect(boundsOf(3, [copy], within(2, 0, 5), cut(2, 2, "3", range, range))).toEqual([0n, 5n]);
    expect(boundsOf(3, [copy], within(2, 0, 5), cut(2, 2, "3", range, []))).toBe(undefined);
    refused("there are not as many branches as cases", [copy], within(2, 0, 5), cut(2, 2, "3", range));
    refused("there are not as many branches as cases", [copy], within(2, 0, 5), cut(2, 2, "3", range, range, range));
    refused("signal 2 has no bounds", [copy], cut(2, 2, "3", range, range));
  });

  it("are below the cut, and from it on", () => {
    const twice = linear([2, 2n], [3, -1n]);
    // The line holds in a case whose number it has: signal 3 is between 2n and 2n.
    const at = (low: number, high: number): Line[] => [["range", 0, 3], within(3, 2 * low, 2 * high)];
    expect(boundsOf(3, [twice], within(2, 0, 5), cut(2, 2, "3", at(0, 2), at(3, 5)))).toEqual([0n, 10n]);
    expect(boundsOf(2, [copy], within(2, 0, 5), within(3, 3, 9), cut(2, 2, "3", [cannot(0)], []))).toEqual([3n, 5n]);
    expect(boundsOf(2, [copy], within(2, 0, 5), within(3, 2, 9), cut(2, 2, "3", [cannot(0)], []))).toEqual([0n, 5n]);
    expect(boundsOf(2, [copy], within(2, 0, 5), within(3, 0, 2), cut(2, 2, "3", [], [cannot(0)]))).toEqual([0n, 2n]);
    expect(boundsOf(2, [copy], within(2, 0, 5), within(3, 0, 3), cut(2, 2, "3", [], [cannot(0)]))).toEqual([0n, 5n]);
  });

  it("pass on what is known if the signal is known, or only one can be", () => {
    const learn: Line[] = [["follows", 1]];
    const constraints = [copy, linear([4, 1n], [0, -7n])];
    const two = within(2, 0, 5);
    expect(knownOf(constraints, two, chosen(2), cut(2, 2, "3", learn, learn))).toEqual([2, 4]);
    expect(knownOf(constraints, two, cut(2, 2, "3", learn, learn))).toEqual([]);
    expect(knownOf(constraints, two, within(3, 0, 2), cut(2, 2, "3", learn, [cannot(0)]))).toEqual([4]);
    expect(knownOf(constraints, two, within(3, 0, 3), cut(2, 2, "3", learn, [cannot(0)]))).toEqual([]);
  });

  it("pass on what each of them knows", () => {
    const line = (first: Line[], rest: Line[]) => cut(2, 2, "3", first, rest);
    const three = chosen(3);
    expect(knownOf([], within(2, 0, 5), chosen(2), line([three], [three]))).toEqual([2, 3]);
    expect(knownOf([], within(2, 0, 5), chosen(2), line([three], []))).toEqual([2]);
    expect(knownOf([], within(2, 0, 5), chosen(2), line([], [three]))).toEqual([2]);
    expect(knownOf([], within(2, 0, 5), chosen(2), line([three], [chosen(4)]))).toEqual([2]);
  });
});

describe("cases by a signal", () => {
  /** 10 times signal 2, and a gap of a digit: that is signal 1. */
  const told = linear([1, 1n], [2, -10n], [3, -1n]);
  const range: Line[] = [["range", 0, 1]];
  const lines = (gap: number, by = 1, branches: Line[][] = [range, range]): Line[] => [
    within(2, 0, 1),
    within(3, 0, gap),
    cut(2, by, "1", ...branches),
  ];

  it("are told apart if it is known, and lies elsewhere in each", () => {
    expect(knownOf([told], given, ...lines(9))).toEqual([1, 2]);
  });

  it("are not if it is known and not apart", () => {
    expect(knownOf([told], given, ...lines(10))).toEqual([1]);
    const by = (first: Line[], rest: Line[]) =>
      knownOf([], within(2, 0, 1), chosen(3), within(3, 0, 9), cut(2, 3, "1", first, rest));
    expect(by([within(3, 0, 4)], [within(3, 5, 9)])).toEqual([2, 3]);
    expect(by([within(3, 0, 5)], [within(3, 5, 9)])).toEqual([3]);
    expect(by([within(3, 0, 4)], [within(3, 2, 3)])).toEqual([3]);
  });

  it("are not if it is apart and not known", () => {
    expect(knownOf([told], ...lines(9))).toEqual([]);
    expect(knownOf([told], given, ...lines(9, 3))).toEqual([1]);
    expect(knownOf([told], given, ...lines(9, 2))).toEqual([1]);
    expect(knownOf([told], given, ...lines(9, 0))).toEqual([1]);
  });

  it("are not if it is apart, but for a multiple of P", () => {
    const by = (low: bigint, high: bigint) =>
      knownOf([], within(2, 0, 1), chosen(3), cut(2, 3, "1", [within(3, 0, 4)], [within(3, low, high)]));
    expect(by(P, P + 4n)).toEqual([3]);
    expect(by(P + 4n, P + 9n)).toEqual([3]);
    expect(by(-P - 4n, -P)).toEqual([3]);
    expect(by(P - 4n, P)).toEqual([3]);
    expect(by(P + 5n, P + 9n)).toEqual([2, 3]);
    expect(by(P - 4n, P - 1n)).toEqual([2, 3]);
    expect(by(5n, P - 1n)).toEqual([2, 3]);
    expect(by(5n, P)).toEqual([3]);
  });

  it("are not if it lies nowhere in one of them", () => {
    for (const branches of [
      [range, []],
      [[], range],
      [[], []],
    ]) {
      expect(knownOf([told], given, ...lines(9, 1, branches))).toEqual([1]);
    }
  });

  it("are told apart by a sum that has a name", () => {
    // Signal 8 is 10 times signal 2, and signal 3: by constraint 0 it is signal 1.
    const sum: Line[] = [
      [
        "define",
        [
          [2, "10"],
          [3, "1"],
        ],
      ],
    ];
    const follows: Line = [
      "follows",
      [
        [0, "1"],
        [1, "1"],
      ],
    ];
    const named: Line[] = [["range", 1, 8]];
    const by = (gap: number, ...first: Line[]) => knownOf([told], ...first, ...lines(gap, 8, [named, named]));
    expect(by(9, given, ...sum, follows)).toEqual([1, 2]);
    expect(by(10, given, ...sum, follows)).toEqual([1]);
    expect(by(9, given, ...sum)).toEqual([1]);
    refused("is not linear in one signal", [told], ...sum, follows);
  });
});

describe("cases in cases", () => {
  it("leave the outer one as it was, also if the last of the inner ones cannot be", () => {
    const never = linear([3, 1n], [4, -1n], [0, -1n]);
    const lines = [within(2, 0, 1), within(3, 0, 1), within(4, 0, 0)];
    const inner = cut(3, 3, "1", [cannot(0)], []);
    const other = cut(3, 3, "1", [], [cannot(1)]);
    for (const line of [inner, other]) {
      const outer = cut(2, 2, "1", [], [line]);
      expect(boundsOf(2, [never, linear([3, 1n], [4, -1n])], ...lines, outer)).toEqual([0n, 1n]);
    }
  });

  it("end the outer one if none of them can be", () => {
    const never = linear([3, 1n], [4, -1n], [0, -2n]);
    const lines = [within(2, 0, 1), within(3, 0, 1), within(4, 0, 0)];
    const inner = cut(3, 3, "1", [cannot(0)], [cannot(0)]);
    expect(boundsOf(2, [never], ...lines, cut(2, 2, "1", [], [inner]))).toEqual([0n, 0n]);
    expect(boundsOf(2, [never], ...lines, cut(2, 2, "1", [inner], []))).toEqual([1n, 1n]);
    refused("no case can be", [never], ...lines, cut(2, 2, "1", [inner], [inner]));
    // What comes after that is not looked at in the case, and neither are other lines skipped.
    expect(boundsOf(2, [never], ...lines, cut(2, 2, "1", [], [inner, ["no rule"]]))).toEqual([0n, 0n]);
    refused('there is no rule "no rule"', [never], ...lines, cut(2, 2, "1", [["no rule"]], [inner]));
  });

  it("are three parts, and each is told apart", () => {
    // Signal 1 is 10 times signal 2, and a gap.
    const told = linear([1, 1n], [2, -10n], [3, -1n]);
    const range: Line[] = [["range", 0, 1]];
    const known = (gap: number, inner = 1) => {
      const line = cut(2, 1, "1", range, [cut(2, inner, "2", range, range)]);
      return knownOf([told], given, within(2, 0, 2), within(3, 0, gap), line);
    };
    expect([known(9), known(10), known(9, 3)]).toEqual([[1, 2], [1], [1]]);
    const by = (line: Line) => boundsOf(2, [], within(2, 0, 9), line);
    expect(by(cases(2, ["3", "6"], [], [], []))).toEqual([0n, 9n]);
    expect(by(cases(2, ["3", "6"], [within(2, 2, 2)], [], [within(2, 6, 8)]))).toEqual([2n, 8n]);
  });
});

describe("bits of which one is 1", () => {
  /** Five times the sum of signals 2 to 4 is 5. */
  const sum = linear([2, 5n], [3, 5n], [4, 5n], [0, -5n]);
  const bits = [2, 3, 4].map((signal) => within(signal, 0, 1));
  const range = (signal: number): Line => ["range", [[0, String(inverse(5n))]], signal];
  /** The cases: one bit after the other, and what each shows at its end. */
  const oneOf = (by: (bit: number) => number, end: Line[]): Line =>
    cut(2, by(2), "1", [cut(3, by(3), "1", [range(4), ...end], [range(4), ...end])], [range(3), range(4), ...end]);
  const own = (bit: number): number => bit;
  const weighed = (...factors: readonly [bigint, bigint, bigint]): Sums =>
    linear([1, -1n], [2, factors[0]], [3, factors[1]], [4, factors[2]]);

  it("are cases in cases, with the others by the sum", () => {
    const bounds = (...factors: readonly [bigint, bigint, bigint]) =>
      boundsOf(1, [sum, weighed(...factors)], ...bits, oneOf(own, [["range", 1, 1]]));
    expect(bounds(3n, 7n, 4n)).toEqual([3n, 7n]);
    expect(bounds(7n, 3n, 9n)).toEqual([3n, 9n]);
    expect(bounds(5n, 5n, 5n)).toEqual([5n, 5n]);
    // Without the sum, none or all of them could be 1.
    expect(boundsOf(1, [sum, weighed(5n, 5n, 5n)], ...bits, ["range", 1, 1])).toEqual([0n, 15n]);
  });

  it("have the sum 1", () => {
    const end: Line[] = [["range", 1, 1]];
    const two = linear([2, 5n], [3, 5n], [4, 5n], [0, -10n]);
    expect(boundsOf(1, [two, weighed(5n, 5n, 5n)], ...bits, oneOf(own, end))).toEqual([5n, 15n]);
    const other = linear([2, 5n], [3, 4n], [4, 5n], [0, -5n]);
    refused("leaves signal 3 without bounds", [other, weighed(5n, 5n, 5n)], ...bits, oneOf(own, end));
  });

  it("pass on what is known if the bits are known, or told apart by a known signal", () => {
    const seven = linear([5, 1n], [0, -7n]);
    const learn: Line[] = [["follows", 1]];
    expect(knownOf([sum, seven], ...bits, chosen(2, 3, 4), oneOf(own, learn))).toEqual([2, 3, 4, 5]);
    expect(knownOf([sum, seven], ...bits, chosen(2), oneOf(own, learn))).toEqual([2]);
    expect(knownOf([sum, seven], ...bits, oneOf(own, learn))).toEqual([]);
    const index = (...factors: readonly [bigint, bigint, bigint]) =>
      knownOf(
        [sum, weighed(...factors)],
        given,
        ...bits,
        oneOf(() => 1, [["range", 1, 1]]),
      );
    expect(index(3n, 4n, 5n)).toEqual([1, 2, 3, 4]);
    expect(index(3n, 4n, 4n)).toEqual([1, 2]);
    expect(index(4n, 3n, 4n)).toEqual([1]);
    // Both others lie on one side of the first.
    expect(index(3n, 2n, 4n)).toEqual([1]);
  });
});

describe("either of a sum", () => {
  /** Signal 3 is signal 2 and 1. */
  const more = linear([2, 1n], [3, -1n], [0, 1n]);
  const inCase = (...lines: Line[]): Line => cut(2, 2, "1", [], lines);

  it("has no case if it cannot be 0", () => {
    // Signal 3 is no more than 1.
    expect(boundsOf(2, [more], within(2, 0, 1), within(3, 0, 1), inCase(cannot(0)))).toEqual([0n, 0n]);
    expect(boundsOf(2, [more], within(2, 0, 1), within(3, 0, 2), inCase(cannot(0)))).toEqual([0n, 1n]);
    // A multiple of P is 0, too.
    const half = linear([2, (P - 1n) / 2n], [3, (P - 1n) / 2n], [4, 1n]);
    const lines = (low: number) => [within(2, 0, 1), within(3, 1, 1), within(4, low, 2)];
    expect(boundsOf(2, [half], ...lines(2), inCase(cannot(0)))).toEqual([0n, 0n]);
    expect(boundsOf(2, [half], ...lines(1), inCase(cannot(0)))).toEqual([0n, 1n]);
  });

  it("is one of constraints that are added, too", () => {
    // Signal 4 is signal 3 without 1, and so signal 2; but it is 0.
    const less = linear([3, 1n], [4, -1n], [0, -1n]);
    const lines = [within(2, 0, 1), within(4, 0, 0)];
    const both = (times: string) =>
      cannot([
        [0, "1"],
        [1, times],
      ]);
    expect(boundsOf(2, [more, less], ...lines, inCase(both("1")))).toEqual([0n, 0n]);
    expect(boundsOf(2, [more, less], ...lines, inCase(both("-1")))).toEqual([0n, 1n]);
    expect(boundsOf(2, [more, less], ...lines, inCase(cannot([])))).toEqual([0n, 1n]);
  });

  it("has one case, with all that holds in it, if it can be 0", () => {
    const lines = [within(2, 0, 1), given];
    const branch: Line[] = [["range", -1, 3], chosen(4)];
    const checker = checkedOf([more], ...lines, ["either", 0, [branch]]);
    expect([checker.facts.boundsOf(3), checker.facts.knows(4)]).toEqual([[1n, 2n], true]);
    refused("there are not as many branches as cases", [more], ...lines, ["either", 0, [branch, branch]]);
    refused("there are not as many branches as cases", [more], ...lines, ["either", 0, []]);
  });

  it("is linear: a product of what is not 0 has two cases, and neither can be", () => {
    const zero = product(2, 3, []);
    const either: Line = ["either", 0, [[], []]];
    expect(boundsOf(2, [zero], within(2, 0, 2), within(3, 4, 5), inCase(either))).toEqual([0n, 0n]);
    expect(boundsOf(2, [zero], within(2, 0, 2), within(3, 0, 5), inCase(either))).toEqual([0n, 2n]);
    refused("there are not as many branches", [zero], within(2, 0, 2), within(3, 4, 5), inCase(cannot(0)));
    refused("is not linear", [product(2, 3, one(4))], within(2, 0, 2), within(3, 4, 5), inCase(either));
    refused("is not linear", [product(2, 3, one(4))], within(2, 0, 2), within(3, 4, 5), inCase(cannot(0)));
    refused("is not linear", [zero], within(2, 0, 2), within(3, 4, 5), inCase(cannot([[0, "1"]])));
  });

  it("is a case, and not all", () => {
    refused("no case can be: nothing would have a proof", [more], within(2, 1, 1), within(3, 0, 1), cannot(0));
    refused("no case can be", [more], within(2, 1, 1), within(3, 0, 1), cannot([[0, "5"]]));
    refused("no case can be", [more], within(2, 1, 2), within(3, 0, 1), cut(2, 2, "2", [cannot(0)], [cannot(0)]));
    refused("no case can be", [product(2, 3, [])], within(2, 1, 2), within(3, 4, 5), ["either", 0, [[], []]]);
    expect(boundsOf(2, [more], within(2, 0, 1), within(3, 0, 1), cannot(0))).toEqual([0n, 1n]);
  });
});
