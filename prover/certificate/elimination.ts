/** Gaussian elimination over the field. */
import { centred, gather, inverse } from "../../verifier/constraints/sums.ts";

/** A sum: what is in it, and its signals of the sort that is to go. */
export interface Row {
  readonly parts: Map<number, bigint>;
  readonly left: Map<number, bigint>;
}

/** Eliminates the signals that are left: a row keeps what no other row could take away. */
export function eliminate(rows: readonly Row[]): void {
  // Rows by column, so that none is looked for: there may be many of both.
  const having = new Map<number, Set<number>>();
  for (const [i, { left }] of rows.entries()) {
    for (const column of left.keys()) {
      const own = having.get(column);
      if (own === undefined) having.set(column, new Set([i]));
      else own.add(i);
    }
  }
  const used = new Set<number>();
  for (const [column, own] of having) {
    let first = rows.length;
    for (const i of own) if (i < first && !used.has(i)) first = i;
    const pivot = rows[first];
    if (pivot === undefined) continue;
    used.add(first);
    const back = inverse(pivot.left.get(column) as bigint);
    for (const i of [...own]) {
      const row = rows[i] as Row;
      const factor = row.left.get(column);
      if (row === pivot || factor === undefined) continue;
      const times = centred(-factor * back);
      gather(row.left, pivot.left, times);
      gather(row.parts, pivot.parts, times);
      for (const other of pivot.left.keys()) {
        if (row.left.has(other)) having.get(other)?.add(i);
        else having.get(other)?.delete(i);
      }
    }
  }
}
