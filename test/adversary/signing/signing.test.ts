import { expect, test } from "vitest";
import { runSigning } from "./runSigning.ts";

test("two runs with the same log change the signer's goods in the same way", async () => {
  const { tried, shifted, proven, forged, examples } = await runSigning({ tried: 20, seed: 11 });
  expect(examples).toEqual([]);
  expect({ tried, shifted }).toEqual({ tried: 20, shifted: 0 });
  expect(proven).toBeGreaterThan(0);
  expect(forged).toBeGreaterThan(0);
});
