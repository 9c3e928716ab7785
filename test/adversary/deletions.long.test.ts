/** No constraint is deleted unnoticed: each statement that asks, and a third of those that give signals their values. */
import { expect, test } from "vitest";
import { runDeletions } from "./deletions.ts";

test("whatever constraint is deleted, a forgery is accepted or a second witness exists", async () => {
  const { tried, caught, by, survivors } = await runDeletions({ quick: true, seed: 1 });
  console.log(
    `${tried} constraints deleted, ${caught} noticed: by forgeries ${by.forgery}, by other outputs ${by.output}, ` +
      `by other wires inside ${by.inside}; ${by.implied} follow from others`,
  );
  expect(survivors).toEqual([]);
});
