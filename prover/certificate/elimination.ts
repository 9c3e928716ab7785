/** Gaussian elimination over the field. */
import { centred, gather, inverse } from "../../verifier/certificate/system.ts";

/** A sum: what is in it, and its signals of the sort that is to go. */
export interface Row {
  readonly parts: Map<number, bigint>;
  readonly left: Map<number, bigint>;
}

/** Eliminates the signals that are left: a row keeps what no other row could take away. */
export function eliminate(rows: readonly Row[]): void {
  const used = new Set<Row>();
  for (const column of new Set(rows.flatMap(({ left }) => [...left.keys()]))) {
    const pivot = rows.find((row) => !used.has(row) && row.left.has(column));
    if (pivot === undefined) continue;
    used.add(pivot);
    for (const row of rows) {
      const factor = row === pivot ? undefined : row.left.get(column);
      if (factor === undefined) continue;
      const times = centred(-factor * inverse(pivot.left.get(column) as bigint));
      gather(row.left, pivot.left, times);
      gather(row.parts, pivot.parts, times);
    }
  }
}
