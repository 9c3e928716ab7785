/** Certificates that claim too much: each of these was accepted once, or is the nearest that must be refused. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { P } from "../../verifier/certificate/field.ts";
import { outcomeOf } from "../../verifier/outcome.ts";
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
  isBit,
  linear,
  nonzero,
  refused,
  seven,
  within,
} from "../lib/smallChecker.ts";

const zero = (...terms: [number, string][]): Line => derive([[], [], terms]);

describe("a factor of 0", () => {
  it("gives no bounds, whether it is 0 or P", () => {
    for (const factor of ["0", String(P), String(-P)]) {
      refused("leaves signal 2 without bounds", [], zero([2, factor]), ["range", 0, 2]);
      expect(checkedOf([], zero([2, factor]), ["follows", 0]).facts.knows(2)).toBe(false);
      refused("divides nothing", [], zero([2, factor]), ["divides", "test", 0]);
    }
  });

  it("does not end a case, or make a product one of what is not 0", () => {
    const none = derive([[[3, "0"]], [[3, "0"]], []]);
    const ended = [nonzero(3), none, within(2, 0, 1), cases(2, ["1"], [cannot(0)], [])];
    expect(boundsOf(2, [], ...ended)).toEqual([0n, 1n]);
    const five = [
      [2, "1"],
      [0, "-5"],
    ];
    const range: Line[] = [["range", -1, 2]];
    const first = derive([[[3, "0"]], five, []]);
    refused("as many branches as cases", [], first, ["either", 0, [range, range]]);
    refused("constraint -1 leaves signal 2 without bounds", [], first, ["either", 0, [range]]);
    const second = derive([five, [[3, "0"]], []]);
    refused("constraint -1 leaves signal 2 without bounds", [], second, ["either", 0, [range, range]]);
    expect(boundsOf(2, [], second, ["either", 0, [range, []]])).toBe(undefined);
  });

  it("does not make one bit of two be 1", () => {
    const bits = [isBit(0, 2), isBit(1, 3), zero([2, "0"], [3, "0"])];
    const other: Line[] = [["range", 2, 3]];
    refused("leaves signal 3 without bounds", [bit(2), bit(3)], ...bits, cases(2, ["1"], other, []));
    refused("leaves signal 3 without bounds", [bit(2), bit(3)], ...bits, cases(2, ["1"], [], other));
    const both = cases(2, ["1"], [cases(3, ["1"], [cannot(2)], [])], [cases(3, ["1"], [], [cannot(2)])]);
    const { facts } = checkedOf([bit(2), bit(3)], ...bits, both);
    expect([2, 3].map((signal) => [facts.boundsOf(signal), facts.knows(signal)])).toEqual([
      [[0n, 1n], false],
      [[0n, 1n], false],
    ]);
  });

  it("does not make a digit known", () => {
    const sum = linear([2, 1n], [3, 1n], [1, -1n]);
    const bits = [isBit(0, 2), isBit(1, 3), isBit(2, 4), given];
    const same = derive(
      [
        [],
        [],
        [
          [2, "-1"],
          [3, "-1"],
          [1, "1"],
          [4, "0"],
        ],
      ],
      [[3, [["-1"]]]],
    );
    for (const signal of [2, 3]) {
      refused(`leaves signal ${signal} open`, [bit(2), bit(3), bit(4), sum], ...bits, same, ["radix", 4, [signal]]);
    }
    refused("signal 4 is no unknown part", [bit(2), bit(3), bit(4), sum], ...bits, same, ["radix", 4, [4]]);
  });

  it("of a signal that is named twice is their sum", () => {
    checkedOf([], zero([2, "1"], [2, "-1"]));
    refused("is not that sum", [], zero([2, "1"], [2, "0"]));
  });

  it("is no divisor of another constraint", () => {
    const product: Sums = [[[2, 1n]], [[3, 1n]], []];
    refused("nothing is added so", [product], derive([[], [], [[3, "1"]]], [[0, [["1"]]]], [2]));
    refused("is not that sum", [product], nonzero(2), derive([[], [], [[3, "1"]]], [[0, [["1"]]]], [2, 2]));
  });
});

describe("a quotient", () => {
  const quotient: Line[] = [nonzero(3), ["define", [[2, "1"]], 3]];

  it("is not what is divided", () => {
    checkedOf([], ...quotient, derive([[[8, "1"]], [[3, "1"]], [[2, "1"]]], [[0, [["1"]]]]));
    refused("is not that sum", [], ...quotient, zero([8, "1"], [2, "-1"]));
  });

  it("is one signal of its own: another with the same parts may be another number", () => {
    refused("is not that sum", [], ...quotient, ["define", [[2, "1"]], 3], zero([8, "1"], [9, "-1"]));
  });
});

describe("a sum that wraps", () => {
  const third = P / 3n;

  it("gives no bounds, though its parts have some", () => {
    const sum = linear([2, third], [3, third], [4, third], [5, -1n]);
    const digits = [2, 3, 4].map((signal) => within(signal, 0, 1));
    expect(checkedOf([sum], ...digits, ["range", 0, 5]).facts.boundsOf(5)).toEqual([0n, 3n * third]);
    const wider = linear([2, third], [3, third], [4, third + 3n], [5, -1n]);
    refused("leaves signal 5 without bounds", [wider], ...digits, ["range", 0, 5]);
  });

  it("gives no digits", () => {
    const digits = (top: bigint, high: number): [Sums[], Line[]] => [
      [linear([1, -1n], [2, top], [3, 1n])],
      [given, within(2, 0, high), within(3, 0, 1)],
    ];
    const [fits, lines] = digits((P - 1n) / 4n, 3);
    expect(checkedOf(fits, ...lines, ["radix", 0, [2, 3]]).facts.knows(3)).toBe(true);
    // 4 · (P − 1) / 4 and 1 are P: two numbers with one sum.
    const [wraps, more] = digits((P - 1n) / 4n, 4);
    refused("constraint 0 may wrap", wraps, ...more, ["radix", 0, [2]]);
    refused("constraint 0 may wrap", wraps, ...more, ["radix", 0, [3]]);
  });

  it("does not tell cases apart: 0 and P are one number", () => {
    const half = (P - 1n) / 2n;
    const copies = [linear([2, 1n], [3, -1n]), linear([2, 1n], [4, -1n])];
    const range: Line[] = [
      ["range", 0, 3],
      ["range", 1, 4],
      ["range", 2, 1],
    ];
    const known = (last: bigint): boolean => {
      const sum = linear([1, -1n], [2, half], [3, half], [4, last]);
      const line = cut(2, 1, "1", range, range);
      return checkedOf([...copies, sum], given, within(2, 0, 1), line).facts.knows(2);
    };
    expect([known(1n), known(2n)]).toEqual([false, true]);
  });

  it("does not make a factor other than 0", () => {
    const half = (P - 1n) / 2n;
    const times: Sums = [
      [
        [2, half],
        [3, half],
        [4, 1n],
      ],
      [[5, 1n]],
      [[1, 1n]],
    ];
    const lines = (low: number): Line[] => [given, chosen(2, 3, 4), ...[2, 3, 4].map((one) => within(one, low, 2))];
    refused("factor of signal 5 may be 0", [times], ...lines(1), ["follows", 0]);
  });

  it("does not make two intervals meet that are further apart than numbers are", () => {
    for (const by of [P, -P - 5n, 2n * P, -(P ** 2n)]) {
      expect(boundsOf(2, [], within(2, 0, 5), within(2, by, by + 1n))).toEqual([0n, 5n]);
      expect(boundsOf(2, [], within(2, 0, 5), within(2, by + 3n, by + 3n))).toEqual([0n, 5n]);
    }
    // All that is between is less than P.
    expect(boundsOf(2, [], within(2, 0, 5), within(2, 5, P - 1n))).toEqual([5n, 5n]);
    expect(boundsOf(2, [], within(2, 0, 5), within(2, 5, P))).toEqual([0n, 5n]);
    refused("no case can be", [], within(2, 0, 5), within(2, P - 1n, P - 1n));
  });
});

describe("a name", () => {
  const branches = (first: string, second: string): Line[][] =>
    [first, second].map((reason) => [["named", "assumed", reason, [3]]]);

  it("is told in each case that has it, and not only in the last", () => {
    const checker = checkedOf([bit(1)], given, isBit(0, 1), cases(1, ["1"], ...branches("much", "little")));
    expect([checker.facts.knows(3), checker.named.slice(1)]).toEqual([
      true,
      [
        ["assumed", "much", 3],
        ["assumed", "little", 3],
      ],
    ]);
    const { assumed, reasons } = outcomeOf(checker);
    expect([assumed, reasons.assumed]).toEqual([[3], { much: 1, little: 1 }]);
  });

  it("of what was free, and is assumed after that for the same reason, is told as well", () => {
    const checker = checkedOf([], ["named", "free", "x", [3]], ["named", "assumed", "x", [3]]);
    expect([checker.facts.knows(3), checker.named]).toEqual([
      true,
      [
        ["free", "x", 3],
        ["assumed", "x", 3],
      ],
    ]);
    const { reasons } = outcomeOf(checker);
    expect(reasons).toEqual({ chosen: { x: 1 }, assumed: { x: 1 }, conditions: {} });
  });

  it("that is free lets nothing follow from the signal", () => {
    const copy = linear([2, 1n], [3, -1n]);
    const free: Line = ["named", "free", "no use", [2]];
    refused("is not linear in one signal", [copy], free, ["follows", 0]);
    refused("is not linear in one signal", [copy], free, ["divides", "test", 0]);
    const range: Line[] = [["range", 0, 2]];
    const apart = [within(3, 0, 1), cut(3, 2, "1", range, range)];
    expect(checkedOf([copy], free, ...apart).facts.knows(3)).toBe(false);
    expect(checkedOf([copy], chosen(2), ...apart).facts.knows(3)).toBe(true);
    expect(
      checkedOf([copy, seven], free, within(2, 0, 1), cases(2, ["1"], [["follows", 1]], [["follows", 1]])).facts.knows(
        4,
      ),
    ).toBe(false);
  });

  it("that is free is not one of a signal that is known", () => {
    refused("signal 1 is not free", [], given, ["named", "free", "no use", [1]]);
  });

  it("is one of six sorts, as far as anything is allowed by it", () => {
    refused("signal 3 is not given", [], ["named", "given", "test", [3]]);
    for (const one of [[], [chosen(3)]]) refused("signal 3 is not Given", [], ...one, ["named", "Given", "test", [3]]);
    for (const sort of ["within", "nonzero"]) {
      expect(checkedOf([], ["named", sort, "test", [3], "0", "1"]).facts.knows(3)).toBe(false);
    }
  });
});
