/** Replay: recomputes everything in a trace from its genesis, with the reference state machine. */
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { type Run, readRun } from "../run/runDirectory.ts";
import { type Checkpoint, recordLine, recordOf, type TraceHeader, type TraceRecord } from "../run/traceLines.ts";
import { CHECKPOINT_EVERY } from "../run/traceWriter.ts";
import { type Genesis, mapOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** The input of a replay: a whole trace, or some records without checkpoints. */
export interface Replayable {
  header?: TraceHeader;
  records: readonly TraceRecord[];
  checkpoints?: readonly Checkpoint[];
}

/** Options of a replay. */
export interface ReplayOptions {
  /**
   * Recompute the root at every checkpoint. This takes most of the time if many groups have several rows. Default:
   * recompute it at the first checkpoint, the last, and those that are {@link CHECKPOINT_EVERY} transitions or more
   * after a recomputed one; the others only mark that their group is whole. A wrong state is found at the next
   * recomputed checkpoint, and then reported as exactly as with this option. Without the option, a checkpoint that is
   * skipped may hold a wrong root.
   */
  everyRoot?: boolean;
  /** The state that the records start from; by default that of the genesis. */
  start?: TimeMap;
  /** Called with the state at the beginning of the trace, before anything is applied. Do not write to it. */
  onStart?: (map: TimeMap) => void;
  /** Called with every checkpoint that was recomputed and is right. */
  onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** Called with the state after each group, before the group is yielded. Do not write to it. */
  onGroup?: (group: readonly Transition[], map: TimeMap) => void;
}

/**
 * Applies every record again and compares the results.
 * @returns group after group of transitions
 * @throws InvalidInputError naming the transition and the field that differs, or the rule that refuses it
 */
export function* replay(
  genesis: Genesis,
  trace: Replayable,
  options: ReplayOptions = {},
): Generator<Transition[], TimeMap> {
  try {
    return yield* replayed(genesis, trace, options);
  } catch (error) {
    // The fault may be earlier, before a checkpoint that was skipped.
    if (error instanceof InvalidInputError && options.everyRoot !== true) {
      exhaust(
        replayed(genesis, trace, { everyRoot: true, ...(options.start === undefined ? {} : { start: options.start }) }),
      );
    }
    throw error;
  }
}

function* replayed(
  genesis: Genesis,
  trace: Replayable,
  { everyRoot, start, onStart, onGroup, onCheckpoint }: ReplayOptions,
): Generator<Transition[], TimeMap> {
  const map = start?.clone() ?? mapOf(genesis);
  if (trace.header !== undefined) requireBeginning(trace.header, map);
  onStart?.(map);
  const machine = new Machine(map);
  const due = dueIn(trace.checkpoints ?? [], everyRoot === true);
  const compareRoot = (): void => {
    const given = due.get(machine.seq);
    if (given === undefined) return;
    if (given.root !== map.root()) throw wrongRoot(given, map);
    onCheckpoint?.(given);
  };
  compareRoot();
  for (const records of grouped(trace.records)) {
    const group = applied(machine, records);
    onGroup?.(group, map);
    compareRoot();
    yield group;
  }
  return map;
}

/** @throws InvalidInputError if the trace begins with another genesis */
export function requireBeginning({ genesisRoot, levels }: TraceHeader, map: TimeMap): void {
  if (genesisRoot !== map.root()) {
    throw new InvalidInputError("line 1 genesisRoot", `is not the root of the genesis, which is ${map.root()}`);
  }
  if (levels !== map.levels) {
    throw new InvalidInputError("line 1 levels", `is ${levels}, but the genesis has ${map.levels}`);
  }
}

/** The error for a checkpoint with another root than the map's. */
export function wrongRoot({ checkpoint, root }: Checkpoint, map: TimeMap): InvalidInputError {
  return new InvalidInputError(`checkpoint ${checkpoint} root`, `is ${root}, but replaying gives ${map.root()}`);
}

/** The checkpoints at which the root is recomputed, by transition. */
function dueIn(checkpoints: readonly Checkpoint[], all: boolean): Map<number, Checkpoint> {
  const due = new Map<number, Checkpoint>();
  let before = Number.NEGATIVE_INFINITY;
  for (const given of checkpoints) {
    if (!all && given.checkpoint < before + CHECKPOINT_EVERY && given !== checkpoints.at(-1)) continue;
    due.set(given.checkpoint, given);
    before = given.checkpoint;
  }
  return due;
}

function exhaust(steps: Generator<unknown>): void {
  while (steps.next().done !== true);
}

/** The records, group by group. */
export function* grouped(records: readonly TraceRecord[]): Generator<TraceRecord[]> {
  let group: TraceRecord[] = [];
  for (const record of records) {
    const [first] = group;
    if (first !== undefined && (first.group === 0 || record.group !== first.group)) {
      yield group;
      group = [];
    }
    group.push(record);
  }
  if (group.length > 0) yield group;
}

/** Applies the records of a group. @throws InvalidInputError naming the transition and what differs */
export function applied(machine: Machine, records: readonly TraceRecord[]): Transition[] {
  let reached = 0;
  let group: Transition[];
  try {
    group = machine.apply(
      records,
      records.map((r) => r.at),
      (index) => {
        reached = index;
      },
    );
  } catch (error) {
    // A fault of the surroundings, such as a store that is damaged, says nothing about the records.
    if (!(error instanceof TimeBanditsError) || error instanceof EnvironmentError) throw error;
    const seq = records[reached]?.seq ?? machine.seq + 1;
    throw new InvalidInputError(`transition ${seq}`, `is not allowed: ${error.message}`, { cause: error });
  }
  group.forEach((transition, i) => {
    const said = records[i];
    if (said !== undefined) compare(said, transition);
  });
  return group;
}

/** @throws InvalidInputError naming the first field that differs */
function compare(said: TraceRecord, transition: Transition): void {
  const found = recordOf(transition);
  if (recordLine(said) === recordLine(found)) return;
  for (const field of ["seq", "group", "at", "clock", "parents"] as const) {
    if (JSON.stringify(said[field]) !== JSON.stringify(found[field])) {
      throw new InvalidInputError(
        `transition ${said.seq} ${field}`,
        `is ${said[field]}, but replaying gives ${found[field]}`,
      );
    }
  }
  throw new InvalidInputError(`transition ${said.seq}`, "is not what replaying gives");
}

/** A run directory, replayed. */
export interface Replayed extends Run {
  /** All transitions, group by group. */
  groups: Transition[][];
  /** The state at the end. */
  map: TimeMap;
}

/**
 * Reads a run directory and replays all of it.
 * @throws InvalidInputError naming file, transition and field
 */
export function replayDirectory(dir: string, options: ReplayOptions = {}): Replayed {
  const run = readRun(dir);
  const groups: Transition[][] = [];
  const steps = replay(run.genesis, run.trace, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { ...run, groups, map: step.value };
    groups.push(step.value);
  }
}

/**
 * The time map after the transition `seq` of a run directory; 0 is the genesis.
 * @throws InvalidInputError if the trace does not reach that far, or does not replay up to there
 */
export function snapshotAt(dir: string, seq: number): TimeMap {
  const { genesis, trace } = readRun(dir);
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > trace.records.length) {
    throw new InvalidInputError(
      "seq",
      `${seq} is not between 0 and ${trace.records.length}, the last transition of the trace`,
    );
  }
  const map = mapOf(genesis);
  if (seq === 0) return map;
  for (const group of replay(genesis, trace)) {
    for (const transition of group) {
      for (const { address, after } of Object.values(transition.columns)) if (address !== 0) map.write(address, after);
      if (transition.seq === seq) return map;
    }
  }
  return map;
}
