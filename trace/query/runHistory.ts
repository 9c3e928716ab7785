/** A run, and its state after any transition. */
import { Names, type NameTables } from "../describe/names.ts";
import { lookUp, type TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import type { Replayed } from "../replay/replay.ts";
import type { Genesis } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { type Past, WholePast } from "./past.ts";

/** A run, with the names and triggers for the answers on it. */
export interface RunHistory {
  genesis: Genesis;
  /** Its transitions, as far as they are asked for. */
  past: Past;
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
  /** Made when it is first asked for. */
  readonly inventory: Inventory;
}

/**
 * The history of a replayed run.
 *
 *     const history = historyOf(replayDirectory("my-run"), manifest);
 *     stateAt(snapshotOf(history, 12)).programs
 */
export function historyOf({ genesis, groups, map, trace }: HistorySource, tables: NameTables): RunHistory {
  const triggers = lookUp(trace.triggers);
  const transitions = groups.flat();
  const past = new WholePast(genesis, transitions, map);
  return { genesis, past, transitions, end: map, names: new Names(tables), tables, triggers };
}

/** The parts of a history; a replayed run directory has them all. */
export type HistorySource = Pick<Replayed, "genesis" | "groups" | "map"> & {
  trace: Pick<Replayed["trace"], "triggers">;
};

/**
 * The state after the transition `seq`, by default the last one.
 * @throws InvalidInputError if the run has no such transition
 */
export function snapshotOf(history: RunHistory, seq = history.past.count): Snapshot {
  const { past } = history;
  requireSeq("at", seq, 0, past.count);
  const map = past.stateAfter(seq);
  let inventory: Inventory | undefined;
  return {
    ...{ history, seq, at: past.at(seq)?.at ?? 0, map },
    get inventory() {
      // Not every question needs all cells.
      inventory ??= inventoryOf(map);
      return inventory;
    },
  };
}

/** @throws InvalidInputError unless the number lies between the two */
export function requireSeq(field: string, seq: number, least: number, last: number): void {
  if (Number.isSafeInteger(seq) && seq >= least && seq <= last) return;
  const there =
    last < least ? "the trace has no transition" : `give ${least} to ${last}, the last transition of the trace`;
  throw new InvalidInputError(field, `${seq} is not there; ${there}`);
}
