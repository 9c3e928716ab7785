/** Every batch that the tracer accepts has a witness: single effects and groups, with checks and triggers. */
import { expect, test } from "vitest";
import { acceptsRandomRun } from "../lib/honestRun.ts";

test("every batch of a random run is accepted", async () => {
  expect(await acceptsRandomRun(3, 90)).toBeGreaterThan(7);
});

test("so is every batch of a random run of a moored map", async () => {
  expect(await acceptsRandomRun(1, 90, true)).toBeGreaterThan(7);
});
