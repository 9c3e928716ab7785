/** As witness.long.test.ts, for every way that a real row takes in the compared row: the search follows each. */
import { expect, test } from "vitest";
import type { Path } from "../../../prover/certificate/equations/paths.ts";
import { compared } from "../../../prover/certificate/machine/compare.ts";
import { SMALL } from "../../lib/circuit.ts";
import { followed, waysIn } from "../../lib/followed.ts";
import { COMPARED, newBatches, readyRows, valuesOf } from "../../lib/realWitnesses.ts";

test("each way that real rows take: the search enters their cases, and shows this way alone", async () => {
  const { whole, own, names, row } = await readyRows();
  const seen = new Set<Path>();
  for (const batch of newBatches()) {
    const way = batch.ways[COMPARED];
    if (way === undefined || seen.has(way)) continue;
    seen.add(way);
    const values = await valuesOf(whole, batch);
    const found = followed(
      values.inRow(own.system),
      row.signals,
      () => void compared(own, names, row, way.effect, SMALL.levels),
    );
    expect(found.wrong, way.effect).toEqual([]);
    expect(waysIn(found), way.effect).toEqual([["same", way]]);
  }
  expect(seen.size).toBe(186);
});
