import fc from "fast-check";
import { expect, test } from "vitest";
import { happening, liveThrough } from "./lib/randomLife.ts";

const WHATEVER =
  "whatever happens, the run replays, every effect belongs to one proposal, and every proof is of signed batches";

test.each([false, true])(`${WHATEVER} (with a store: %s)`, async (store) => {
  const seen = { transitions: 0, withdrawn: 0, proven: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 120, maxLength: 120 }), async (all) => {
      const { transitions, withdrawn, proven } = await liveThrough(all, store);
      seen.transitions += transitions;
      seen.withdrawn += withdrawn;
      seen.proven += proven;
    }),
    { numRuns: 1, seed: 16 },
  );
  // All of it was there to be wrong.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
