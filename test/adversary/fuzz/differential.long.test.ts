/** Ten thousand transitions, accepted and refused, through machine, replay, witness calculator and constraints. */
import { expect, test } from "vitest";
import { runDifferential } from "./differential.ts";

test("they agree on 10,000 transitions", async () => {
  const { disagreements, examples, tally } = await runDifferential({ transitions: 10_000, seed: 2 });
  expect({ disagreements, examples }).toEqual({ disagreements: 0, examples: [] });
  // The test needs both accepted and refused rows, and several reasons.
  expect(tally.accepted).toBeGreaterThan(4000);
  expect(tally.refused).toBeGreaterThan(1000);
  expect(Object.keys(tally.invariants).length).toBeGreaterThan(10);
});
