/** What is no line of a certificate is refused as one that does not hold, and named. */
import { describe, expect, it } from "vitest";
import { check } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/checker.ts";
import { Refusal } from "../../verifier/certificate/field.ts";
import {
  bit,
  boundsOf,
  checkedOf,
  checkerOf,
  chosen,
  cut,
  given,
  linear,
  nonzero,
  within,
} from "../lib/smallChecker.ts";

const titled = (lines: readonly Line[]) => lines.map((line) => [JSON.stringify(line), line] as const);

describe("what is no line", () => {
  it("is refused, and named", () => {
    for (const line of [null, 5, "follows", {}, [], [["follows"], 9], true]) {
      expect(() => check(checkerOf(), JSON.stringify(line), 3)).toThrow(/^line 3 \(/);
      expect(() => check(checkerOf(), JSON.stringify(line), 3)).toThrow(Refusal);
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
      expect(() => check(checker, JSON.stringify(["follows", n]), 2)).toThrow(Refusal);
      expect(checker.facts.knows(2)).toBe(false);
    }
  });

  it.each(
    titled([
      ["named", "chosen", "test", ["2"]],
      ["named", "chosen", "test", 2],
      ["named", "within", "test", ["2"], "0", "1"],
      ["named", "within", "test", 2, "0", "1"],
      ["named", "within", "test", [2], 0, 1],
      ["named", "nonzero", "test", ["2"]],
      ["follows", "0"],
      ["follows", [["0", "1"]]],
      ["follows", [[0, 1]]],
      ["divides", "test", "0"],
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
      ["radix", "0", [2]],
      ["radix", [[0, 1]], [2]],
      ["radix", [["0", "1"]], [2]],
      ["radix", 0, ["2"]],
      ["radix", 0, 2],
      ["radix", 0, "1", [2]],
      ["either", "1", [[], []]],
      ["either", [["1", "1"]], [[]]],
      ["either", [[0, 1]], [[]]],
      ["cases", "2", 2, "1", [[], []]],
      ["cases", 2, 2, 1, [[], []]],
      ["cases", 2, 2, ["1"], [[], []]],
    ]),
  )("has no numbers as texts, and no texts as numbers: %s", (_, line) => {
    const checker = checkedOf([linear([1, 1n], [2, -1n]), bit(2)], nonzero(2), within(1, 0, 1));
    checker.apply(within(2, 0, 1));
    expect(() => check(checker, JSON.stringify(line), 4)).toThrow(/^line 4 \(/);
  });

  it.each(
    titled([
      ["named", "given", "test", [-1]],
      ["named", "assumed", "test", [8]],
      ["named", "within", "test", [8], "0", "1"],
      ["named", "nonzero", "test", [-1]],
      ["define", [[8, "1"]]],
      ["define", [[1, "1"]], 8],
      ["derive", [[], [], [[8, "0"]]], [], []],
      ["derive", [[], [], []], [[0, [["0", 8]]]], []],
      ["derive", [[], [], []], [], [8]],
      ["range", 0, 8],
      ["radix", 0, [8]],
      ["cases", 8, 2, "1", [[], []]],
      ["cases", 2, 2, "1", [[["range", 0, 8]], []]],
    ]),
  )("has no signals that there are not: %s", (_, line) => {
    const checker = checkedOf([linear([1, 1n], [2, -1n])], within(1, 0, 1), within(2, 0, 1));
    expect(() => check(checker, JSON.stringify(line), 4)).toThrow(/^line 4 \(/);
  });

  /** Lines that hold, but for the constraint's number. */
  const numbered: readonly ((n: unknown) => Line)[] = [
    (n) => ["follows", n],
    (n) => ["follows", 0, n],
    (n) => ["follows", [[n, "1"]]],
    (n) => ["divides", "test", n],
    (n) => ["range", n, 2],
    (n) => ["range", [[n, "1"]], 2],
    (n) => ["radix", n, [2]],
    (n) => ["radix", [[n, "1"]], [2]],
    (n) => ["either", n, [[]]],
    (n) => ["either", [[n, "1"]], [[]]],
    (n) => ["derive", [[], [], []], [[n, [["0"]]]], []],
    (n) => ["derive", [[], [], []], [[n, []]], []],
  ];
  const copy = linear([1, 1n], [2, -1n]);
  it.each(titled(numbered.map((line) => line(0))))("has the number of a constraint that there is: %s", (own) => {
    const line = numbered.find((one) => JSON.stringify(one(0)) === own) as (n: unknown) => Line;
    const checker = () => checkedOf([copy, copy, copy], given, within(1, 0, 1), within(2, 0, 1));
    for (const n of [0, 1, 2]) check(checker(), JSON.stringify(line(n)), 4);
    for (const n of [0.5, 1.5, 2.5, 3.5, -0.5, -1, -1.5, -3, 3, 1e300, "0", "1", "", "-1", null, true, {}, [0]]) {
      const on = checker();
      expect(() => check(on, JSON.stringify(line(n)), 4)).toThrow(/^line 4 \(/);
    }
    // Where there are none, no other value is the number of the first.
    for (const n of [0, 0.5, -1, "", "0", null, false, {}]) {
      expect(() => check(checkedOf([], given, within(2, 0, 1)), JSON.stringify(line(n)), 4)).toThrow(/^line 4 \(/);
    }
  });

  it("is one with a part missing", () => {
    const lines: Line[] = [
      ["named"],
      ["named", "chosen"],
      ["named", "chosen", "test"],
      ["named", "within", "test", [2]],
      ["define"],
      ["derive"],
      ["derive", [[], [], []]],
      ["derive", [[], [], []], []],
      ["divides"],
      ["divides", "test"],
      ["range"],
      ["range", 0],
      ["radix"],
      ["radix", 0],
      ["either"],
      ["either", 0],
      ["cases"],
      ["cases", 2],
      ["cases", 2, 2],
      ["cases", 2, 2, "1"],
      ["cases", 2, 2, "1", [[]]],
    ];
    for (const line of lines) {
      const checker = checkedOf([copy], given, within(1, 0, 1), within(2, 0, 1));
      expect(() => check(checker, JSON.stringify(line), 4)).toThrow(/^line 4 \(/);
    }
    // Of no constraint nothing follows.
    expect(checkedOf([copy], given, ["follows"]).facts.knows(2)).toBe(false);
  });

  it("is one of a rule that is gone", () => {
    const lines: Line[] = [
      ["within", "test", 2, "0", "1"],
      ["nonzero", "test", [2]],
      ["absurd", 0],
      ["onehot", 0, null, [[], []]],
    ];
    for (const line of lines) expect(() => checkedOf([copy], line)).toThrow(`there is no rule "${line[0]}"`);
  });

  it("tells no cases apart by what is no signal", () => {
    for (const by of [null, "2", "", 8, -1, 0.5, true, [2], {}, [[2, "1"]]]) {
      const line = cut(2, by, "1", [chosen(3)], [chosen(3)]);
      const checker = checkedOf([], within(2, 0, 1), chosen(2));
      check(checker, JSON.stringify(line), 3);
      expect(checker.facts.knows(3)).toBe(false);
    }
    expect(checkedOf([], within(2, 0, 1), chosen(2), cut(2, 2, "1", [chosen(3)], [chosen(3)])).facts.knows(3)).toBe(
      true,
    );
    expect(boundsOf(2, [], within(2, 0, 1), cut(2, null, "1", [], []))).toEqual([0n, 1n]);
  });
});
