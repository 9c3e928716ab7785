/** The same as honest.test.ts, with longer runs. */
import { expect, test } from "vitest";
import { acceptsRandomRun } from "../lib/honestRun.ts";

test.each([4, 5])("every batch of a long random run is accepted (seed %i)", async (seed) => {
  expect(await acceptsRandomRun(seed, 1500)).toBeGreaterThan(100);
});
