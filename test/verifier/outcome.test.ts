/** What a certificate that was checked says of each signal: given, chosen, assumed or open, and how often for what. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../verifier/certificate/checker.ts";
import { type Outcome, outcomeOf } from "../../verifier/outcome.ts";
import type { Sums } from "../lib/r1csFile.ts";
import { bit, checkedOf, chosen, cut, given, isBit, linear } from "../lib/smallChecker.ts";

/** Signal 2 is signal 1; signal 3 is a bit; and signals 4 and 5 are 7 in all. Nothing is said of 6 and 7. */
const SYSTEM: readonly Sums[] = [linear([1, 1n], [2, -1n]), bit(3), linear([4, 1n], [5, 1n], [0, -7n])];
const outcome = (...lines: Line[]): Outcome => outcomeOf(checkedOf(SYSTEM, ...lines));
const named = (sort: string, reason: string, ...signals: number[]): Line => ["named", sort, reason, signals];
const within = (reason: string, ...signals: number[]): Line => ["named", "within", reason, signals, "0", "9"];

describe("the outcome of a certificate", () => {
  it("without lines is that all is open, and nothing is assumed", () => {
    expect(outcome()).toEqual({
      given: [],
      chosen: [],
      assumed: [],
      open: [1, 2, 3, 4, 5, 6, 7],
      reasons: { chosen: {}, assumed: {}, conditions: {} },
    });
  });

  it("has each signal in one list, or in none if it is proven", () => {
    const found = outcome(
      given,
      ["follows", 0],
      chosen(5),
      ["follows", 2],
      named("free", "no use", 6),
      within("w", 3),
      [...named("assumed", "a", 7)],
    );
    expect(found).toEqual({
      given: [1],
      chosen: [5, 6],
      assumed: [7],
      open: [3],
      reasons: { chosen: { test: 1, "no use": 1 }, assumed: { a: 1 }, conditions: { w: 1 } },
    });
  });

  it("has what a division assumes among what is assumed", () => {
    const found = outcome(chosen(5), ["divides", "no divisor is 0", 2]);
    expect([found.assumed, found.reasons.assumed]).toEqual([[4], { "no divisor is 0": 1 }]);
  });

  it("has a signal that is free and known afterwards as chosen, and not as open", () => {
    const free = outcome(named("free", "no use", 2, 4));
    expect([free.chosen, free.open]).toEqual([
      [2, 4],
      [1, 3, 5, 6, 7],
    ]);
    const known = outcome(named("free", "no use", 2, 4), given, ["follows", 0]);
    expect([known.chosen, known.open]).toEqual([
      [2, 4],
      [3, 5, 6, 7],
    ]);
  });

  it("counts a signal that is free and then chosen once for each reason, and has it once as chosen", () => {
    const both = outcome(named("free", "no use", 4), named("chosen", "any", 4), ["follows", 2]);
    expect([both.chosen, both.reasons.chosen]).toEqual([[4], { "no use": 1, any: 1 }]);
    expect(both.open).not.toContain(4);
    const same = outcome(named("free", "any", 4), named("free", "any", 4, 4), named("chosen", "any", 4));
    expect([same.chosen, same.reasons.chosen]).toEqual([[4], { any: 1 }]);
  });

  it("has a signal that is free and then assumed in the list of chosen ones alone, and tells both reasons", () => {
    const found = outcome(named("free", "no use", 4), named("assumed", "a", 4));
    expect([found.chosen, found.assumed, found.reasons]).toEqual([
      [4],
      [],
      { chosen: { "no use": 1 }, assumed: { a: 1 }, conditions: {} },
    ]);
  });

  describe("of what is assumed in a case", () => {
    const branches = (...both: Line[][]): Line => cut(3, 3, "1", ...both);
    const assumed = named("assumed", "in a case", 4);

    it("leaves a signal open that is not known at the end, and tells the reason", () => {
      const found = outcome(named("chosen", "any", 3), isBit(1, 3), branches([assumed], []));
      expect([found.assumed, found.reasons.assumed]).toEqual([[], { "in a case": 1 }]);
      expect(found.open).toContain(4);
    });

    it("has it as assumed if it is known in the other case, too", () => {
      const chosenThere = named("assumed", "elsewhere", 4);
      for (const [other, reasons] of [
        [assumed, { "in a case": 1 }],
        [chosenThere, { "in a case": 1, elsewhere: 1 }],
      ] as const) {
        const found = outcome(named("chosen", "any", 3), isBit(1, 3), branches([assumed], [other]));
        expect([found.assumed, found.reasons.assumed]).toEqual([[4], reasons]);
        expect(found.open).not.toContain(4);
      }
    });

    it("leaves it open where nobody knows which case is so", () => {
      const found = outcome(isBit(1, 3), branches([assumed], [assumed]));
      expect([found.assumed, found.reasons.assumed]).toEqual([[], { "in a case": 1 }]);
      expect(found.open).toContain(4);
    });

    it("has none of a case that cannot be", () => {
      const found = outcome(named("chosen", "any", 3), isBit(1, 3), cut(3, 3, "2", [], [assumed]));
      expect([found.open.includes(4), found.reasons.assumed]).toEqual([true, {}]);
    });
  });

  it("counts conditions each time: the same of one signal twice is two", () => {
    const twice = outcome(within("w", 3), within("w", 3), named("nonzero", "n", 3, 3), named("nonzero", "w", 4));
    expect(twice.reasons).toEqual({ chosen: {}, assumed: {}, conditions: { w: 3, n: 2 } });
    // No condition makes a signal known.
    expect(twice.open).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("counts a choice or an assumption for a signal and a reason once, also if both have the same reason", () => {
    const found = outcome(named("chosen", "r", 3, 4), named("assumed", "r", 5, 6));
    expect(found.reasons).toEqual({ chosen: { r: 2 }, assumed: { r: 2 }, conditions: {} });
  });

  it("counts signals that lines added for their reasons, and has them in no list", () => {
    const lines: Line[] = [
      ["define", [[4, "2"]]],
      ["define", [[5, "1"]]],
      ["define", [[6, "1"]]],
    ];
    const found = outcome(
      ...lines,
      named("chosen", "c", 8),
      named("assumed", "a", 9),
      named("free", "c", 10),
      within("w", 10),
      ["follows", 3],
    );
    expect(found).toEqual({
      given: [],
      chosen: [],
      assumed: [],
      open: [1, 2, 3, 5, 6, 7],
      reasons: { chosen: { c: 2 }, assumed: { a: 1 }, conditions: { w: 1 } },
    });
  });

  it("tells the signals of what is given, and only those, as given", () => {
    expect(outcome(given).given).toEqual([1]);
    // The constant 1 may be named, and is no signal of a list.
    expect(outcome(named("given", "test", 0)).given).toEqual([]);
  });
});
