/** Traces a run again without some of its groups. Groups that are still possible happen; the others are reported. */

import type { TriggerRows } from "../effects/triggers.ts";
import { RefusedError, TimeBanditsError } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { fitsProfile, type ProfileBound, sizeOf } from "../tracer/groupSize.ts";
import { Renumbering } from "./renumber.ts";

/** A group of the old trace that is missing in the new one. */
export interface LeftOut {
  group: readonly Transition[];
  /** The rule that now refuses it; null if it was meant to be left out. */
  refused: TimeBanditsError | null;
}

export interface Retraced {
  left: LeftOut[];
  /** Translates the numbers of the old trace. */
  numbers: Renumbering;
  /** The state at the end. */
  map: TimeMap;
}

/** A place in a trace before which nothing is left out. */
export interface RetraceStart {
  /** The state there. It is advanced. */
  readonly map: TimeMap;
  /** Number and time of the last transition before it. */
  readonly seq: number;
  readonly at: number;
  /** Number of programs there. They keep their numbers. */
  readonly programs: number;
}

/**
 * Applies the groups of a trace behind a place again, in their order and at their times.
 * @param triggers the rows behind the digests of its watches
 * @param leaveOut selects the groups to leave out
 * @param profiles bounds: every group must fit into one of them; no bound if empty
 * @param onGroup called with every new group
 */
export function retraceFrom(
  { map, seq, at, programs }: RetraceStart,
  groups: Iterable<readonly Transition[]>,
  triggers: TriggerRows,
  leaveOut: (group: readonly Transition[]) => boolean,
  profiles: readonly ProfileBound[],
  onGroup: (group: readonly Transition[], map: TimeMap, numbers: Renumbering) => void,
): Retraced {
  const machine = new Machine(map, seq, at);
  const numbers = new Renumbering(programs, triggers);
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

/** A group with nothing left out before it. */
function again(machine: Machine, group: readonly Transition[]): Transition[] {
  return machine.apply(
    group,
    group.map(({ at }) => at),
  );
}

/** A group whose Checks, lines of capabilities and numbers must be computed again. */
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

/** @throws RefusedError if a group, which may owe other Checks than before, no longer fits into a profile */
function requireRoom(group: readonly Transition[], map: TimeMap, profiles: readonly ProfileBound[]): void {
  const size = sizeOf(group, map.levels);
  if (profiles.length > 0 && !profiles.some((profile) => fitsProfile(profile, size))) {
    throw new RefusedError("group-whole", "with the Checks that it owes now, it needs more than any profile holds");
  }
}
