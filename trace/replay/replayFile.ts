/** Replay of a trace file up to a transition, with no more of it in memory than one group. */
import { lookUp, type TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Machine } from "../machine/machine.ts";
import type { Row, Transition } from "../machine/transition.ts";
import { chunksOf } from "../run/traceFile.ts";
import type { SafeEnd } from "../run/traceGroups.ts";
import type { Checkpoint, TraceHeader, TraceRecord } from "../run/traceLines.ts";
import { readParts } from "../run/traceReader.ts";
import { CHECKPOINT_EVERY, type TraceTail } from "../run/traceWriter.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { applied, requireBeginning, wrongRoot } from "./replay.ts";

/** The header of a trace file. @throws InvalidInputError naming the field */
export function headerIn(path: string): TraceHeader {
  for (const part of readParts(chunksOf(path))) if ("header" in part) return part.header;
  throw new InvalidInputError("line 1", "is missing; restore it from a copy");
}

/** Where a replay begins, and who is told what it reads. */
export interface FileReplay {
  /** The machine's place, if it is not at the genesis. */
  readonly after?: SafeEnd | undefined;
  /** Called with every group after it was applied. */
  readonly onGroup?: (group: Transition[], triggers: TriggerRows) => void;
  /** Called with every checkpoint behind which a replay can begin. Its root may be wrong. */
  readonly onCheckpoint?: (checkpoint: Checkpoint, bytes: number) => void;
}

/**
 * Applies the records of a trace file to a machine, and compares the results. The root is recomputed at the first
 * checkpoint, at those that are {@link CHECKPOINT_EVERY} transitions or more after a recomputed one, and at the end.
 * @param machine at the genesis, or at the place where the replay begins
 * @param upTo the last transition to apply; 0 is the genesis
 * @returns the place in the file after that transition, and after its checkpoint if there is one; the triggers that
 *   were read
 * @throws InvalidInputError naming the transition and the field that differs, or the rule that refuses it; if the trace
 *   ends before the transition, or it lies inside a group
 */
export function replayFile(
  path: string,
  machine: Machine,
  upTo: number,
  { after, onGroup, onCheckpoint }: FileReplay = {},
): TraceTail {
  const roots = new Roots(upTo, after?.seq);
  const tail = { bytes: after?.bytes ?? 0, seq: upTo, triggers: new Map<bigint, readonly Row[]>() };
  const triggers = lookUp(tail.triggers);
  /** Whether a trigger was read whose group was not. A replay that begins there would not know it. */
  let announced = false;
  for (const part of readParts(chunksOf(path, after?.bytes), after)) {
    // What follows is cut off, whatever it is.
    if (machine.seq === upTo && !("header" in part || "checkpoint" in part)) break;
    if ("header" in part) {
      requireBeginning(part.header, machine.map);
    } else if ("checkpoint" in part) {
      roots.compare(part.checkpoint, machine.map);
      if (!announced) onCheckpoint?.(part.checkpoint, part.bytes);
    } else if ("trigger" in part) {
      announced = true;
      tail.triggers.set(part.trigger.digest, part.trigger.rows);
    } else {
      requireWhole(part.group, upTo);
      announced = false;
      // Not within the call: it would not be applied if nobody asks for it.
      const group = applied(machine, part.group);
      onGroup?.(group, triggers);
    }
    tail.bytes = part.bytes;
    if ("checkpoint" in part && machine.seq === upTo) break;
  }
  if (machine.seq === upTo) return { ...tail, checkpoint: roots.last };
  throw new InvalidInputError("upTo", `is ${upTo}, but the trace ends at transition ${machine.seq}`);
}

/** Compares the roots at checkpoints. */
class Roots {
  /** The last checkpoint. */
  last: number;
  readonly #end: number;
  #compared: number;

  /** @param after the checkpoint behind which the replay begins */
  constructor(end: number, after?: number) {
    this.#end = end;
    this.last = after ?? 0;
    this.#compared = after ?? Number.NEGATIVE_INFINITY;
  }

  compare(given: Checkpoint, map: TimeMap): void {
    const { checkpoint, root } = given;
    this.last = checkpoint;
    if (checkpoint < this.#compared + CHECKPOINT_EVERY && checkpoint !== this.#end) return;
    this.#compared = checkpoint;
    if (root !== map.root()) throw wrongRoot(given, map);
  }
}

function requireWhole(group: readonly TraceRecord[], upTo: number): void {
  const [first, last] = [group[0]?.seq ?? 0, group.at(-1)?.seq ?? 0];
  if (last <= upTo) return;
  throw new InvalidInputError(
    "upTo",
    `is ${upTo}, inside the group of transitions ${first} to ${last}; name ${first - 1} or ${last}`,
  );
}
