/** Some imports against a chain of their own. The rest is in `npm run adversary`. */
import { expect, test } from "vitest";
import { runImports } from "./imports.ts";

test("random transactions in the forms of clients, some with lies, end as on their chain, or the report says so", async () => {
  const { tried, wrong, examples } = await runImports({ cases: 300, seed: 1 });
  expect({ tried, wrong, examples }).toEqual({ tried: 300, wrong: 0, examples: [] });
});
