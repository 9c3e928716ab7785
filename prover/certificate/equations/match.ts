/** Finds the way that a row with known numbers takes. */
import type { CellType } from "./explore.ts";
import type { Sign } from "./facts.ts";
import { evaluated, type Linear } from "./linear.ts";
import type { Path } from "./paths.ts";
import { variables } from "./variables.ts";

/** The numbers of a row and of what it meets. */
export interface Known {
  readonly values: ReadonlyMap<string, bigint>;
  readonly types: ReadonlyMap<string, CellType>;
}

/** The value of a sum. A variable that is defined by others has the value that they give it. */
export function valueIn(known: Known, sum: Linear): bigint {
  return evaluated(sum, (name) => {
    const value = known.values.get(name);
    if (value !== undefined) return value;
    const { product, greater } = variables.get(name) ?? {};
    const [a, b] = (product ?? greater ?? []).map((of) => valueIn(known, of));
    if (a === undefined || b === undefined) throw new Error(`${name} has no value`);
    if (product !== undefined) return a * b;
    return a > b ? a : b;
  });
}

function holds(value: bigint, is: Sign): boolean {
  if (is === "zero" || is === "nonzero") return (value === 0n) === (is === "zero");
  return value < 0n === (is === "negative");
}

/** The ways that the row takes. There is one. */
export function taken(paths: readonly Path[], known: Known): Path[] {
  return paths.filter(
    ({ found, conditions }) =>
      Object.entries(found).every(([cell, types]) => types.includes(known.types.get(cell) ?? "empty")) &&
      conditions.every(({ sum, is }) => holds(valueIn(known, sum), is)),
  );
}
