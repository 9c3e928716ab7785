import fc from "fast-check";
import { expect, test } from "vitest";
import { type Happening, RandomLife } from "./lib/randomLife.ts";

const happening: fc.Arbitrary<Happening> = fc.tuple(fc.nat(11), fc.nat(999), fc.nat(999));
const life = (length: number) => fc.array(happening, { minLength: length, maxLength: length });

async function lives(all: readonly Happening[]): Promise<{ transitions: number; withdrawn: number; proven: number }> {
  const life = await RandomLife.begin();
  for (const each of all) await life.happens(each);
  return life.examine();
}

test("whatever happens, the run replays, every effect belongs to one proposal, and every proof is of signed batches", async () => {
  const seen = { transitions: 0, withdrawn: 0, proven: 0 };
  await fc.assert(
    fc.asyncProperty(life(120), async (all) => {
      const { transitions, withdrawn, proven } = await lives(all);
      seen.transitions += transitions;
      seen.withdrawn += withdrawn;
      seen.proven += proven;
    }),
    { numRuns: 4, seed: 16 },
  );
  // All of it was there to be wrong.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
