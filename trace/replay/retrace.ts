/** Tracing a run again without some of its groups: what can still happen does, and the rest is told. */

import type { TriggerRows } from "../effects/triggers.ts";
import { RefusedError, TimeBanditsError } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { type Genesis, mapOf, programsOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { fitsProfile, type ProfileBound, sizeOf } from "../tracer/groupSize.ts";
import { Renumbering } from "./renumber.ts";

/** A group of the old trace that is not in the new one. */
export interface LeftOut {
  group: readonly Transition[];
  /** The rule that refuses it now; null if it was to be left out. */
  refused: TimeBanditsError | null;
}

export interface Retraced {
  left: LeftOut[];
  /** Where what the old trace names is now. */
  numbers: Renumbering;
  /** The state at the end. */
  map: TimeMap;
}

/**
 * Applies the groups of a trace again, in their order and at their times.
 * @param triggers the rows behind the digests of its watches
 * @param leaveOut says which not to
 * @param profiles what a group must fit into one of; if empty there is no bound
 * @param onGroup told of every group as it happens now
 */
export function retrace(
  genesis: Genesis,
  groups: readonly (readonly Transition[])[],
  triggers: TriggerRows,
  leaveOut: (group: readonly Transition[]) => boolean,
  profiles: readonly ProfileBound[],
  onGroup: (group: readonly Transition[], map: TimeMap, numbers: Renumbering) => void,
): Retraced {
  const map = mapOf(genesis);
  const machine = new Machine(map);
  const numbers = new Renumbering(programsOf(genesis), triggers);
  const left: LeftOut[] = [];
  for (const group of groups) {
    if (leaveOut(group)) {
      numbers.lost(group);
      left.push({ group, refused: null });
      continue;
    }
    let made: Transition[];
    try {
      made = left.length === 0 ? again(machine, group) : anew(machine, numbers, group, profiles);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      numbers.lost(group);
      left.push({ group, refused: error });
      continue;
    }
    numbers.happened(group, made);
    onGroup(made, map, numbers);
  }
  return { left, numbers, map };
}

/** A group that nothing was left out before. */
function again(machine: Machine, group: readonly Transition[]): Transition[] {
  return machine.apply(
    group,
    group.map(({ at }) => at),
  );
}

/** A group that has to find its Checks, its capabilities' lines and its numbers again. */
function anew(
  machine: Machine,
  numbers: Renumbering,
  group: readonly Transition[],
  profiles: readonly ProfileBound[],
): Transition[] {
  const { map } = machine;
  const at = group.at(-1)?.at ?? machine.at;
  return machine.perform(numbers.rows(group, map.programs()), at, (made) => requireRoom(made, map, profiles));
}

/** @throws RefusedError if a group, which may owe other Checks than before, has outgrown the profiles */
function requireRoom(group: readonly Transition[], map: TimeMap, profiles: readonly ProfileBound[]): void {
  const size = sizeOf(group, map.levels);
  if (profiles.length > 0 && !profiles.some((profile) => fitsProfile(profile, size))) {
    throw new RefusedError("group-whole", "with the Checks that it owes now, it needs more than any profile holds");
  }
}
