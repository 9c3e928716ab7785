/**
 * One group: its digest, and the application of its rows one after the other (docs/reference/protocol.md, sections 4
 * and 5).
 */

import { InvalidInputError, RefusedError } from "../errors.ts";
import { address, BITS, TAG } from "../layout.ts";
import { type Cell, packCell } from "../state/cells.ts";
import { Overlay, type TimeMap, type View } from "../state/timeMap.ts";
import { checkShape, isEffect, movesResources, opensPeer } from "./rowShape.ts";
import { declareEntry, invoke, pass } from "./rules/call.ts";
import { clear, delegate } from "./rules/capability.ts";
import { eject, enter, requireApproved } from "./rules/chain.ts";
import { capabilityIn, lineage, lineRows } from "./rules/lineage.ts";
import { claim, escrow, issue, merge, retire, revoke, split } from "./rules/movement.ts";
import { createProgram, joinWith, rotateAuthority } from "./rules/program.ts";
import { type Column, type Progress, Step, slotName, watchOf } from "./rules/step.ts";
import { check, checkRow, ranksOf, trigger, unwatch, watch } from "./rules/watch.ts";
import { type Columns, effectHash, type Opened, type Row, type RowName, type Transition } from "./transition.ts";

const RULES: Readonly<Record<RowName, (step: Step) => void>> = {
  CreateProgram: createProgram,
  Issue: issue,
  Retire: retire,
  DeclareEntry: declareEntry,
  EscrowToProgram: escrow,
  ClaimFromProgram: claim,
  RevokeResource: revoke,
  InvokeProgram: invoke,
  Pass: pass,
  DelegateCapability: delegate,
  RevokeCapability: clear,
  Clear: clear,
  WatchResource: watch,
  Unwatch: unwatch,
  Check: check,
  Trigger: trigger,
  JoinWith: joinWith,
  Split: split,
  Merge: merge,
  RotateAuthority: rotateAuthority,
  Lineage: lineage,
  Enter: enter,
  Eject: eject,
};

/**
 * The digest of a group: chained over its effect rows.
 * @param laneOf the lane of a program's header at the beginning of the group: {@link logLaneOf}
 */
export function groupDigest(rows: readonly Row[], laneOf: (program: number) => bigint): bigint {
  const triggered = rows[0]?.effect === "Trigger";
  let chain: bigint = triggered ? TAG.trigger : TAG.group;
  const seen = new Set<number>();
  for (const row of rows) {
    if (!isEffect(row)) continue;
    chain = effectHash(chain, triggered || seen.has(row.actor) ? 0n : laneOf(row.actor), row);
    seen.add(row.actor);
  }
  return chain;
}

/** The digest that a watch keeps of its trigger's rows. Rows that follow from the state are left out. */
export function triggerDigest(rows: readonly Row[]): bigint {
  let chain: bigint = TAG.trigger;
  for (const row of rows) if (isEffect(row)) chain = effectHash(chain, 0n, row);
  return chain;
}

/** An open group. It does not change the map before {@link Group.commit}. */
export class Group {
  readonly view: View;
  readonly #overlay: Overlay;
  readonly #progress: Progress;
  readonly #done: Transition[] = [];
  #at: number;

  /**
   * @param first seq of the group's first row
   * @param at time of the row before it
   * @param digest the group's digest G
   */
  constructor(map: TimeMap, first: number, at: number, digest: bigint) {
    this.#overlay = new Overlay(map);
    this.view = this.#overlay;
    this.#at = at;
    this.#progress = { first, digest, triggered: 0, call: null, obligations: [], line: null, rotated: new Set() };
  }

  /** The Check row that must come next, if the last row changed a watched slot. */
  pendingCheck(): Row | null {
    const obligation = this.#progress.obligations[0];
    return obligation === undefined ? null : checkRow(this.view, obligation);
  }

  /** The Lineage rows that must come before the row, if it uses a capability that was lent on. */
  linesBefore(row: Row): Row[] {
    return lineRows(this.view, row);
  }

  /**
   * Applies one row.
   * @throws RefusedError if a rule refuses it; do not use the group afterwards
   */
  step(row: Row, at: number): void {
    const progress = this.#progress;
    const seq = progress.first + this.#done.length;
    if (seq >= 2 ** BITS.seq) throw new RefusedError("group-whole", "the map has no room for another transition");
    checkShape(row, this.view.levels);
    this.#checkTime(at);
    this.#checkPlace(row);
    const step = new Step(row, at, seq, this.view, progress);
    const columns = this.#open(step);
    if (isEffect(row)) this.#checkDisjoint(step);
    const clock = this.#tick(step);
    requireApproved(step);
    RULES[row.effect](step);
    if (row.effect !== "Lineage") progress.line = null;
    this.#settle(step, clock);
    for (const [column, opened] of columns) {
      opened.after = packCell({ ...step.left(column), seq } as Cell);
      this.#overlay.write(opened.address, opened.after);
    }
    if (row.effect === "Trigger") progress.triggered = row.actor;
    this.#at = at;
    this.#done.push(this.#transition(step, clock, columns));
  }

  #checkTime(at: number): void {
    if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** BITS.time) {
      throw new InvalidInputError("at", `${at} is not a time: give whole seconds since 1970, below 2^40`);
    }
    if (at < this.#at)
      throw new RefusedError("time-monotone", `it is ${this.#at} already, time cannot go back to ${at}`);
  }

  /** Whether a row of this sort may stand here in the group. */
  #checkPlace(row: Row): void {
    const { obligations, call, triggered, line, rotated } = this.#progress;
    if (line !== null && (capabilityIn(row) !== line.child || row.actor !== line.actor)) {
      throw new RefusedError(
        "capability-attenuates",
        `program ${line.actor} has opened the line of the capability in ${slotName(line.child)}; its use must come next, not ${row.effect}`,
      );
    }
    if (row.effect === "Check") return;
    const owed = obligations[0];
    if (owed !== undefined) {
      throw new RefusedError(
        "watch-deterministic",
        `${slotName(owed.slot)} is watched and was changed; its Check must come next`,
      );
    }
    if (call !== null && row.effect !== "Pass") {
      throw new RefusedError(
        "group-whole",
        `${call.left} arguments of the call to ${slotName(call.entry)} are missing; pass them first`,
      );
    }
    if (isEffect(row) && rotated.has(row.actor)) {
      throw new RefusedError(
        "log-signed",
        `program ${row.actor} changed its authority in this group, which must be its last effect there; put ${row.effect} before`,
      );
    }
    if (triggered !== 0 && row.actor !== triggered) {
      throw new RefusedError(
        "no-unscoped-access",
        `the trigger is program ${triggered}'s; it cannot act in the name of program ${row.actor}`,
      );
    }
  }

  /** Opens the row's columns. @throws RefusedError if a program does not exist or a cell would be opened twice */
  #open(step: Step): Map<Column, Opened> {
    const { row } = step;
    const addresses: [Column, number][] = [
      ["A", address(row.actor, 0)],
      ["B", opensPeer(row) ? address(row.peer, 0) : 0],
      ["S", row.source],
      ["D", row.destination],
      ["X", row.authority],
    ];
    const columns = new Map<Column, Opened>();
    const seen = new Set<number>();
    for (const [column, at] of addresses) {
      if (at === 0) continue;
      if (seen.has(at))
        throw new RefusedError("group-disjoint", `${row.effect} names ${slotName(at)} twice; name two slots`);
      seen.add(at);
      const before = this.view.words(at);
      columns.set(column, { address: at, before, after: before });
      step.open(column, this.view.cell(at));
    }
    step.header("A");
    if (columns.has("B") && row.effect !== "CreateProgram") step.header("B");
    return columns;
  }

  /**
   * S and D of an effect must not have been opened in the group before. The capability of a call may serve several
   * calls.
   */
  #checkDisjoint(step: Step): void {
    const { row, progress } = step;
    const slots: ["S" | "D", number][] = [["D", row.destination]];
    if (row.effect !== "InvokeProgram") slots.push(["S", row.source]);
    for (const [column, at] of slots) {
      if (at !== 0 && step.found(column).seq >= progress.first) {
        throw new RefusedError(
          "group-disjoint",
          `${slotName(at)} was touched before in this group; effects of one group use different slots`,
        );
      }
    }
  }

  /** The actor's clock after the row. */
  #tick(step: Step): number {
    const other = opensPeer(step.row) ? step.found("B") : undefined;
    const clock = 1 + Math.max(step.header("A").clock, other?.type === "program" ? other.clock : 0);
    if (clock >= 2 ** BITS.clock)
      throw new RefusedError("invocation-causal", "the clock has no room for another transition");
    return clock;
  }

  /** Updates clocks, log and steps, and records the Checks owed for changed watched slots. */
  #settle(step: Step, clock: number): void {
    const { row, progress } = step;
    const own = isEffect(row) && progress.triggered === 0;
    const actor = step.header("A");
    if (own && actor.steps + 1 >= 2 ** BITS.steps)
      throw new RefusedError("log-signed", "the program has no room for another step");
    step.leave("A", { ...actor, clock, ...(own ? { log: progress.digest, steps: actor.steps + 1 } : {}) });
    if (opensPeer(row) && row.effect !== "JoinWith") step.leave("B", { ...step.header("B"), clock });
    if (!movesResources(row)) return;
    for (const [column, slot] of [
      ["S", row.source],
      ["D", row.destination],
    ] as const) {
      if (slot === 0) continue;
      const [before, after] = [step.found(column), step.left(column)];
      // One for each watch set when the slot changed: a watch that fires clears only its own bit.
      for (const rank of ranksOf(watchOf(before))) {
        progress.obligations.push({ slot, rank, before, after, kind: row.kind });
      }
    }
  }

  #transition(step: Step, clock: number, columns: ReadonlyMap<Column, Opened>): Transition {
    const closed = (): Opened => ({ address: 0, before: [0n, 0n, 0n], after: [0n, 0n, 0n] });
    const of = (column: Column): Opened => columns.get(column) ?? closed();
    const parent = (column: Column): number => (columns.has(column) ? step.found(column).seq : 0);
    const all: Columns = { A: of("A"), B: of("B"), S: of("S"), D: of("D"), X: of("X") };
    return {
      ...step.row,
      seq: step.seq,
      group: 0,
      at: step.at,
      clock,
      parents: [parent("A"), parent("B"), parent("S"), parent("D"), parent("X")],
      last: false,
      triggered: step.progress.triggered !== 0,
      columns: all,
    };
  }

  /**
   * Closes the group and writes it to the map.
   * @param confirm called with the transitions before anything is written; it may throw to refuse the group
   * @throws RefusedError if a Check, an argument or the use of a capability is missing
   */
  commit(confirm?: (group: readonly Transition[]) => void): Transition[] {
    const { call, obligations, line, first } = this.#progress;
    const owed = obligations[0];
    if (owed !== undefined) {
      throw new RefusedError(
        "watch-deterministic",
        `${slotName(owed.slot)} is watched and was changed, but the group ends without its Check`,
      );
    }
    if (call !== null) {
      throw new RefusedError(
        "group-whole",
        `${call.left} arguments of the call to ${slotName(call.entry)} are missing; pass them in the same group`,
      );
    }
    if (line !== null) {
      throw new RefusedError(
        "group-whole",
        `the line of the capability in ${slotName(line.child)} is opened, but the group ends without its use`,
      );
    }
    const length = this.#done.length;
    if (length === 0) throw new InvalidInputError("rows", "a group has at least one row");
    const group = this.#done.map((t, i) => ({ ...t, group: length > 1 ? first : 0, last: i === length - 1 }));
    confirm?.(group);
    this.#overlay.commit();
    return group;
  }
}
