/** Who may do what in a slot, by capability. Looks only where such a capability can lie, not at the whole map. */
import { rightNames } from "../../trace/describe/names.ts";
import { address, programOf, SLOTS, slotOf } from "../../trace/layout.ts";
import type { CapabilityCell } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";

/** A slot by program and number. */
export interface SlotPlace {
  readonly program: number;
  readonly slot: number;
}

/** A capability that reaches the slot. */
export interface Reaching {
  readonly capability: SlotPlace;
  readonly grantee: number;
  readonly rights: readonly string[];
  /** The one slot that it covers; null: every slot of the first grantor. */
  readonly scope: SlotPlace | null;
  readonly subject: bigint | null;
  readonly expiry: number | null;
  /** The capabilities that it was derived from, the first one first. */
  readonly line: readonly SlotPlace[];
}

/** Most programs whose memory is looked through. */
const MOST_PROGRAMS = 64;

/**
 * The capabilities that reach a slot and have not ended. The first of a line lies with the slot's owner, or with the
 * giver of an escrow that is in the slot. The others lie with those that the one before was lent to.
 * @param at the time at which ends are checked, in seconds since 1970
 */
export function reaching(map: TimeMap, slot: number, at: number): Reaching[] {
  const cell = map.cell(slot);
  const givers = cell.type === "resource" && cell.escrowFrom !== 0 ? [cell.escrowFrom] : [];
  const found: Reaching[] = [];
  const memories = new Map<number, readonly (readonly [number, CapabilityCell])[]>();
  const memoryOf = (program: number) => {
    const known = memories.get(program) ?? (memories.size < MOST_PROGRAMS ? capabilitiesIn(map, program) : []);
    memories.set(program, known);
    return known;
  };
  const pending: { program: number; parent: number; nonce: number; line: readonly SlotPlace[] }[] = [
    ...new Set([programOf(slot), ...givers]),
  ].map((program) => ({ program, parent: 0, nonce: 0, line: [] }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { program, parent, nonce, line } = next;
    for (const [place, cap] of memoryOf(program)) {
      const covers = cap.scope === slot || (cap.scope === 0 && (parent !== 0 || program === programOf(slot)));
      if (cap.parent !== parent || cap.parentNonce !== nonce || !covers) continue;
      if (cap.expiry !== 0 && at >= cap.expiry) continue;
      const one = reportOf(place, cap, line);
      found.push(one);
      const below = { program: cap.grantee, parent: place, nonce: cap.nonce, line: [...line, one.capability] };
      if (one.rights.includes("delegate") && line.length < MOST_PROGRAMS) pending.push(below);
    }
  }
  return found;
}

function capabilitiesIn(map: TimeMap, program: number): [number, CapabilityCell][] {
  const found: [number, CapabilityCell][] = [];
  for (let slot = 1; slot < SLOTS; slot++) {
    const cell = map.cell(address(program, slot));
    if (cell.type === "capability") found.push([address(program, slot), cell]);
  }
  return found;
}

function reportOf(place: number, cell: CapabilityCell, line: readonly SlotPlace[]): Reaching {
  const { grantee, rights, scope, subject, expiry } = cell;
  return {
    capability: placeOf(place),
    grantee,
    rights: rightNames(rights).split(" and "),
    scope: scope === 0 ? null : placeOf(scope),
    subject: subject === 0n ? null : subject,
    expiry: expiry === 0 ? null : expiry,
    line,
  };
}

function placeOf(at: number): SlotPlace {
  return { program: programOf(at), slot: slotOf(at) };
}
