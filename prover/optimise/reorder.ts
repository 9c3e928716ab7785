/**
 * Traces the groups of a run again in another order. The numbers of the things they make change; everything else
 * stays.
 */

import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { Renumbering } from "../../trace/replay/renumber.ts";
import { type Genesis, mapOf, programsOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";

type Group = readonly Transition[];

/** A group's place in the new trace. */
export interface Placed {
  /** Its index in the old one. */
  readonly index: number;
  /** Its time, in seconds since 1970. */
  readonly at: number;
}

/**
 * Applies the groups of a trace in another order.
 * @param triggers the rows behind the digests of its watches
 * @param order every group once, those below `fixed` first and in their old order
 * @param onGroup called with every new group
 * @returns the state at the end
 * @throws RefusedError if a rule refuses a group; an order that respects the constraints of `items.ts` avoids this
 */
export function reorder(
  genesis: Genesis,
  groups: readonly Group[],
  triggers: TriggerRows,
  order: readonly Placed[],
  fixed: number,
  onGroup: (group: readonly Transition[], map: TimeMap, triggers: TriggerRows) => void,
): TimeMap {
  const map = mapOf(genesis);
  const machine = new Machine(map);
  const numbers = new Renumbering(programsOf(genesis), triggers);
  for (const { index, at } of order) {
    const group = groups[index] ?? [];
    const made =
      index < fixed
        ? machine.apply(
            group,
            group.map((t) => t.at),
          )
        : machine.perform(numbers.rows(group, map.programs()), at);
    numbers.happened(group, made);
    onGroup(made, map, numbers.triggers);
  }
  return map;
}
