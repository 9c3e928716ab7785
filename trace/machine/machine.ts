/**
 * The reference state machine: applies the rows of one group to a time map, all of them or none
 * (docs/reference/protocol.md, sections 4 and 5).
 */

import { address } from "../layout.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { Group, groupDigest } from "./group.ts";
import { checkShape } from "./rowShape.ts";
import { logLaneOf, type Row, type Transition } from "./transition.ts";

export { groupDigest, triggerDigest } from "./group.ts";

/** A time map that advances by groups of rows. */
export class Machine {
  readonly map: TimeMap;
  #seq: number;
  #at: number;

  /**
   * @param map the state; the machine writes to it
   * @param seq number of the last transition, 0 for a genesis
   * @param at time of the last transition, in seconds
   */
  constructor(map: TimeMap, seq = 0, at = 0) {
    this.map = map;
    this.#seq = seq;
    this.#at = at;
  }

  /** Number of the last transition. */
  get seq(): number {
    return this.#seq;
  }
  /** Time of the last transition, in seconds since 1970. */
  get at(): number {
    return this.#at;
  }

  /**
   * Applies the rows of one group and inserts the rows that follow from the state: owed Checks, and the lines of used
   * capabilities.
   * @param rows effect rows, or a Trigger row and the rows that it applies; no Checks and no Lineage
   * @param confirm called with the transitions before anything changes; it may throw to refuse the group
   * @throws RefusedError naming the invariant; nothing has changed then
   */
  perform(rows: readonly Row[], at: number, confirm?: (group: readonly Transition[]) => void): Transition[] {
    const group = this.#begin(rows);
    for (const row of rows) {
      for (const before of group.linesBefore(row)) group.step(before, at);
      group.step(row, at);
      for (let owed = group.pendingCheck(); owed !== null; owed = group.pendingCheck()) group.step(owed, at);
    }
    return this.#close(group, at, confirm);
  }

  /**
   * Applies the rows of one group as they stand, Checks and Lineage included.
   * @param at time of all rows, or a time for each
   * @param entering called with the index of each row before it is applied, so that a refusal can be located
   * @throws RefusedError naming the invariant; nothing has changed then
   */
  apply(rows: readonly Row[], at: number | readonly number[], entering?: (index: number) => void): Transition[] {
    const group = this.#begin(rows, entering);
    let time = this.#at;
    rows.forEach((row, i) => {
      entering?.(i);
      time = typeof at === "number" ? at : (at[i] ?? time);
      group.step(row, time);
    });
    return this.#close(group, time);
  }

  #begin(rows: readonly Row[], entering?: (index: number) => void): Group {
    rows.forEach((row, i) => {
      entering?.(i);
      checkShape(row, this.map.levels);
    });
    const digest = groupDigest(rows, (program) => logLaneOf(this.map.words(address(program, 0))));
    return new Group(this.map, this.#seq + 1, this.#at, digest);
  }

  #close(group: Group, at: number, confirm?: (group: readonly Transition[]) => void): Transition[] {
    const transitions = group.commit(confirm);
    this.#seq += transitions.length;
    this.#at = at;
    return transitions;
  }
}
