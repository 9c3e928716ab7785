/** What random certificates of random circuits say is so in all witnesses; and where a rule is wrong, it is seen. */
import { describe, expect, it } from "vitest";
import { RULES } from "../../verifier/certificate/rules.ts";
import { FAULTS } from "../lib/certificateFaults.ts";
import { fuzzed } from "../lib/certificateFuzz.ts";

/** So many certificates are made up. */
const SEQUENCES = 80;
/** How often a rule must have changed what is known: else it was not tried. */
const LEAST = {
  follows: 100,
  range: 500,
  radix: 4,
  either: 300,
  cases: 100,
  onehot: 4,
  absurd: 10,
  define: 100,
  derive: 20,
};

it("no line that is accepted says what a witness contradicts", () => {
  const { found, useful } = fuzzed(1, SEQUENCES, RULES);
  expect(found).toBe(null);
  expect(Object.entries(LEAST).filter(([rule, least]) => (useful.get(rule) ?? 0) < least)).toEqual([]);
});

describe("a false fact is found where", () => {
  for (const [what, rules, seed] of FAULTS) {
    it(what, () => expect(fuzzed(seed, SEQUENCES, rules).found).not.toBe(null));
  }
});
