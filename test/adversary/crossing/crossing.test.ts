/** A little of the fuzz of moored maps on a chain. The rest is in `npm run adversary -- --only crossing`. */
import { expect, test } from "vitest";
import { runCrossing } from "./crossing.ts";

test("machine, rows, registry and client agree about moored maps, and nothing is left at the end", async () => {
  const { actions, examples, counts } = await runCrossing({ actions: 240, seed: 4, rebuildOneOf: 0 });
  expect(examples).toEqual([]);
  expect(actions).toBe(240);
  const seen = (what: string): number => counts.get(what) ?? 0;
  for (const what of ["advance: accepted", "requestExit: accepted", "leaveFrozen: accepted", "reorganisation"])
    expect(seen(what), what).toBeGreaterThan(0);
  expect(seen("exodus")).toBe(1);
});
