/**
 * Every deleted constraint is noticed: each asserting statement, and a third of those that give signals their values
 * (`npm run adversary -- --only deletions --seed N` takes others).
 */
import { expect, test } from "vitest";
import { runDeletions } from "./deletions.ts";

test("without a constraint, a forgery is accepted or a second witness exists", async () => {
  const seed = 1;
  const { tried, caught, by, implied, survivors } = await runDeletions({ quick: true, seed });
  console.log(
    `seed ${seed}: ${tried} constraints deleted, ${caught} noticed: by forgeries ${by.forgery}, by other outputs ${by.output}, ` +
      `by other wires inside ${by.inside}; ${implied.length} more follow from others`,
  );
  expect(survivors, `with seed ${seed}`).toEqual([]);
  expect(caught).toBe(tried);
});
