/** One watch: its condition, its slot, and its trigger in words. */
import type { Measured } from "../describe/names.ts";
import { linesOf } from "../describe/triggeredRows.ts";
import { InvalidInputError } from "../errors.ts";
import { unpackCell } from "../state/cells.ts";
import { type KindRef, slotAddress, thereAre, wholeNumber } from "./refs.ts";
import type { Snapshot } from "./runHistory.ts";
import { type Moment, momentOf } from "./state.ts";
import { type WatchEvents, type WatchReport, watchIndex, watchReport } from "./watchReport.ts";

/** One watch at a moment. */
export interface WatchAnswer extends Moment {
  watch: WatchReport;
  /** The transition that removed it; null while it exists. */
  removed: number | null;
  /** The resource in the watched slot; null if there is none. */
  found: ({ resource: string; kind: KindRef; quantity: string } & Measured) | null;
  /** The transition that set it, as a sentence without its full stop, and below it the trigger's effects. */
  asks: string[];
}

/**
 * A watch at the snapshot, including one that was removed before.
 * @param asked the transition that set it, or its slot, `PROGRAM:SLOT`
 * @throws InvalidInputError listing the existing watches, if there is no such watch, or not yet
 */
export function watchAt(snapshot: Snapshot, asked: string): WatchAnswer {
  const { map, history } = snapshot;
  const { names, triggers } = history;
  const events = watchAsked(snapshot, asked);
  const { set, removed } = events;
  const address = set.destination;
  // A removed watch is shown as it was before its removal.
  const cell = unpackCell(removed === null ? map.words(address) : foundBy(snapshot, removed));
  if (cell.type !== "watch") throw new Error(`slot ${address} holds no watch, though transition ${set.seq} set one`);
  const target = map.cell(cell.target);
  return {
    ...momentOf(snapshot),
    watch: watchReport({ address, cell }, events, names),
    removed,
    found:
      target.type === "resource"
        ? {
            ...{ resource: target.id.toString(), kind: names.kindRef(target.kind) },
            ...{ quantity: target.quantity.toString(), ...names.measure(target.quantity, target.kind) },
          }
        : null,
    asks: linesOf(set, names, triggers),
  };
}

function foundBy({ history }: Snapshot, seq: number) {
  const t = history.past.at(seq);
  if (t === undefined) throw new Error(`there is no transition ${seq}`);
  return t.columns.X.before;
}

function watchAsked(snapshot: Snapshot, asked: string): WatchEvents {
  const { history, map, seq } = snapshot;
  const { names, past } = history;
  const address = slotAddress(asked, map.programs(), names);
  if (address !== undefined) {
    const events = watchIndex(past.opened([address], seq)).there.get(address);
    if (events !== undefined) return events;
    throw new InvalidInputError("watch", `none lies in ${names.slot(address)}; ${watchesThere(snapshot)}`);
  }
  const set = wholeNumber(asked);
  const setter = set === undefined ? undefined : past.at(set);
  if (setter?.effect === "WatchResource") {
    const events = watchIndex(past.opened([setter.destination], seq)).all.find((one) => one.set.seq === set);
    if (events !== undefined) return events;
    throw new InvalidInputError(
      "watch",
      `${asked} is not there at ${seq}: transition ${asked} sets it; ${watchesThere(snapshot)}`,
    );
  }
  const wanted = "give the transition that set it, or its slot as PROGRAM:SLOT";
  throw new InvalidInputError("watch", `no transition ${asked} set one; ${wanted}; ${watchesThere(snapshot)}`);
}

function watchesThere({ history: { names, past }, inventory, seq }: Snapshot): string {
  const addresses = inventory.watches.map(({ address }) => address);
  const { there } = watchIndex(past.opened(addresses, seq));
  return thereAre(addresses.map((address) => `${there.get(address)?.set.seq ?? "?"} in ${names.slot(address)}`));
}
