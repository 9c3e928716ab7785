/** The transitions of a run, as far as questions need them: all in memory, or found by the states of a store. */
import type { Transition } from "../machine/transition.ts";
import { type Genesis, mapOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** The past of a run. A list of transitions is in their order, and may have others than those that were asked for. */
export interface Past {
  /** Number of all transitions. */
  readonly count: number;
  /** The transition of a number; undefined if there is none. */
  at(seq: number): Transition | undefined;
  /** The state after a transition; 0 is the genesis. Read only. */
  stateAfter(seq: number): TimeMap;
  /** The transition that made each of some programs of the state after `upTo`. Those of the genesis are left out. */
  makers(programs: readonly number[], upTo: number): ReadonlyMap<number, number>;
  /** The transitions up to one that opened any of some cells. */
  opened(addresses: readonly number[], upTo: number): readonly Transition[];
  /** For each of some cells the first transition after `seq` that opens it, if there is one. */
  nextOpened(addresses: ReadonlySet<number>, seq: number): ReadonlyMap<number, number>;
  /** The transitions up to one in whose cells the resource lay, before or after. */
  wayOf(resource: bigint, upTo: number): readonly Transition[];
}

/** The past of a run whose transitions are all in memory. */
export class WholePast implements Past {
  readonly #genesis: Genesis;
  readonly #transitions: readonly Transition[];
  readonly #end: TimeMap;

  /** @param end the state after the last transition */
  constructor(genesis: Genesis, transitions: readonly Transition[], end: TimeMap) {
    this.#genesis = genesis;
    this.#transitions = transitions;
    this.#end = end;
  }

  get count(): number {
    return this.#transitions.length;
  }

  at(seq: number): Transition | undefined {
    return this.#transitions[seq - 1];
  }

  /** Nothing is replayed again: the cells of the transitions are written over the genesis. */
  stateAfter(seq: number): TimeMap {
    if (seq === this.count) return this.#end;
    const map = mapOf(this.#genesis);
    for (const transition of this.#upTo(seq)) writeCells(map, transition);
    return map;
  }

  makers(_programs: readonly number[], upTo: number): Map<number, number> {
    const made = new Map<number, number>();
    for (const { effect, peer, seq } of this.#upTo(upTo)) if (effect === "CreateProgram") made.set(peer, seq);
    return made;
  }

  opened(_addresses: readonly number[], upTo: number): readonly Transition[] {
    return this.#upTo(upTo);
  }

  nextOpened(addresses: ReadonlySet<number>, seq: number): Map<number, number> {
    const next = new Map<number, number>();
    for (let i = seq; i < this.count && next.size < addresses.size; i++) {
      const transition = this.#transitions[i];
      if (transition !== undefined) noteOpened(transition, addresses, next);
    }
    return next;
  }

  wayOf(_resource: bigint, upTo: number): readonly Transition[] {
    return this.#upTo(upTo);
  }

  #upTo(seq: number): readonly Transition[] {
    return this.#transitions.slice(0, seq);
  }
}

/** Writes the cells that a transition left. */
export function writeCells(map: TimeMap, { columns }: Transition): void {
  for (const { address, after } of Object.values(columns)) if (address !== 0) map.write(address, after);
}

/** Notes for each of some cells that the transition opens it, unless one before it was noted. */
export function noteOpened(
  { columns, seq }: Transition,
  addresses: ReadonlySet<number>,
  next: Map<number, number>,
): void {
  for (const { address } of Object.values(columns))
    if (addresses.has(address) && !next.has(address)) next.set(address, seq);
}
