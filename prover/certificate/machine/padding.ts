/** A padding row beside the machine, where it is no row: it finds no cell, asks nobody, and hands on an ended group. */
import { OP } from "../../../trace/layout.ts";
import { plus, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";
import type { Row } from "../rows/row.ts";
import { assumeState, factsOf } from "./between.ts";
import { RowCase } from "./rowCase.ts";
import { rowWords } from "./rowWords.ts";
import { COLUMNS } from "./values.ts";

/**
 * @param own knows the bounds of the row's signals
 * @param levels of programs in the map
 * @returns what a padding row may do, by name; null: the row cannot be padding, as the first of a batch
 */
export function paddingDoes(own: Propagator, names: Names, row: Row, levels: number): string[] | null {
  if (row.bits[OP.Padding] === 0) return null;
  const bits = row.bits.map((bit, i) => [bit, i === OP.Padding ? 1n : 0n] as const);
  // Columns and state lie where they lie in any operation.
  const { open, handed, after } = rowWords("Trigger", row, names, levels);
  const nothing: [string, Sum][] = [
    ...COLUMNS.map((column): [string, Sum] => [`finds a cell in ${column}`, open[column]]),
    ["takes time", plus(after.time, handed.time, -1n)],
    ["goes on a group", handed.group.continues],
    ["leaves its group open", after.group.continues],
    ["leaves a call open", after.call.calling],
    ["leaves a line open", after.line.lineage],
    ...after.owed.map((bit, i): [string, Sum] => [`leaves Check ${i} owed`, bit]),
  ];
  const asked = row.named.get("tuples.signed");
  if (asked !== undefined) nothing.push(["asks for a signature", new Map([[asked, 1n]])]);
  let found: string[] = [];
  own.inCase(bits, row.scope, () => {
    const base = new RowCase(own, row.scope, () => 0);
    assumeState(base, factsOf(handed));
    if (!base.close()) throw new Error("no row is padding: the constraints contradict each other");
    found = nothing.filter(([, sum]) => base.normal(sum).size > 0).map(([what]) => what);
  });
  return found;
}
