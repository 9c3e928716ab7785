/** Long runs of correct dealings in random order have no findings. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../trace/check/index.ts";
import { DEALINGS, PROGRAMS, World } from "../lib/cleanRun.ts";

test("hundreds of correct dealings have no findings, and the check takes seconds", () => {
  const dealing = fc.record({
    what: fc.constantFrom(...DEALINGS),
    from: fc.nat(PROGRAMS - 1),
    to: fc.nat(PROGRAMS - 2),
  });
  let checking = 0;
  let transitions = 0;
  fc.assert(
    fc.property(fc.array(dealing, { minLength: 100, maxLength: 400, size: "max" }), (all) => {
      const world = new World();
      for (const deal of all) world.deal(deal);
      const begun = performance.now();
      const findings = check(world.tracer);
      checking += performance.now() - begun;
      transitions += world.tracer.seq;
      expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
  // Ten thousand in a few seconds, on any machine that tests run on.
  expect(checking / transitions).toBeLessThan(1);
});
