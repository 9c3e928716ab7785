/** A run, replayed once, and its state after any transition. */
import { Names, type NameTables } from "../describe/names.ts";
import { lookUp, type TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import type { Replayed } from "../replay/replay.ts";
import { type Genesis, mapOf } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";

/** A replayed run, with the names and triggers for its answers. */
export interface RunHistory {
  genesis: Genesis;
  /** All transitions, in order: transition `seq` is at index `seq - 1`. */
  transitions: readonly Transition[];
  /** The state at the end. Read only. */
  end: TimeMap;
  names: Names;
  tables: NameTables;
  triggers: TriggerRows;
}

/** The state after one transition, and its cells. */
export interface Snapshot {
  history: RunHistory;
  /** The snapshot's last transition; 0 is the genesis. */
  seq: number;
  /** Its time in seconds since 1970, at which rights and deadlines are checked; 0 for the genesis. */
  at: number;
  map: TimeMap;
  inventory: Inventory;
}

/**
 * The history of a replayed run.
 *
 *     const history = historyOf(replayDirectory("my-run"), manifest);
 *     stateAt(snapshotOf(history, 12)).programs
 */
export function historyOf({ genesis, groups, map, trace }: HistorySource, tables: NameTables): RunHistory {
  const triggers = lookUp(trace.triggers);
  return { genesis, transitions: groups.flat(), end: map, names: new Names(tables), tables, triggers };
}

/** The parts of a history; a replayed run directory has them all. */
export type HistorySource = Pick<Replayed, "genesis" | "groups" | "map"> & {
  trace: Pick<Replayed["trace"], "triggers">;
};

/**
 * The state after the transition `seq`, by default the last one. Nothing is replayed again: the cells of the
 * transitions are written over the genesis.
 * @throws InvalidInputError if the run has no such transition
 */
export function snapshotOf(history: RunHistory, seq = history.transitions.length): Snapshot {
  const { genesis, transitions, end } = history;
  requireSeq("at", seq, 0, transitions.length);
  const map = seq === transitions.length ? end : mapOf(genesis);
  if (map !== end) {
    for (const { columns } of transitions.slice(0, seq)) {
      for (const { address, after } of Object.values(columns)) if (address !== 0) map.write(address, after);
    }
  }
  return { history, seq, at: transitions[seq - 1]?.at ?? 0, map, inventory: inventoryOf(map) };
}

/** The transitions up to the snapshot. */
export function transitionsUpTo({ history, seq }: Snapshot): readonly Transition[] {
  return history.transitions.slice(0, seq);
}

/** @throws InvalidInputError unless the number lies between the two */
export function requireSeq(field: string, seq: number, least: number, last: number): void {
  if (Number.isSafeInteger(seq) && seq >= least && seq <= last) return;
  const there =
    last < least ? "the trace has no transition" : `give ${least} to ${last}, the last transition of the trace`;
  throw new InvalidInputError(field, `${seq} is not there; ${there}`);
}
