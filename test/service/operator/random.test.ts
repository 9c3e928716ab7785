import fc from "fast-check";
import { expect, test } from "vitest";
import { happening, liveThrough } from "./lib/randomLife.ts";

const WHATEVER =
  "whatever happens, the run replays, every effect belongs to one proposal, and every proof is of signed batches";

test(WHATEVER, async () => {
  const [all = []] = fc.sample(fc.array(happening, { minLength: 120, maxLength: 120 }), { numRuns: 1, seed: 6 });
  const seen = await liveThrough(all, true);
  // All of it was there to be wrong.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
