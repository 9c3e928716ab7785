/** What `npm run equations` says of the rows of a circuit. */
import { expect, test } from "vitest";
import type { RowDifferences } from "../../prover/certificate/machine/sameRows.ts";
import { rowLines } from "../../scripts/lib/rowLines.ts";

const same = (row: number, without: readonly string[] = []): RowDifferences => ({
  row,
  constraints: [],
  signals: [],
  roles: [],
  without,
});

test("rows that are the same are counted, and those that lack signals are named", () => {
  const rows = [same(0, ["a", "b"]), same(1)];
  expect(rowLines("batch-8", "row 2", { rows, notGiven: [], others: [] })).toEqual([
    "batch-8: 2 of 2 rows are row 2 under other names",
    "  row 0 has numbers or sums in place of 2 of its signals",
  ]);
});

test("what is missing is told with its row, and of many a few", () => {
  const constraints = ["a", "b", "c", "d", "e", "f", "g"];
  const rows = [same(0), { ...same(1), constraints, signals: ["s"], roles: ["op.actor"] }];
  expect(rowLines("batch-8", "row 2", { rows, notGiven: ["the seq of row 1"], others: ["x, y"] })).toEqual([
    "batch-8: 1 of 2 rows are row 2 under other names",
    ...constraints.slice(0, 5).map((one) => `  row 1 has no such constraint: ${one}`),
    "  row 1 has no such constraint: 2 more",
    "  row 1 has two signals for one: s",
    "  row 1 has something else at: op.actor",
    "  not so: the seq of row 1",
    "  a rule of rows that is none of the row's, about: x, y",
  ]);
});
