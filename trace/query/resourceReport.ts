/** Reports a resource in its slot, and the programs that can take it at the state's time. */
import type { Measured, Names, ProgramRef } from "../describe/names.ts";
import { GRACE, programOf } from "../layout.ts";
import type { ResourceCell } from "../state/cells.ts";
import type { Placed } from "./inventory.ts";
import { type KindRef, type SlotRef, slotRef } from "./refs.ts";

/** A program's right to an escrow without a capability. */
export interface EscrowRight {
  program: ProgramRef;
  /**
   * `claim`: the holder takes it; `claim-in-place`: the holder takes it in its slot, long after the deadline;
   * `take-back`: the giver takes it back.
   */
  may: "claim" | "claim-in-place" | "take-back";
  /** Whether the right holds at the state's time. */
  now: boolean;
  /** Bounds of the right, in seconds since 1970; null where there is no such bound. */
  from: number | null;
  until: number | null;
}

/** A resource in a slot. */
export interface ResourceReport extends Measured {
  /** Id, in decimal. */
  resource: string;
  kind: KindRef;
  /** In decimal; for data its digest. */
  quantity: string;
  slot: SlotRef;
  /** Null if the slot's program owns it outright. */
  escrow: { from: ProgramRef; deadline: number | null; rights: EscrowRight[] } | null;
}

/** @param at the time at which rights are checked, in seconds since 1970 */
export function resourceReport({ address, cell }: Placed<ResourceCell>, at: number, names: Names): ResourceReport {
  return {
    resource: cell.id.toString(),
    kind: names.kindRef(cell.kind),
    quantity: cell.quantity.toString(),
    ...names.measure(cell.quantity, cell.kind),
    slot: slotRef(address, names),
    escrow:
      cell.escrowFrom === 0
        ? null
        : {
            from: names.ref(cell.escrowFrom),
            deadline: cell.deadline === 0 ? null : cell.deadline,
            rights: escrowRights(address, cell, at, names),
          },
  };
}

/**
 * An escrow belongs to its holder until its deadline, and to its giver from then on (docs/reference/protocol.md,
 * section 4).
 */
function escrowRights(
  address: number,
  { escrowFrom, deadline }: ResourceCell,
  at: number,
  names: Names,
): EscrowRight[] {
  const right = (program: number, may: EscrowRight["may"], from: number, until: number): EscrowRight => ({
    ...{ program: names.ref(program), may, now: at >= from && (until === 0 || at < until) },
    ...{ from: from === 0 ? null : from, until: until === 0 ? null : until },
  });
  const holder = programOf(address);
  if (deadline === 0) return [right(holder, "claim", 0, 0), right(escrowFrom, "take-back", 0, 0)];
  return [
    right(holder, "claim", 0, deadline),
    right(holder, "claim-in-place", deadline + GRACE, 0),
    right(escrowFrom, "take-back", deadline, 0),
  ];
}
