/** The sorts of events, as in the pictures of the verb `graph`: their order, meaning and dashes. */
import { LOOK } from "../../../trace/graph/drawing.ts";
import type { Sort } from "../../../trace/graph/model.ts";

/** The sorts in the order of their numbers. */
export const SORTS = Object.keys(LOOK) as readonly Sort[];

/** What a sort is called in the legend. */
export const meaningOf = (sort: Sort): string => LOOK[sort].means;

/** Dashes of each sort's ties, by its number, in pixels. */
export const DASHES: readonly (readonly number[])[] = SORTS.map((sort) =>
  LOOK[sort].dashes === "" ? [] : LOOK[sort].dashes.split(" ").map(Number),
);
