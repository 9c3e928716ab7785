/** One resource: its place, its history, and the programs that can take it. */
import type { ProgramRef } from "../describe/names.ts";
import { InvalidInputError, inOneLine } from "../errors.ts";
import { BITS, CELL, makerOf, TRIGGERED_ID } from "../layout.ts";
import type { RowName, Transition } from "../machine/transition.ts";
import { type ResourceCell, unpackCell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { mayClaim } from "./allowed.ts";
import { hasEnded } from "./capabilityReport.ts";
import type { Placed } from "./inventory.ts";
import { CapabilityLines } from "./lines.ts";
import { decimal, type SlotRef, slotAddress, slotRef, thereAre } from "./refs.ts";
import { type ResourceReport, resourceReport } from "./resourceReport.ts";
import type { RunHistory, Snapshot } from "./runHistory.ts";
import { type Moment, momentOf } from "./state.ts";

/** A transition's change of a resource or its place. */
export interface ResourceEvent {
  seq: number;
  /** Seconds since 1970. */
  at: number;
  effect: RowName;
  actor: ProgramRef;
  /** Null: it was made. Rights are those at the transition's time. */
  from: ResourceReport | null;
  /** Null: it is gone. */
  to: ResourceReport | null;
}

/** A capability that allows a claim of the resource. */
export interface Claimant {
  program: ProgramRef;
  /** The capability's slot, and the transition that made it. */
  capability: SlotRef;
  made: number;
  /**
   * Bounds of the claim, in seconds since 1970: from a deadline on, until the capability's expiry; null: no such bound.
   */
  from: number | null;
  until: number | null;
}

/** One resource at a moment. */
export interface ResourceAnswer extends Moment {
  /** Id, in decimal. */
  resource: string;
  /** The transition that made it; 0 is the genesis. */
  made: number;
  /** The transition that ended it, by destroying it or merging it into another one; null while it is there. */
  gone: number | null;
  /** Null once it is gone. */
  place: ResourceReport | null;
  /** Programs that can claim it by a capability. Its owner, or the two sides of its escrow, are in `place`. */
  claimants: Claimant[];
  history: ResourceEvent[];
}

/**
 * A resource at the snapshot.
 * @param asked its id, or its slot, `PROGRAM:SLOT`
 * @throws InvalidInputError listing the existing resources, if there is no such resource, or not yet
 */
export function resourceAt(snapshot: Snapshot, asked: string): ResourceAnswer {
  const { history, map, at } = snapshot;
  const { names } = history;
  const id = idAsked(snapshot, asked);
  const events = eventsOf(history.past.wayOf(id, snapshot.seq), id, history);
  const first = firstOf(history, id);
  const known = first !== undefined || events.length > 0;
  if (!known) throw notThere(snapshot, asked, id);
  const last = events.at(-1);
  const place = last === undefined ? first?.address : last.to?.slot.address;
  const placed = place === undefined ? undefined : placedAt(map, place);
  const lines = new CapabilityLines(map);
  const claimants =
    placed === undefined
      ? []
      : snapshot.inventory.capabilities.flatMap(({ address, cell }): Claimant[] => {
          if (hasEnded(cell, at)) return [];
          const may = mayClaim(placed, cell, lines.of(address), at, names);
          if (may === undefined) return [];
          const until = cell.expiry === 0 ? null : cell.expiry;
          const capability = slotRef(address, names);
          return [{ program: names.ref(cell.grantee), capability, made: cell.nonce, from: may.from, until }];
        });
  return {
    ...momentOf(snapshot),
    resource: id.toString(),
    made: first === undefined ? (events[0]?.seq ?? 0) : 0,
    gone: placed === undefined ? (last?.seq ?? null) : null,
    place: placed === undefined ? null : resourceReport(placed, at, names),
    claimants,
    history: events,
  };
}

/** The resource of this id in the genesis. */
function firstOf({ genesis }: RunHistory, id: bigint): Placed<ResourceCell> | undefined {
  // What programs make has their number in its id.
  if (makerOf(id) !== 0 || id >= TRIGGERED_ID) return undefined;
  for (const { address, cell } of genesis.cells)
    if (cell.type === "resource" && cell.id === id) return { address, cell };
  return undefined;
}

function placedAt(map: TimeMap, address: number): Placed<ResourceCell> {
  const cell = map.cell(address);
  if (cell.type !== "resource") throw new Error(`slot ${address} holds no resource, though one was left there`);
  return { address, cell };
}

function idAsked(snapshot: Snapshot, asked: string): bigint {
  const { history, map } = snapshot;
  const address = slotAddress(asked, map.programs(), history.names);
  if (address === undefined) {
    const id = decimal(asked, BITS.id);
    if (id !== undefined) return id;
    throw new InvalidInputError("resource", `${inOneLine(asked, 80)} is no id; give digits, or a slot as PROGRAM:SLOT`);
  }
  const cell = map.cell(address);
  if (cell.type === "resource") return cell.id;
  const { names } = history;
  const slots = snapshot.inventory.resources.map((one) => names.slot(one.address));
  throw new InvalidInputError("resource", `none lies in ${names.slot(address)}; ${thereAre(slots)}`);
}

function notThere(snapshot: Snapshot, asked: string, id: bigint): InvalidInputError {
  const { history, seq, inventory } = snapshot;
  const later = eventsOf(history.past.wayOf(id, history.past.count), id, history)[0];
  if (later !== undefined)
    return new InvalidInputError("resource", `${asked} is not there at ${seq}: transition ${later.seq} makes it`);
  const there = inventory.resources.map(({ cell }) => cell.id.toString());
  return new InvalidInputError("resource", `${asked} never was in this run; ${thereAre(there)}`);
}

/** The transitions' changes of the resource: its place, quantity, escrow or deadline. */
function eventsOf(transitions: readonly Transition[], id: bigint, { names }: RunHistory): ResourceEvent[] {
  const events: ResourceEvent[] = [];
  for (const t of transitions) {
    const [before, after] = [resourcesIn(t, "before"), resourcesIn(t, "after")].map((found) =>
      found.find(({ cell }) => cell.id === id),
    );
    const from = before === undefined ? null : resourceReport(before, t.at, names);
    const to = after === undefined ? null : resourceReport(after, t.at, names);
    if (JSON.stringify(from) === JSON.stringify(to)) continue;
    events.push({ seq: t.seq, at: t.at, effect: t.effect, actor: names.ref(t.actor), from, to });
  }
  return events;
}

/** Resources in source and destination, before or after the transition. */
export function resourcesIn({ columns }: Transition, when: "before" | "after"): Placed<ResourceCell>[] {
  const found: Placed<ResourceCell>[] = [];
  for (const { address, ...words } of [columns.S, columns.D]) {
    // Checks the sort first: unpacking a whole cell takes longer.
    if (address === 0 || Number(words[when][0] & 7n) !== CELL.resource) continue;
    const cell = unpackCell(words[when]);
    if (cell.type === "resource") found.push({ address, cell });
  }
  return found;
}
