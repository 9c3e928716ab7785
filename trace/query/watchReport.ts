/** Reports a watch: its condition, its status, and its trigger. */
import { conditionName, type Names } from "../describe/names.ts";
import { CONDITION } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { unpackCell, type WatchCell } from "../state/cells.ts";
import type { Placed } from "./inventory.ts";
import { type KindRef, type SlotRef, slotRef } from "./refs.ts";

/**
 * `armed`: it waits; `fired`: any program can apply its trigger; `spent`: its trigger was applied; `removed`: it no
 * longer exists.
 */
export type WatchStatus = WatchCell["state"] | "removed";

/** A watch in its slot. */
export interface WatchReport {
  /** The transition that set it. */
  set: number;
  /** Its slot, in its owner's memory. */
  slot: SlotRef;
  /** The watched slot. */
  target: SlotRef;
  /** "above", "below", "arrival", "departure", "change". */
  condition: string;
  /** Null: any kind. */
  kind: KindRef | null;
  /** For `above` and `below`, in decimal; else null. */
  threshold: string | null;
  status: WatchStatus;
  /** The transitions that fired it, and that applied its trigger; null if none did. */
  fired: number | null;
  applied: number | null;
  /** Digest of its trigger, in decimal. */
  trigger: string;
}

/** The events of one watch. */
export interface WatchEvents {
  set: Transition;
  fired: number | null;
  applied: number | null;
  /** The transition that removed it. */
  removed: number | null;
}

/** All watches that the transitions set, in order; and those that exist at the end, by address. */
export interface WatchIndex {
  all: WatchEvents[];
  there: Map<number, WatchEvents>;
}

/** Collects each watch's events from the transitions, in one pass. */
export function watchIndex(transitions: readonly Transition[]): WatchIndex {
  const all: WatchEvents[] = [];
  const there = new Map<number, WatchEvents>();
  for (const t of transitions) {
    if (t.effect === "WatchResource") {
      const events = { set: t, fired: null, applied: null, removed: null };
      all.push(events);
      there.set(t.destination, events);
    }
    const events = there.get(t.authority);
    if (events === undefined) continue;
    const left = unpackCell(t.columns.X.after);
    if (t.effect === "Check" && left.type === "watch" && left.state === "fired") events.fired = t.seq;
    else if (t.effect === "Trigger") events.applied = t.seq;
    else if (t.effect === "Unwatch" || t.effect === "Clear") {
      events.removed = t.seq;
      there.delete(t.authority);
    }
  }
  return { all, there };
}

/** @param events its events */
export function watchReport({ address, cell }: Placed<WatchCell>, events: WatchEvents, names: Names): WatchReport {
  const { fired, applied, removed } = events;
  const compares = cell.condition === CONDITION.above || cell.condition === CONDITION.below;
  return {
    ...{ set: events.set.seq, slot: slotRef(address, names), target: slotRef(cell.target, names) },
    condition: conditionName(cell.condition),
    kind: cell.kind === 0n ? null : names.kindRef(cell.kind),
    threshold: compares ? cell.threshold.toString() : null,
    status: removed === null ? cell.state : "removed",
    ...{ fired, applied, trigger: cell.trigger.toString() },
  };
}
