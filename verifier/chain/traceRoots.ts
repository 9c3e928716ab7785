/** The roots and times of a run's own trace, to compare with a chain's head. */
import type { KnownBundle } from "../../prover/batches/knownBundles.ts";
import { type PublicInputs, unpackSpan } from "../../trace/commitment/commit.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { applied, type Replayable, replay } from "../../trace/replay/replay.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import type { Store } from "../../trace/store/store.ts";

/** A map's head on a chain. */
export interface Head {
  seq: number;
  root: bigint;
}

/** A head as the registry has it. */
interface DatedHead extends Head {
  /** Time of its last transition, in seconds since 1970. */
  time: number;
}

/** This trace at a chain's head. */
interface Own {
  transitions: number;
  /** Undefined in the middle of a group. */
  root: bigint | undefined;
  /** Undefined where the root is. */
  time: number | undefined;
}

/** A chain's head differs from this trace at that transition: the chain holds another or a longer trace. */
export class AnotherTraceError extends TimeBanditsError {
  constructor({ seq, root, time }: DatedHead, own: Own) {
    const here = own.root === undefined ? "in the middle of a group here" : `${own.root} here`;
    const what =
      seq > own.transitions
        ? `the chain is at transition ${seq} of this map, and this trace ends with ${own.transitions}: the chain holds a longer trace`
        : own.root === root
          ? `the chain has transition ${seq} at the time ${time}, which is ${own.time} here: the chain holds another trace`
          : `the chain's head after transition ${seq} is the root ${root}, which is ${here}: the chain holds another trace`;
    super("another-trace", `${what}; audit this run with --rpc, and get the run that was submitted`);
  }
}

/** A state of a trace at one of its transitions, and the transition's time. */
interface Moment {
  readonly root: bigint;
  readonly time: number;
}

/** Roots and times of a trace at some of its transitions. */
export class TraceRoots {
  readonly #moments: ReadonlyMap<number, Moment | (() => Moment)>;
  readonly #transitions: number;

  constructor(moments: ReadonlyMap<number, Moment | (() => Moment)>, transitions: number) {
    this.#moments = moments;
    this.#transitions = transitions;
  }

  /** The root after a transition, if it is one of them. */
  rootAt(seq: number): bigint | undefined {
    return this.#at(seq)?.root;
  }

  /**
   * The root does not cover times: two traces may reach one state at different times.
   * @throws AnotherTraceError if the trace has another root or time at that transition
   */
  requireHead({ seq, root, time }: DatedHead): void {
    const here = this.#at(seq);
    const own = { transitions: this.#transitions, root: here?.root, time: here?.time };
    const dated = seq === 0 || own.time === time;
    if (seq > own.transitions || own.root !== root || !dated) throw new AnotherTraceError({ seq, root, time }, own);
  }

  #at(seq: number): Moment | undefined {
    const moment = this.#moments.get(seq);
    return typeof moment === "function" ? moment() : moment;
  }

  /** Whether a batch ends at the trace's root after its last transition. */
  ends({ lastSeq, statement }: { lastSeq: number; statement: Pick<PublicInputs, "postRoot"> }): boolean {
    return this.rootAt(lastSeq) === statement.postRoot;
  }
}

/**
 * Replays a trace and keeps its roots at the wanted transitions, at the beginning and at the end.
 * @throws InvalidInputError if it does not replay
 */
export function traceRoots(genesis: Genesis, trace: Replayable, wanted: readonly number[]): TraceRoots {
  const end = trace.records.length;
  const kept = new Set([...wanted, end]);
  const moments = new Map<number, Moment>();
  const steps = replay(genesis, trace, {
    onStart: (map) => moments.set(0, { root: map.root(), time: 0 }),
    onGroup(group, map) {
      const { seq, at } = group.at(-1) ?? { seq: 0, at: 0 };
      if (kept.has(seq)) moments.set(seq, { root: map.root(), time: at });
    },
  });
  while (steps.next().done !== true);
  return new TraceRoots(moments, end);
}

/**
 * The same from a store: known batches tell their roots, and only what lies around the others is replayed.
 * @param transitions of the whole trace
 * @throws DamagedStoreError; InvalidInputError if the trace does not replay
 */
export function storedRoots(
  store: Store,
  transitions: number,
  known: Iterable<KnownBundle>,
  wanted: readonly number[],
): TraceRoots {
  const moments = new Map<number, Moment | (() => Moment)>([[0, { root: store.before(0).root, time: 0 }]]);
  for (const bundle of known) moments.set(bundle.last, () => endOf(bundle));
  const missing = new Set(wanted.filter((seq) => seq <= transitions && !moments.has(seq)));
  if (missing.size === 0) return new TraceRoots(moments, transitions);
  const [first, last] = [Math.min(...missing), Math.max(...missing)];
  const from = store.before(first);
  const machine = new Machine(TimeMap.over(store.checked(from)), from.last, from.at);
  const note = (): void => {
    if (missing.has(machine.seq)) moments.set(machine.seq, { root: machine.map.root(), time: machine.at });
  };
  note();
  for (const part of readParts(chunksOf(store.trace, from.bytes), { seq: from.last, bytes: from.bytes })) {
    if (machine.seq >= last) break;
    if (!("group" in part)) continue;
    applied(machine, part.group);
    note();
  }
  return new TraceRoots(moments, transitions);
}

function endOf({ statement }: KnownBundle): Moment {
  return { root: statement.postRoot, time: unpackSpan(statement.span).until };
}
