/** Cells as data, and the difference of two cells. */
import type { Cell } from "../state/cells.ts";

/** The fields of a cell by name; numbers that can exceed a double are decimal texts. */
export type CellFacts = Record<string, string | number>;

/** One field in which two things differ; null where one of them lacks it. */
export interface FieldDifference {
  field: string;
  first: string | number | null;
  second: string | number | null;
}

/** A cell as data. `seq`, the transition that last opened it, is left out: it differs even after a mere read. */
export function cellFacts(cell: Cell): CellFacts {
  const facts: CellFacts = {};
  for (const [name, value] of Object.entries(cell) as [string, string | number | bigint][]) {
    if (name !== "seq") facts[name] = typeof value === "bigint" ? value.toString() : value;
  }
  return facts;
}

/** The fields in which the two differ, in the order of the first, then of the second. */
export function differencesOf(first: CellFacts, second: CellFacts): FieldDifference[] {
  const fields = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...fields].flatMap((field) => {
    const [a, b] = [fieldOf(first, field), fieldOf(second, field)];
    return a === b ? [] : [{ field, first: a, second: b }];
  });
}

function fieldOf(facts: CellFacts, field: string): string | number | null {
  return Object.hasOwn(facts, field) ? (facts[field] ?? null) : null;
}
