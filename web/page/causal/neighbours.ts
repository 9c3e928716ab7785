/** The next transitions along the causes. */
import { type Drawing, PARENTS } from "../../work/history/columns.ts";

/** The latest transition that this one directly depends on. */
export function causeOf({ parents }: Pick<Drawing, "parents">, seq: number): number | undefined {
  const own = parents.subarray((seq - 1) * PARENTS, seq * PARENTS);
  const cause = Math.max(...own);
  return cause > 0 ? cause : undefined;
}

/** The first transition that directly depends on this one. */
export function effectOf({ parents }: Pick<Drawing, "parents">, seq: number): number | undefined {
  for (let i = seq * PARENTS; i < parents.length; i++) if (parents[i] === seq) return Math.floor(i / PARENTS) + 1;
  return undefined;
}
