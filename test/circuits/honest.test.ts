/** Nothing true is lost: whatever the tracer accepts, alone or in groups, with checks and triggers, has a witness. */
import { expect, test } from "vitest";
import { acceptsRandomRun } from "../lib/honestRun.ts";

test.each([3, 4])("every batch of a random run is accepted (seed %i)", async (seed) => {
  expect(await acceptsRandomRun(seed, 350)).toBeGreaterThan(20);
});
