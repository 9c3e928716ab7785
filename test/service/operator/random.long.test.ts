import fc from "fast-check";
import { test } from "vitest";
import { happening, liveThrough } from "./lib/randomLife.ts";

test("many random lives, with a store and without, end well", async () => {
  const length = { minLength: 20, maxLength: 300 };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, length), fc.boolean(), async (all, store) => {
      await liveThrough(all, store);
    }),
    { numRuns: Number(process.env.LIVES ?? 60) },
  );
});
