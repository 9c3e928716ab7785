/** Finds watches that are armed at the end and can never fire, or cannot fire in the present state. */

import { conditionName } from "../describe/names.ts";
import { CONDITION, issuerOf, programOf, slotOf } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { type Cell, unpackCell, type WatchCell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { firstLeaf } from "../state/tree.ts";
import { type Checked, type Finding, inOrder, type Severity, Telling } from "./finding.ts";

const MOST = (1n << 128n) - 1n;

/** Why a watch does not fire. An error can be proven; later transitions can change a warning or an info. */
interface Reason {
  severity: Severity;
  why: string;
  suggestion: string;
}

export function findWatches({ groups, manifest, map }: Checked): Finding[] {
  const telling = new Telling(manifest);
  const found: Finding[] = [];
  let totals: Map<bigint, bigint> | undefined;
  for (const t of groups.flat()) {
    if (t.effect !== "WatchResource") continue;
    const [set, now] = [unpackCell(t.columns.D.after), map.cell(t.destination)];
    if (set.type !== "watch" || now.type !== "watch" || now.state !== "armed" || setAgain(groups, t)) continue;
    totals ??= totalsOf(map);
    const reason = never(now, map, telling) ?? unlikely(now, t, map, totals, telling);
    if (reason === null) continue;
    const { severity, why, suggestion } = reason;
    found.push({
      id: severity === "error" ? "watch-never" : "watch-unlikely",
      severity,
      message: `the watch of ${telling.transition(t)} ${severity === "error" ? "can never fire" : "cannot fire as things stand"}: ${why}`,
      transitions: [t.seq],
      programs: inOrder([t.actor, programOf(now.target)]),
      suggestion,
    });
  }
  return found;
}

/** Whether the watch's slot got another watch later. */
function setAgain(groups: Checked["groups"], { seq, destination }: Transition): boolean {
  return groups.some((group) =>
    group.some((t) => t.effect === "WatchResource" && t.destination === destination && t.seq > seq),
  );
}

/** A condition that no state of this map can fulfil. */
function never({ condition, threshold, kind }: WatchCell, map: TimeMap, { names }: Telling): Reason | null {
  const reason = (why: string, suggestion: string): Reason => ({ severity: "error", why, suggestion });
  if (condition === CONDITION.above && threshold >= MOST) {
    return reason("no quantity is above 2^128 − 1", "Use a lower threshold.");
  }
  if (condition === CONDITION.below && threshold === 0n) {
    return reason(
      "no quantity is below 0",
      "Use a threshold of 1 to learn that nothing is left, or watch for departure.",
    );
  }
  const issuer = issuerOf(kind);
  if (condition !== CONDITION.below && kind !== 0n && (issuer === 0 || issuer >= firstLeaf(map.levels))) {
    return reason(
      `${names.kind(kind)} has an issuer, ${issuer}, that this map has no room for`,
      "Name a kind that a program issues, or 0 for any.",
    );
  }
  return null;
}

/** A fact that must change before the watch can fire. */
function unlikely(
  watch: WatchCell,
  t: Transition,
  map: TimeMap,
  totals: ReadonlyMap<bigint, bigint>,
  { names }: Telling,
): Reason | null {
  const { condition, kind, threshold, target } = watch;
  const total = totals.get(kind) ?? 0n;
  if (condition !== CONDITION.below && kind !== 0n && issuerOf(kind) > map.programs()) {
    const why = `${names.kind(kind)} is issued by program ${issuerOf(kind)}, which does not exist`;
    return { severity: "warning", why, suggestion: "Create that program first, or name the kind that is meant." };
  }
  if (condition === CONDITION.above && kind !== 0n && total <= threshold) {
    const why = `there are ${names.amount(total, kind)} in all, and it waits for more than ${threshold}`;
    return {
      severity: "info",
      why,
      suggestion: `Lower the threshold, unless ${names.program(issuerOf(kind))} is to issue more.`,
    };
  }
  if (condition !== CONDITION.arrival && condition !== CONDITION.above) return null;
  const [slot, owner] = [map.cell(target), programOf(target)];
  if (condition === CONDITION.arrival && slot.type === "resource") {
    const why = `${names.slot(target)} holds ${names.amount(slot.quantity, slot.kind)}, so nothing can arrive before that has left`;
    return {
      severity: "info",
      why,
      suggestion: `Watch for ${conditionName(CONDITION.change)}, or watch an empty slot.`,
    };
  }
  const header: Cell = map.cell(owner * 256);
  if (slot.type === "empty" && header.type === "program" && slotOf(target) < header.inbox && owner !== t.actor) {
    const why = `${names.slot(target)} lies below ${names.program(owner)}'s inbox, so only ${names.program(owner)} can put anything there`;
    return {
      severity: "info",
      why,
      suggestion: `Watch a slot from ${header.inbox} on, unless ${names.program(owner)} itself is awaited.`,
    };
  }
  return null;
}

/** The total of each kind. */
function totalsOf(map: TimeMap): Map<bigint, bigint> {
  const totals = new Map<bigint, bigint>();
  for (const address of map.addresses()) {
    const cell = map.cell(address);
    if (cell.type === "resource") totals.set(cell.kind, (totals.get(cell.kind) ?? 0n) + cell.quantity);
  }
  return totals;
}
