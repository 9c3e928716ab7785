/** The same as honest.test.ts, with longer runs. */
import { expect, test } from "vitest";
import { acceptsRandomRun } from "../lib/honestRun.ts";

test.each([
  [4, false],
  [5, false],
  [6, true],
  [7, true],
])("every batch of a long random run is accepted (seed %i, moored: %s)", async (seed, moored) => {
  expect(await acceptsRandomRun(seed, 1500, moored)).toBeGreaterThan(100);
});
