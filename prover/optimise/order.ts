/** Finds the best order for the groups of a trace, and its batches. */

import type { TriggerRows } from "../../trace/effects/triggers.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { type Batch, batchesOf } from "../batches/batcher.ts";
import type { Profile } from "../profiles.ts";
import { type Cost, cheaper, costOf } from "./cost.ts";
import { type Item, itemsOf } from "./items.ts";
import type { Placed } from "./reorder.ts";
import { schedule } from "./schedule.ts";

type Group = readonly Transition[];

/** Groups in some order. */
export interface Order {
  /** Every group of the trace. */
  readonly placed: readonly Placed[];
  /** Cost of its unproven part, in batches. */
  readonly cost: Cost;
}

/** Result of the search. */
export interface Found {
  /** Groups below this index cannot move. */
  readonly fixed: number;
  /** The present order, and the best one found; the same if there is none better. */
  readonly before: Order;
  readonly after: Order;
}

/**
 * Looks for an order that costs less.
 * @param groups of a whole trace, in order
 * @param triggers the rows behind the digests of its watches
 * @param profiles as for {@link batchesOf}
 * @param programs number of programs in the genesis
 * @param proven number of groups with a proof; they stay
 * @param later most seconds by which a group may be delayed
 */
export function bestOrder(
  groups: readonly Group[],
  triggers: TriggerRows,
  profiles: readonly Profile[],
  programs: number,
  proven: number,
  later: number,
): Found {
  const { items, fixed } = itemsOf(groups, triggers, profiles, programs, proven, later);
  const batchesIn = (indices: readonly number[]): Batch[] => [
    ...batchesOf(
      indices.slice(proven).map((index) => groups[index] as Group),
      ...profiles,
    ),
  ];
  const orderOf = (indices: readonly number[]): Order => ({
    placed: timed(indices, items),
    cost: costOf(batchesIn(indices)),
  });
  const asItIs = groups.map((_, index) => index);
  const before = orderOf(asItIs);
  const begun = rowsToGroups(batchesIn(asItIs.slice(0, fixed)).at(-1), items, fixed);
  const found = [
    orderOf(schedule(items, fixed, begun, "nodes")),
    orderOf(schedule(items, fixed, begun, "nodes per row")),
    orderOf(schedule(items, fixed, begun, "nodes", 1)),
  ];
  return {
    fixed,
    before,
    after: found.reduce((best, order) => (cheaper(order.cost, best.cost) ? order : best), before),
  };
}

/** The time of each group in the new order: its old time, or the time of the group before it if that is later. */
function timed(indices: readonly number[], items: readonly Item[]): Placed[] {
  let now = 0;
  return indices.map((index) => {
    now = Math.max(now, items[index]?.at ?? 0);
    return { index, at: now };
  });
}

/** Number of the groups before `fixed` that are in this last batch. */
function rowsToGroups(batch: Batch | undefined, items: readonly Item[], fixed: number): number {
  let rows = batch?.transitions.length ?? 0;
  let groups = 0;
  while (rows > 0) rows -= items[fixed - ++groups]?.rows ?? rows;
  return groups;
}
