/** Nothing true is lost: whatever the tracer accepts, alone or in groups, with checks and triggers, has a witness. */
import { expect, test } from "vitest";
import { acceptsRandomRun } from "../lib/honestRun.ts";

test("every batch of a random run is accepted", async () => {
  expect(await acceptsRandomRun(3, 90)).toBeGreaterThan(7);
});
