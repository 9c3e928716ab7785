/** A little of the imports against a chain of its own; the rest is in `npm run adversary`. */
import { expect, test } from "vitest";
import { runImports } from "./imports.ts";

test("random transactions, as clients show them and with lies in them, end as on their chain, or it is said", async () => {
  const { tried, wrong, examples } = await runImports({ cases: 300, seed: 1 });
  expect({ tried, wrong, examples }).toEqual({ tried: 300, wrong: 0, examples: [] });
});
