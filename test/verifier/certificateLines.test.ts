/** What is no line of a certificate is refused as one that does not hold, and named. */
import { describe, expect, it } from "vitest";
import { check } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/checker.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import { bit, checkedOf, checkerOf, given, linear, within } from "../lib/smallChecker.ts";

const titled = (lines: readonly Line[]) => lines.map((line) => [JSON.stringify(line), line] as const);

describe("what is no line", () => {
  it("is refused, and named", () => {
    for (const line of [null, 5, "follows", {}, [], [["follows"], 9], true]) {
      expect(() => check(checkerOf(), line as unknown as Line, 3)).toThrow(/^line 3 \(/);
      expect(() => check(checkerOf(), line as unknown as Line, 3)).toThrow(Refusal);
    }
  });

  it("is a rule that every object has", () => {
    for (const rule of ["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf"]) {
      expect(() => checkerOf().apply([rule])).toThrow(`there is no rule "${rule}"`);
    }
  });

  it("has a constraint under no other name of its number", () => {
    const copy = linear([1, 1n], [2, -1n]);
    checkedOf([copy], given, ["follows", 0]);
    for (const n of ["0", [0], [["0"]], -0.5, 0.5, null, true, {}, -1, 1]) {
      const checker = checkedOf([copy], given);
      expect(() => check(checker, ["follows", n], 2)).toThrow(Refusal);
      expect(checker.facts.knows(2)).toBe(false);
    }
  });

  it.each(
    titled([
      ["named", "chosen", "test", ["2"]],
      ["named", "chosen", "test", 2],
      ["within", "test", "2", "0", "1"],
      ["within", "test", 2, 0, 1],
      ["nonzero", "test", ["2"]],
      ["define", [["2", "1"]]],
      ["define", [[2, 1]]],
      ["define", [[2, "1"]], "0"],
      ["derive", [[], [], []], [["0", [["0"]]]], []],
      ["derive", [[], [], []], [[0, [[0]]]], []],
      ["derive", [[], [], []], [[0, [["0", "1"]]]], []],
      ["derive", [[], [], []], [], ["2"]],
      ["range", "0", 2],
      ["range", [["0", "1"]], 2],
      ["range", [[0, 1]], 2],
      ["range", 0, "2"],
      ["radix", 0, 1, [2]],
      ["radix", 0, "1", ["2"]],
      ["either", "1", [[], []]],
      ["cases", "2", null, ["1"], [[], []]],
      ["cases", 2, null, [1], [[], []]],
      ["cases", 2, "0", ["1"], [[], []]],
      ["onehot", "0", null, [[], []]],
    ]),
  )("has no numbers as texts, and no texts as numbers: %s", (_, line) => {
    const checker = checkedOf([linear([1, 1n], [2, -1n]), bit(2)], ["nonzero", "test", [2]], within(1, 0, 1));
    checker.apply(within(2, 0, 1));
    expect(() => check(checker, line, 4)).toThrow(/^line 4 \(/);
  });

  it.each(
    titled([
      ["named", "given", "test", [-1]],
      ["named", "assumed", "test", [8]],
      ["within", "test", 8, "0", "1"],
      ["nonzero", "test", [-1]],
      ["define", [[8, "1"]]],
      ["define", [[1, "1"]], 8],
      ["derive", [[], [], [[8, "0"]]], [], []],
      ["derive", [[], [], []], [[0, [["0", 8]]]], []],
      ["derive", [[], [], []], [], [8]],
      ["range", 0, 8],
      ["radix", 0, "1", [8]],
      ["cases", 8, null, ["1"], [[], []]],
      ["cases", 2, [[8, "0"]], ["1"], [[], []]],
    ]),
  )("has no signals that there are not: %s", (_, line) => {
    const checker = checkedOf([linear([1, 1n], [2, -1n])], within(1, 0, 1), within(2, 0, 1));
    expect(() => check(checker, line, 4)).toThrow(/^line 4 \(/);
  });
});
