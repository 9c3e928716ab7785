/**
 * The forgeries that are not everyday tests, with their honest neighbours; and every input of every operation, changed
 * by itself.
 */
import { expect, test } from "vitest";
import { OPS } from "../../../trace/layout.ts";
import { checkForgeries, checkRules } from "../../circuits/ruleCases.ts";
import { CELLS } from "./cells.ts";
import { COLUMNS_HELD } from "./columns.ts";
import { LIMITS } from "./limits.ts";
import { OWING } from "./owing.ts";
import { RIGHTS } from "./rights.ts";
import { systematic } from "./systematic.ts";
import { wholeBatch } from "./wholeBatch.ts";

checkRules(COLUMNS_HELD);
checkRules(CELLS);
checkRules(RIGHTS);
checkRules(LIMITS);
checkForgeries(OWING);

test("a row with one changed input is refused", async () => {
  const lines = await systematic({ quick: true, seed: 1 });
  expect(lines.flatMap((line) => line.holes)).toEqual([]);
  // All operations, padding among them, and Clear under both of its names or one.
  expect(lines.length).toBeGreaterThanOrEqual(OPS);
  for (const line of lines) expect(line.tried, line.of).toBeGreaterThan(150);
});

test("a batch with one changed input is refused", async () => {
  const lines = await wholeBatch(true, 1);
  expect(lines.flatMap((line) => line.holes)).toEqual([]);
  expect(lines.find((line) => line.of === "Public inputs")).toMatchObject({ tried: 5, refused: 5 });
});
