/** Rules of the certificate's checker about cases, one by one: where they hold, and the nearest that must not. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import type { Sums } from "../lib/r1csFile.ts";
import {
  bit,
  boundsOf,
  checkedOf,
  chosen,
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
    refused("is not a product that is 0", [product(2, 3, one(0))], isBit(0, 2));
  });

  it("passes on what is known if a factor is known, or both are the same", () => {
    const third = linear([3, 1n], [0, -7n]);
    const same: Line = ["either", 0, [[["follows", 1]], [["follows", 1]]]];
    expect(knownOf([product(2, 1, []), third], given, same)).toEqual([1, 3]);
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
  /** Signal 3 is signal 2, or one of its multiples. */
  const copy = linear([2, 1n], [3, -1n]);
  const cases = (by: unknown, starts: string[], ...branches: Line[][]): Line => ["cases", 2, by, starts, branches];
  const range: Line[] = [["range", 0, 3]];

  it("leave what is between all that each leaves", () => {
    expect(boundsOf(3, [copy], within(2, 0, 5), cases(null, ["3"], range, range))).toEqual([0n, 5n]);
    refused("there are not as many branches as cases", [copy], within(2, 0, 5), cases(null, ["3"], range));
    refused("signal 2 has no bounds", [copy], cases(null, ["3"], range, range));
  });

  it("pass on what is known if the signal is known, or only one can be", () => {
    const learn: Line[] = [["follows", 1]];
    const constraints = [copy, linear([4, 1n], [0, -7n])];
    expect(knownOf(constraints, within(2, 0, 5), chosen(2), cases(null, ["3"], learn, learn))).toEqual([2, 4]);
    expect(knownOf(constraints, within(2, 0, 5), cases(null, ["3"], learn, learn))).toEqual([]);
    expect(knownOf(constraints, within(2, 0, 5), within(3, 0, 2), cases(null, ["3"], learn, [["absurd", 0]]))).toEqual([
      4,
    ]);
  });

  it("are told apart by a known sum", () => {
    // What is known is 10 times the signal, and a gap of one digit.
    const told = linear([1, 1n], [2, -10n], [3, -1n]);
    const lines = (gap: number, by: unknown = [[1, "1"]]): Line[] => [
      given,
      within(2, 0, 1),
      within(3, 0, gap),
      cases(by, ["1"], [["range", 0, 1]], [["range", 0, 1]]),
    ];
    expect(knownOf([told], ...lines(9))).toEqual([1, 2]);
    expect(knownOf([told], ...lines(10))).toEqual([1]);
    refused("the sum is not known", [told], ...lines(9, [[3, "1"]]));
  });

  it("are not told apart by a sum that lies nowhere in one of them", () => {
    const told = linear([1, 1n], [2, -10n], [3, -1n]);
    const range: Line[] = [["range", 0, 1]];
    for (const branches of [
      [range, []],
      [[], range],
      [[], []],
    ]) {
      const lines = [given, within(2, 0, 1), within(3, 0, 9), cases([[1, "1"]], ["1"], ...branches)];
      expect(knownOf([told], ...lines)).toEqual([1]);
    }
  });

  it("are told apart by what a linear constraint leaves to signals that are not known", () => {
    const told = linear([1, 1n], [2, -10n], [3, -1n]);
    const lines = (gap: number): Line[] => [given, within(2, 0, 1), within(3, 0, gap), cases(0, ["1"], [], [])];
    expect(knownOf([told], ...lines(9))).toEqual([1, 2]);
    expect(knownOf([told], ...lines(10))).toEqual([1]);
    refused("is not linear", [product(2, 3, one(1))], ...lines(9));
  });
});

describe("cases in cases", () => {
  it("leave the outer one as it was, also if the last of the inner ones cannot be", () => {
    const never = linear([3, 1n], [4, -1n], [0, -1n]);
    const lines = [within(2, 0, 1), within(3, 0, 1), within(4, 0, 0)];
    const inner: Line = ["cases", 3, null, ["1"], [[["absurd", 0]], []]];
    const other: Line = ["cases", 3, null, ["1"], [[], [["absurd", 1]]]];
    for (const line of [inner, other]) {
      const outer: Line = ["cases", 2, null, ["1"], [[], [line]]];
      expect(boundsOf(2, [never, linear([3, 1n], [4, -1n])], ...lines, outer)).toEqual([0n, 1n]);
    }
  });
});

describe("onehot", () => {
  const sum = linear([2, 5n], [3, 5n], [0, -5n]);
  const bits = [within(2, 0, 1), within(3, 0, 1)];
  const onehot = (by: unknown, ...branches: Line[][]): Line => ["onehot", 0, by, branches];
  const seven: Line = ["follows", 1];
  const four = linear([4, 1n], [0, -7n]);

  it("is one bit after the other", () => {
    const lines = [...bits, onehot(null, [["range", 1, 4]], [["range", 1, 4]])];
    expect(boundsOf(4, [sum, linear([4, 1n], [2, -3n], [3, -7n])], ...lines)).toEqual([3n, 7n]);
    refused("there are not as many branches as cases", [sum], ...bits, onehot(null, []));
  });

  it("has bits alone, and the sum 1", () => {
    refused("signal 3 is no bit", [sum], within(2, 0, 1), within(3, 0, 2), onehot(null, [], []));
    refused("signal 3 has no bounds", [sum], within(2, 0, 1), onehot(null, [], []));
    for (const other of [
      linear([2, 5n], [3, 4n], [0, -5n]),
      linear([2, 1n], [3, 1n], [0, -2n]),
      linear([2, 1n], [3, 1n]),
    ])
      refused("is no bit of a sum that is 1", [other], ...bits, onehot(null, [], []));
  });

  it("passes on what is known if the bits are known, or told apart by a known sum", () => {
    expect(knownOf([sum, four], ...bits, chosen(2, 3), onehot(null, [seven], [seven]))).toEqual([2, 3, 4]);
    expect(knownOf([sum, four], ...bits, onehot(null, [seven], [seven]))).toEqual([]);
    const index = (other: bigint): Sums => linear([1, -1n], [2, 3n], [3, other]);
    expect(knownOf([sum, index(4n)], given, ...bits, onehot(1, [], []))).toEqual([1, 2, 3]);
    expect(knownOf([sum, index(3n)], given, ...bits, onehot(1, [], []))).toEqual([1]);
  });
});

describe("absurd", () => {
  const cannot = linear([2, 1n], [3, -1n], [0, 1n]);
  const inCase = (line: Line): Line => ["cases", 2, null, ["1"], [[], [line]]];

  it("ends a case: a sum that is not 0 is said to be", () => {
    // Signal 3 is signal 2 and 1, and no more than 1.
    expect(boundsOf(2, [cannot], within(2, 0, 1), within(3, 0, 1), inCase(["absurd", 0]))).toEqual([0n, 0n]);
    refused("constraint 0 may hold", [cannot], within(2, 0, 1), within(3, 0, 2), inCase(["absurd", 0]));
  });

  it("is linear: a product of what is not 0 has two cases, and neither can be", () => {
    const zero = product(2, 3, []);
    const either: Line = ["either", 0, [[], []]];
    expect(boundsOf(2, [zero], within(2, 0, 2), within(3, 4, 5), inCase(either))).toEqual([0n, 0n]);
    expect(boundsOf(2, [zero], within(2, 0, 2), within(3, 0, 5), inCase(either))).toEqual([0n, 2n]);
    refused("is not linear", [zero], within(2, 0, 2), within(3, 4, 5), inCase(["absurd", 0]));
    refused("is not a product that is 0", [product(2, 3, one(4))], within(2, 0, 2), within(3, 4, 5), inCase(either));
  });

  it("is a case, and not all", () => {
    refused("constraint 0 cannot hold", [cannot], within(2, 1, 1), within(3, 0, 1), ["absurd", 0]);
    const both: Line = ["cases", 2, null, ["2"], [[["absurd", 0]], [["absurd", 0]]]];
    expect(() => checkedOf([cannot], within(2, 1, 2), within(3, 0, 1), both)).toThrow("no case can be");
  });
});
