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
import type { BatchPlace, KnownBundle } from "./knownBundles.ts";
import { requireEnd } from "./knownBundles.ts";

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
 * Replays what follows a batch.
 * @param last the last proven batch; undefined if none is
 * @throws InvalidInputError if the trace does not replay; DamagedStoreError
 */
export function traceBehind(store: Store, last: KnownBundle | undefined): TraceBehind {
  const from = store.before(last?.last ?? 0);
  const machine = new Machine(TimeMap.over(store.checked(from)), from.last, from.at);
  const { map } = machine;
  let start: TimeMap | undefined;
  const reach = (): void => {
    if (start !== undefined || machine.seq < (last?.last ?? 0)) return;
    if (last !== undefined) requireEnd(last, map.root());
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
      return {
        ...{ map: start ?? map.clone(), groups, transitions: step.value.seq, placeOf: (batch) => place(batch, ends) },
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

function place(batch: readonly Transition[], ends: ReadonlyMap<number, number>): BatchPlace {
  const [first, last] = [batch[0]?.seq ?? 0, batch.at(-1)?.seq ?? 0];
  return { start: ends.get(first - 1) ?? 0, bytes: ends.get(last) ?? 0 };
}
