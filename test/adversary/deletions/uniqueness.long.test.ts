/** A witness is unique: every wire follows from the inputs, and no private input can have another value. */
import { expect, test } from "vitest";
import { HARMLESS, runUniqueness } from "./uniqueness.ts";

test("every wire has one value, except a few without meaning", async () => {
  const { templates, open, tried, free } = await runUniqueness({ quick: true, seed: 1 });
  const sum = (of: (t: (typeof templates)[number]) => number): number => templates.reduce((n, t) => n + of(t), 0);
  console.log(
    `${templates.length} templates: ${sum((t) => t.linear)} wires by linear equations, ${sum((t) => t.quotients)} quotients, ` +
      `${sum((t) => t.bits)} bits, ${sum((t) => t.inverses)} inverses, ${sum((t) => t.signs)} signs; ${tried} searched`,
  );
  expect(open).toEqual([]);
  expect(free.filter((name) => !HARMLESS.some(([pattern]) => pattern.test(name)))).toEqual([]);
});
