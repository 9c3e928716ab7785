/** Reports a capability: its grantee, rights, scope, end, and status. */
import { type Names, type ProgramRef, rightNames } from "../describe/names.ts";
import type { CapabilityCell } from "../state/cells.ts";
import type { Placed } from "./inventory.ts";
import type { CapabilityLine } from "./lines.ts";
import { type SlotRef, slotRef } from "./refs.ts";

/**
 * `live`: its holder can use it; `ended`: its time is over; `cut`: an ancestor was revoked; `revoked`: it no longer
 * exists.
 */
export type CapabilityStatus = "live" | "ended" | "cut" | "revoked";

/** A capability in its slot. */
export interface CapabilityReport {
  /** The transition that made it; 0 is the genesis. */
  made: number;
  /** Its slot, in the memory of the program that granted it. */
  slot: SlotRef;
  grantee: ProgramRef;
  /** "claim", "invoke", "watch", "delegate". */
  rights: string[];
  /** Null: every slot of `root`. */
  scope: SlotRef | null;
  /** The program that granted the first capability of the line; null if the line is cut, or it was revoked. */
  root: ProgramRef | null;
  /** Id of the one resource that it covers, in decimal; null for any. */
  subject: string | null;
  /** Seconds since 1970; null: it never ends. */
  expiry: number | null;
  /** Its parent, and the transition that made the parent. */
  parent: { slot: SlotRef; made: number } | null;
  status: CapabilityStatus;
}

/** @param at the time at which its end is checked, in seconds since 1970 */
export function capabilityReport(
  { address, cell }: Placed<CapabilityCell>,
  line: CapabilityLine,
  at: number,
  names: Names,
): CapabilityReport {
  const { grantee, scope, rights, nonce, parent, parentNonce, subject, expiry } = cell;
  return {
    made: nonce,
    slot: slotRef(address, names),
    grantee: names.ref(grantee),
    rights: rights === 0 ? [] : rightNames(rights).split(" and "),
    scope: scope === 0 ? null : slotRef(scope, names),
    root: line.root === null ? null : names.ref(line.root),
    subject: subject === 0n ? null : subject.toString(),
    expiry: expiry === 0 ? null : expiry,
    parent: parent === 0 ? null : { slot: slotRef(parent, names), made: parentNonce },
    status: line.cut !== null ? "cut" : hasEnded(cell, at) ? "ended" : "live",
  };
}

/** Whether its time is over. Its ancestors need no check: no capability ends later than its parent. */
export function hasEnded({ expiry }: CapabilityCell, at: number): boolean {
  return expiry !== 0 && at >= expiry;
}
