/** The part of a trace behind the last proven batch, replayed from the last state before it that a store has. */
import { Machine } from "../../trace/machine/machine.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import { applied, wrongRoot } from "../../trace/replay/replay.ts";
import { chunksOf, lastCheckpointIn } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import { CHECKPOINT_EVERY } from "../../trace/run/traceWriter.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import type { Segment } from "../../trace/store/segments.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import type { Beginning } from "./beginning.ts";
import { type BatchPlace, requirePlace } from "./knownBundles.ts";

/** What follows the last proven batch. */
export interface TraceBehind {
  /** The state before the first group. */
  readonly map: TimeMap;
  readonly groups: readonly Transition[][];
  /** Where the replay began, and the groups from there on to the first of these. */
  readonly from: Segment;
  readonly lead: readonly Transition[][];
  /** The state at the end; undefined if it is behind a group that an interruption had left unfinished. */
  readonly end: TimeMap | undefined;
  /** The triggers that were set from there on. */
  readonly triggers: ReadonlyMap<bigint, readonly Row[]>;
  /** Number of the last transition of the trace. */
  readonly transitions: number;
  /** Where a batch of these groups lies in the trace. */
  placeOf(batch: readonly Transition[]): BatchPlace;
}

/**
 * Replays what follows a place.
 * @param place behind the last proven batch, or where the first one begins
 * @throws InvalidInputError if the trace does not replay; DamagedStoreError
 */
export function traceBehind(store: Store, place: Beginning): TraceBehind {
  const from = store.before(place.seq);
  const machine = new Machine(TimeMap.over(store.checked(from)), from.last, from.at);
  const { map } = machine;
  let start: TimeMap | undefined;
  const reach = (): void => {
    if (start !== undefined || machine.seq < place.seq) return;
    if (place.seq > 0) requirePlace(place, map.root());
    start = map.clone();
  };
  reach();
  const groups: Transition[][] = [];
  const lead: Transition[][] = [];
  const ends = new Map<number, number>([[from.last, from.bytes]]);
  const due = dueAfter(from.last, lastCheckpointIn(store.trace));
  const parts = readParts(chunksOf(store.trace, from.bytes), { seq: from.last, bytes: from.bytes });
  for (;;) {
    const step = parts.next();
    if (step.done === true) {
      // Groups that nothing whole followed were read, too.
      while ((groups.at(-1)?.at(-1)?.seq ?? 0) > step.value.seq) groups.pop();
      if (start === undefined) throw new DamagedStoreError(`the trace ends before transition ${place.seq}`);
      return {
        ...{ map: start, groups, transitions: step.value.seq, placeOf: (batch) => placeOf(batch, ends) },
        ...{ from, lead, end: step.value.seq === machine.seq ? map : undefined, triggers: step.value.triggers },
      };
    }
    const part = step.value;
    if ("checkpoint" in part && due(part.checkpoint.checkpoint) && part.checkpoint.root !== map.root())
      throw wrongRoot(part.checkpoint, map);
    if (!("group" in part)) continue;
    const group = applied(machine, part.group);
    ends.set(machine.seq, part.bytes);
    if (start === undefined) lead.push(group);
    else groups.push(group);
    reach();
  }
}

/** Tells at which checkpoints the root is compared: as in a whole replay. */
function dueAfter(seq: number, end: number): (checkpoint: number) => boolean {
  let compared = seq;
  return (checkpoint) => {
    if (checkpoint < compared + CHECKPOINT_EVERY && checkpoint !== end) return false;
    compared = checkpoint;
    return true;
  };
}

function placeOf(batch: readonly Transition[], ends: ReadonlyMap<number, number>): BatchPlace {
  const [first, last] = [batch[0]?.seq ?? 0, batch.at(-1)?.seq ?? 0];
  return { start: ends.get(first - 1) ?? 0, bytes: ends.get(last) ?? 0 };
}
