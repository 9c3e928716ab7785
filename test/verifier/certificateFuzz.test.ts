/** What random certificates of random circuits say is so in all witnesses; and where a rule is wrong, it is seen. */
import { describe, expect, it } from "vitest";
import { RULES } from "../../verifier/certificate/rules.ts";
import { FAULTS } from "../lib/certificateFaults.ts";
import { fuzzed } from "../lib/certificateFuzz.ts";

/** So many certificates are made up. */
const SEQUENCES = 80;
/** How often a line of each form must have changed what is known, and been refused: else it was not tried. */
const LEAST: Readonly<Record<string, readonly [useful: number, refused: number]>> = {
  "named given": [20, 10],
  "named chosen": [20, 10],
  "named assumed": [20, 10],
  "named free": [20, 10],
  "named within": [40, 5],
  "named nonzero": [40, 1],
  define: [100, 40],
  "define by a divisor": [40, 30],
  derive: [100, 200],
  "derive in a case": [50, 100],
  "derive by divisors": [15, 10],
  follows: [100, 400],
  "follows of parts": [5, 30],
  divides: [3, 50],
  range: [1000, 2000],
  "range of parts": [400, 800],
  radix: [10, 200],
  "radix of parts": [4, 100],
  either: [500, 300],
  "either in 1": [100, 200],
  "either in 2": [400, 100],
  "either of parts": [50, 3],
  "either in a case": [300, 300],
  "either: which of two is so is known": [5, 0],
  cases: [300, 200],
  "cases in a case": [200, 200],
  "cases by itself, known": [20, 1],
  "cases by itself, unknown": [50, 30],
  "cases by another, known": [200, 100],
  "cases by another, unknown": [50, 30],
  "cases: another signal tells which is so": [5, 0],
};
/** Never accepted: what holds in a case is not added for all, and each case has its branch. */
const NEVER = ["derive of a case", "either in 0", "either in 3", "named proven"];

it("no line that is accepted says what a witness contradicts", () => {
  const { found, accepted, useful, refused } = fuzzed(1, SEQUENCES, RULES);
  expect(found).toBe(null);
  const isTried = ([form, [most, wrong]]: readonly [string, readonly [number, number]]): boolean =>
    (useful.get(form) ?? 0) >= most && (refused.get(form) ?? 0) >= wrong;
  expect(Object.entries(LEAST).filter((one) => !isTried(one))).toEqual([]);
  expect(NEVER.map((form) => [accepted.get(form), (refused.get(form) ?? 0) > 5])).toEqual(
    NEVER.map(() => [undefined, true]),
  );
});

describe("a false fact is found where", () => {
  for (const { what, rules, change, seed } of FAULTS) {
    it(what, () => expect(fuzzed(seed, SEQUENCES, rules, change).found).not.toBe(null));
  }
});
