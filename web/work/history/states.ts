/** States of a run for a slider: each is made from the nearest one before it, not from the genesis. */

import { inventoryOf } from "../../../trace/query/inventory.ts";
import { type RunHistory, requireSeq, type Snapshot } from "../../../trace/query/runHistory.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";

/** Snapshots that are kept: a slider comes back to where it was. */
const KEPT = 8;
/** States that stay for ever, spread over the run, and the fewest transitions between two of them. */
const STAYING = 16;
const APART = 512;

export class States {
  readonly #history: RunHistory;
  readonly #apart: number;
  readonly #kept = new Map<number, Snapshot>();
  readonly #staying = new Map<number, TimeMap>();

  /** @param apart fewest transitions between two states that stay */
  constructor(history: RunHistory, apart = APART) {
    this.#history = history;
    this.#apart = Math.max(apart, Math.ceil(history.transitions.length / STAYING));
  }

  /** The same as `snapshotOf`. @throws InvalidInputError if the run has no such transition */
  at(seq: number): Snapshot {
    const kept = this.#kept.get(seq);
    if (kept !== undefined) return kept;
    const { transitions } = this.#history;
    requireSeq("at", seq, 0, transitions.length);
    const map = this.#mapAt(seq);
    const made = { history: this.#history, seq, at: transitions[seq - 1]?.at ?? 0, map, inventory: inventoryOf(map) };
    this.#kept.set(seq, made);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(old);
    }
    return made;
  }

  #mapAt(seq: number): TimeMap {
    const { transitions, end, genesis } = this.#history;
    if (seq === transitions.length) return end;
    const { from, map: before } = this.#nearest(seq);
    const map = before === undefined ? mapOf(genesis) : before.clone();
    for (let i = from; i < seq; i++) {
      const columns = transitions[i]?.columns;
      if (columns === undefined) break;
      for (const { address, after } of Object.values(columns)) if (address !== 0) map.write(address, after);
      const passed = i + 1;
      if (passed % this.#apart === 0 && !this.#staying.has(passed)) this.#staying.set(passed, map.clone());
    }
    return map;
  }

  /** The last state at or before the transition that is there; undefined if none is. */
  #nearest(seq: number): { from: number; map: TimeMap | undefined } {
    let from = 0;
    let map: TimeMap | undefined;
    for (const [at, found] of [...this.#staying, ...[...this.#kept].map(([at, one]) => [at, one.map] as const)]) {
      if (at > seq || at < from) continue;
      from = at;
      map = found;
    }
    return { from, map };
  }
}
