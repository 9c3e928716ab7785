/** Rules of watches: setting and removing them, the Check owed for every change of a watched slot, and the trigger. */

import { count } from "../../describe/count.ts";
import { RefusedError } from "../../errors.ts";
import { CONDITION, programOf, WATCHES } from "../../layout.ts";
import type { Cell, WatchCell } from "../../state/cells.ts";
import type { View } from "../../state/timeMap.ts";
import { rowOf } from "../rowShape.ts";
import type { Row } from "../transition.ts";
import { requireCapability } from "./capability.ts";
import { contentOf, type Obligation, requireIn, type Step, slotName, unwatchedOwn, vacate, watchOf } from "./step.ts";

/** Checks that the slot in S can be watched, and sets or clears the bit of a rank. */
function setWatch(step: Step, rank: number, on: boolean): void {
  const cell = step.found("S");
  if (cell.type !== "empty" && cell.type !== "resource") {
    throw new RefusedError(
      "watch-deterministic",
      `${slotName(step.row.source)} holds ${contentOf(cell)}; only empty slots and resources are watched`,
    );
  }
  step.leave("S", { ...cell, watch: on ? cell.watch | (1 << rank) : cell.watch & ~(1 << rank) });
}

/**
 * The lowest rank without a watch on the slot.
 * @throws RefusedError if the slot has as many watches as the map allows
 */
function freeRank(step: Step): number {
  const cell = step.found("S");
  const taken = watchOf(cell);
  let rank = 0;
  while ((taken >> rank) & 1) rank++;
  if (rank >= step.view.watches) {
    throw new RefusedError(
      "watch-deterministic",
      `${slotName(step.row.source)} has ${count(ranksOf(taken).length, "watch")}, and a slot of this map no more than ${step.view.watches}; one of them must go first`,
    );
  }
  return rank;
}

/** The ranks in a bit set, in order. */
export function ranksOf(watch: number): number[] {
  // Most slots have no watch.
  if (watch === 0) return [];
  return Array.from({ length: WATCHES }, (_, rank) => rank).filter((rank) => (watch >> rank) & 1);
}

export function watch(step: Step): void {
  const { row } = step;
  requireIn(row.peer, row.source, "peer");
  unwatchedOwn(step);
  if (step.self) {
    if (row.authority !== 0)
      throw new RefusedError("no-unscoped-access", "a program watches its own slots without a capability; name none");
  } else {
    requireCapability(step, "X", { root: row.peer, right: "watch", target: row.source, own: true, subject: 0n });
  }
  const rank = freeRank(step);
  if (!Object.values<number>(CONDITION).includes(row.argument.condition ?? 0)) {
    throw new RefusedError(
      "watch-deterministic",
      `condition ${row.argument.condition ?? 0} is not one of the five, 1 to 5; name one of them`,
    );
  }
  setWatch(step, rank, true);
  step.leave("D", {
    type: "watch",
    state: "armed",
    target: row.source,
    kind: row.kind,
    condition: row.argument.condition ?? 0,
    rank,
    threshold: row.quantity,
    trigger: row.argument.trigger ?? 0n,
    seq: step.seq,
  });
}

/** The own watch in X. It must be in the given state. If the row names a slot, the slot must be the watch's target. */
function ownWatch(step: Step, state: WatchCell["state"]): WatchCell {
  const { row } = step;
  if (programOf(row.authority) !== row.actor) {
    throw new RefusedError(
      "no-unscoped-access",
      `${slotName(row.authority)} is not in the memory of program ${row.actor}, which would be the owner of the watch`,
    );
  }
  const cell = step.found("X");
  if (cell.type !== "watch" || cell.state !== state) {
    throw new RefusedError(
      "watch-deterministic",
      `${slotName(row.authority)} holds ${contentOf(cell)}, not a watch that is ${state}`,
    );
  }
  if (row.source !== 0) {
    requireIn(row.peer, row.source, "peer");
    if (cell.target !== row.source) {
      throw new RefusedError(
        "watch-deterministic",
        `the watch in ${slotName(row.authority)} is on ${slotName(cell.target)}, not on ${slotName(row.source)}`,
      );
    }
  }
  return cell;
}

export function unwatch(step: Step): void {
  const { rank, trigger } = ownWatch(step, "armed");
  if (trigger !== (step.row.argument.removed ?? 0n)) {
    throw new RefusedError(
      "log-signed",
      `the watch in ${slotName(step.row.authority)} has another trigger than the row says; read the watch, and ask again`,
    );
  }
  setWatch(step, rank, false);
  vacate(step, "X");
}

/** The Check row for an obligation. */
export function checkRow(view: View, obligation: Obligation): Row {
  const at = view.watchOn(obligation.slot, obligation.rank);
  const cell = view.cell(at);
  if (cell.type !== "watch") {
    throw new RefusedError(
      "watch-deterministic",
      `${slotName(obligation.slot)} is marked as watched, but no armed watch of rank ${obligation.rank} is on it`,
    );
  }
  return rowOf("Check", programOf(at), {
    peer: programOf(obligation.slot),
    source: obligation.slot,
    authority: at,
    kind: cell.kind,
    argument: { condition: cell.condition },
  });
}

export function check(step: Step): void {
  const { row, progress } = step;
  const obligation = progress.obligations[0];
  if (obligation === undefined || obligation.slot !== row.source) {
    throw new RefusedError(
      "watch-deterministic",
      `no change of ${slotName(row.source)} came before this Check; leave it out`,
    );
  }
  const cell = ownWatch(step, "armed");
  if (row.kind !== cell.kind || (row.argument.condition ?? 0) !== cell.condition) {
    throw new RefusedError("watch-deterministic", "the Check does not carry the kind and the condition of its watch");
  }
  if (cell.rank !== obligation.rank) {
    throw new RefusedError(
      "watch-deterministic",
      `the watches on ${slotName(row.source)} are checked in the order of their ranks: ${obligation.rank} comes next, not ${cell.rank}`,
    );
  }
  progress.obligations.shift();
  if (!conditionHolds(cell, obligation)) return;
  setWatch(step, cell.rank, false);
  step.leave("X", { ...cell, state: "fired" });
}

const quantityOf = (cell: Cell): bigint => (cell.type === "resource" ? cell.quantity : 0n);

/** Whether the watch's condition holds after a change. */
export function conditionHolds(watch: WatchCell, change: Obligation): boolean {
  const matches = watch.kind === 0n || watch.kind === change.kind;
  const quantity = matches ? quantityOf(change.after) : 0n;
  switch (watch.condition) {
    case CONDITION.above:
      return quantity > watch.threshold;
    case CONDITION.below:
      return quantity < watch.threshold;
    case CONDITION.arrival:
      return matches && change.before.type === "empty" && change.after.type === "resource";
    case CONDITION.departure:
      return matches && change.before.type === "resource" && change.after.type === "empty";
    case CONDITION.change:
      return matches;
    default:
      return false;
  }
}

export function trigger(step: Step): void {
  const { row, progress } = step;
  if (step.seq !== progress.first) {
    throw new RefusedError("watch-deterministic", "a trigger opens its group; apply it on its own");
  }
  const cell = ownWatch(step, "fired");
  if (cell.trigger !== progress.digest) {
    throw new RefusedError(
      "watch-deterministic",
      `the rows are not those that the watch in ${slotName(row.authority)} was set with; apply exactly those`,
    );
  }
  step.leave("X", { ...cell, state: "spent" });
}
