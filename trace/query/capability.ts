/** One capability: its scope, its line, its uses, and what it allows. */
import type { ProgramRef } from "../describe/names.ts";
import { InvalidInputError } from "../errors.ts";
import { capabilityIn } from "../machine/rules/lineage.ts";
import type { RowName, Transition } from "../machine/transition.ts";
import { type CapabilityCell, unpackCell } from "../state/cells.ts";
import { type AllowedUse, allowedBy } from "./allowed.ts";
import { type CapabilityReport, capabilityReport } from "./capabilityReport.ts";
import type { Placed } from "./inventory.ts";
import { CapabilityLines, parentOf } from "./lines.ts";
import { slotAddress, thereAre, wholeNumber } from "./refs.ts";
import type { Snapshot } from "./runHistory.ts";
import { type Moment, momentOf } from "./state.ts";

/** A transition that a capability allowed. */
export interface CapabilityUse {
  seq: number;
  /** Seconds since 1970. */
  at: number;
  effect: RowName;
  actor: ProgramRef;
}

/** One capability at a moment. */
export interface CapabilityAnswer extends Moment {
  capability: CapabilityReport;
  /** The transition that revoked it; null while it is there. */
  revoked: number | null;
  /** Its ancestors, the nearest first, as far as they still exist. */
  line: CapabilityReport[];
  /** The existing capabilities derived from it. */
  derived: CapabilityReport[];
  /** The uses that it allows its holder at the moment's time. */
  allows: AllowedUse[];
  uses: CapabilityUse[];
}

/**
 * A capability at the snapshot, including one that was revoked before.
 * @param asked the transition that made it, or its slot, `PROGRAM:SLOT`
 * @throws InvalidInputError listing the existing capabilities, if there is no such capability, or not yet
 */
export function capabilityAt(snapshot: Snapshot, asked: string): CapabilityAnswer {
  const { map, inventory, at, history } = snapshot;
  const { names } = history;
  const placed = capabilityAsked(snapshot, asked);
  const { address, cell } = placed;
  const before = history.past.opened([address], snapshot.seq);
  const lines = new CapabilityLines(map);
  const report = (one: Placed<CapabilityCell>): CapabilityReport =>
    capabilityReport(one, lines.of(one.address), at, names);
  const held = map.cell(address);
  const there = held.type === "capability" && held.nonce === cell.nonce;
  const uses = before.filter((t) => t.effect !== "Lineage" && capabilityIn(t) === address && isOf(t, cell));
  const last = before.find((t) => t.seq > cell.nonce && t.effect === "RevokeCapability" && t.authority === address);
  return {
    ...momentOf(snapshot),
    capability: there ? report(placed) : revokedReport(placed, snapshot),
    revoked: there ? null : (last?.seq ?? null),
    line: ancestors(snapshot, cell).map(report),
    derived: inventory.capabilities
      .filter((one) => one.cell.parent === address && one.cell.parentNonce === cell.nonce)
      .map(report),
    allows: there ? allowedBy(placed, lines.of(address), snapshot) : [],
    uses: uses.map(({ seq, at, effect, actor }) => ({ seq, at, effect, actor: names.ref(actor) })),
  };
}

/** Whether the row uses this very capability, not another one that lay in the slot at another time. */
function isOf({ columns, effect }: Transition, { nonce }: CapabilityCell): boolean {
  const found = unpackCell((effect === "InvokeProgram" ? columns.S : columns.X).before);
  return found.type === "capability" && found.nonce === nonce;
}

function revokedReport({ address, cell }: Placed<CapabilityCell>, { at, history }: Snapshot): CapabilityReport {
  // A revoked capability needs no line: it allows nothing, even if its ancestors exist.
  const line = { root: null, cut: null };
  return { ...capabilityReport({ address, cell }, line, at, history.names), status: "revoked" };
}

function ancestors({ map }: Snapshot, cell: CapabilityCell): Placed<CapabilityCell>[] {
  const found: Placed<CapabilityCell>[] = [];
  for (let child = cell, next = parentOf(map, child); next !== undefined; next = parentOf(map, child)) {
    found.push({ address: child.parent, cell: next });
    child = next;
  }
  return found;
}

function capabilityAsked(snapshot: Snapshot, asked: string): Placed<CapabilityCell> {
  const { history, map, seq } = snapshot;
  const { names, past } = history;
  const address = slotAddress(asked, map.programs(), names);
  if (address !== undefined) {
    const cell = map.cell(address);
    if (cell.type === "capability") return { address, cell };
    throw new InvalidInputError("capability", `none lies in ${names.slot(address)}; ${capabilitiesThere(snapshot)}`);
  }
  const made = wholeNumber(asked);
  const maker = made === undefined ? undefined : past.at(made);
  const cell = maker?.effect === "DelegateCapability" ? unpackCell(maker.columns.D.after) : undefined;
  if (maker === undefined || cell?.type !== "capability") {
    const wanted = "give the transition that made it, or its slot as PROGRAM:SLOT";
    throw new InvalidInputError(
      "capability",
      `no transition ${asked} made one; ${wanted}; ${capabilitiesThere(snapshot)}`,
    );
  }
  if (maker.seq > seq) {
    throw new InvalidInputError(
      "capability",
      `${asked} is not there at ${seq}: transition ${maker.seq} makes it; ${capabilitiesThere(snapshot)}`,
    );
  }
  return { address: maker.destination, cell };
}

function capabilitiesThere({ inventory, history: { names } }: Snapshot): string {
  return thereAre(
    inventory.capabilities.map(({ address, cell }) =>
      cell.nonce === 0 ? names.slot(address) : `${cell.nonce} in ${names.slot(address)}`,
    ),
  );
}
