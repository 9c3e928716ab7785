/** The roots of a run's own trace, to compare with a chain's head. */
import { type Bundle, rangeOf } from "../../prover/bundles/bundle.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { type Replayable, replay } from "../../trace/replay/replay.ts";
import type { Genesis } from "../../trace/state/genesis.ts";

/** A map's head on a chain. */
export interface Head {
  seq: number;
  root: bigint;
}

/** A chain's head differs from this trace's state at that transition: the chain holds another or a longer trace. */
export class AnotherTraceError extends TimeBanditsError {
  constructor({ seq, root }: Head, transitions: number, own: bigint | undefined) {
    const here = own === undefined ? "in the middle of a group here" : `${own} here`;
    const what =
      seq > transitions
        ? `the chain is at transition ${seq} of this map, and this trace ends with ${transitions}: the chain holds a longer trace`
        : `the chain's head after transition ${seq} is the root ${root}, which is ${here}: the chain holds another trace`;
    super("another-trace", `${what}; audit this run with --rpc, and get the run that was submitted`);
  }
}

/** Roots of a trace at some of its transitions. */
export class TraceRoots {
  readonly #roots: ReadonlyMap<number, bigint>;
  readonly #transitions: number;

  constructor(roots: ReadonlyMap<number, bigint>, transitions: number) {
    this.#roots = roots;
    this.#transitions = transitions;
  }

  /** @throws AnotherTraceError if the trace has another root at that transition */
  requireHead({ seq, root }: Head): void {
    const own = this.#roots.get(seq);
    if (seq > this.#transitions || own !== root) throw new AnotherTraceError({ seq, root }, this.#transitions, own);
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
  return new TraceRoots(roots, end);
}
