/** Finds the way that a row with known numbers takes. */
import type { Alternative, CellType, Test } from "./explore.ts";
import type { Sign } from "./facts.ts";
import { evaluated, type Linear } from "./linear.ts";
import type { EndPath, Path } from "./paths.ts";
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
    return a - b >= 0n ? a : b;
  });
}

function holds(value: bigint, is: Sign): boolean {
  if (is === "zero" || is === "nonzero") return (value === 0n) === (is === "zero");
  return value < 0n === (is === "negative");
}

/** Whether all of this is so. */
function isSo(known: Known, { found, conditions }: Alternative): boolean {
  const areTypes = Object.entries(found).every(([cell, types]) => types.includes(known.types.get(cell) ?? "empty"));
  return areTypes && conditions.every((test) => passes(known, test));
}

function passes(known: Known, test: Test): boolean {
  if ("any" in test) return test.any.some((one) => isSo(known, one));
  return holds(valueIn(known, test.sum), test.is);
}

/** The ways to end a group that it takes. There is one. */
export function takenEnds(paths: readonly EndPath[], known: Known): EndPath[] {
  return paths.filter(({ conditions }) => isSo(known, { conditions, found: {} }));
}

/** The ways that the row takes. There is one. */
export function takenPaths(paths: readonly Path[], known: Known): Path[] {
  return paths.filter((path) => isSo(known, path));
}
