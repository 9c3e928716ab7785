/** docs/security/forgeries.md says what the suite says. */
import { expect, test } from "vitest";
import { FORGERIES } from "./forgeries/index.ts";
import { forgeryTable } from "./forgeries/runForgeries.ts";
import { blockOf } from "./report.ts";

test("the suite writes the same table of forgeries; `npm run adversary -- --only forgeries --quick --write` renews it", () => {
  expect(blockOf("table")).toBe(forgeryTable());
});

test("each forgery is in the table under a name of its own", () => {
  const names = FORGERIES.map(({ of, rule, attempt }) => `${of}: ${rule}: ${attempt}`);
  expect(new Set(names).size).toBe(names.length);
  const lines = forgeryTable().split("\n");
  expect(lines.filter((line) => line.startsWith("| ") && !line.startsWith("| rule ")).length).toBe(names.length);
});
