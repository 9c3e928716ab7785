/** More hostile input: proofs, files, nodes that lie. */
import { expect, test } from "vitest";
import { runHostile } from "./hostile.ts";

test("a thousand hostile inputs get the same verdict from all readers", async () => {
  const { tried, disagreements, examples } = await runHostile({ cases: 1_000, seed: 2 });
  expect({ tried, disagreements, examples }).toEqual({ tried: 1_000, disagreements: 0, examples: [] });
});
