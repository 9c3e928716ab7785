/** Parts of the program that makes certificates: what is faster than the plain way gives what the plain way does. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eliminate, type Row } from "../../prover/certificate/elimination.ts";
import { centred, gather, inverse } from "../../verifier/constraints/sums.ts";

describe("elimination", () => {
  /** Column by column, over all rows. */
  function plain(rows: readonly Row[]): void {
    const used = new Set<Row>();
    for (const column of new Set(rows.flatMap(({ left }) => [...left.keys()]))) {
      const pivot = rows.find((row) => !used.has(row) && row.left.has(column));
      if (pivot === undefined) continue;
      used.add(pivot);
      for (const row of rows) {
        const own = row === pivot ? undefined : row.left.get(column);
        if (own === undefined) continue;
        const times = centred(-own * inverse(pivot.left.get(column) as bigint));
        gather(row.left, pivot.left, times);
        gather(row.parts, pivot.parts, times);
      }
    }
  }

  it("leaves the rows that the plain way leaves, in the same order of signals", () => {
    const cell = fc.tuple(fc.nat({ max: 7 }), fc.bigInt({ min: -3n, max: 3n }));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 8 }), (cells) => {
        const rows = (): Row[] =>
          cells.map((list, n) => ({
            parts: new Map([[n, 1n]]),
            left: new Map(list.filter(([, factor]) => factor !== 0n)),
          }));
        const [mine, theirs] = [rows(), rows()];
        eliminate(mine);
        plain(theirs);
        const all = (list: Row[]) => list.map(({ parts, left }) => [[...parts], [...left]]);
        expect(all(mine)).toEqual(all(theirs));
      }),
    );
  });
});
