/** The roots and times of a run's own trace, to compare with a chain's head. */
import { type Bundle, rangeOf } from "../../prover/bundles/bundle.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { type Replayable, replay } from "../../trace/replay/replay.ts";
import type { Genesis } from "../../trace/state/genesis.ts";

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
  /** Undefined before the first transition and after the last one. */
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

/** Roots of a trace at some of its transitions, and its times. */
export class TraceRoots {
  readonly #roots: ReadonlyMap<number, bigint>;
  readonly #times: readonly number[];

  constructor(roots: ReadonlyMap<number, bigint>, times: readonly number[]) {
    this.#roots = roots;
    this.#times = times;
  }

  /**
   * The root does not cover times: two traces may reach one state at different times.
   * @throws AnotherTraceError if the trace has another root or time at that transition
   */
  requireHead({ seq, root, time }: DatedHead): void {
    const own = { transitions: this.#times.length, root: this.#roots.get(seq), time: this.#times[seq - 1] };
    const dated = seq === 0 || own.time === time;
    if (seq > own.transitions || own.root !== root || !dated) throw new AnotherTraceError({ seq, root, time }, own);
  }

  /** Whether a bundle ends at the trace's root after its last transition. */
  ends(bundle: Bundle): boolean {
    return this.#roots.get(rangeOf(bundle).lastSeq) === bundle.statement.postRoot;
  }
}

/**
 * Replays a trace and keeps its roots at the wanted transitions, at the beginning and at the end.
 * @throws InvalidInputError if it does not replay
 */
export function traceRoots(genesis: Genesis, trace: Replayable, wanted: readonly number[]): TraceRoots {
  const end = trace.records.length;
  const kept = new Set([...wanted, end]);
  const roots = new Map<number, bigint>();
  const steps = replay(genesis, trace, {
    onStart: (map) => roots.set(0, map.root()),
    onGroup(group, map) {
      const last = group.at(-1)?.seq ?? 0;
      if (kept.has(last)) roots.set(last, map.root());
    },
  });
  while (steps.next().done !== true);
  return new TraceRoots(
    roots,
    trace.records.map(({ at }) => at),
  );
}
