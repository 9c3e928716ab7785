/** What a program may leave a moored map with, and the inputs of the circuit that proves its wish. */
import type { ExitInput, ExitWish } from "../../../prover/exits/exitInput.ts";
import { isEntitled } from "../../../trace/crossing/entitled.ts";
import type { ProgramRef } from "../../../trace/describe/programRef.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { GRACE, isAsset, labelOf, programOf } from "../../../trace/layout.ts";
import { type SlotRef, slotRef } from "../../../trace/query/refs.ts";
import type { LogSignature } from "../../../trace/signing/signature.ts";
import type { ResourceCell } from "../../../trace/state/cells.ts";
import type { Desk } from "./desk.ts";

/** An asset that a program may leave with, now or at another time. */
export interface Leavable {
  readonly slot: SlotRef;
  readonly resource: string;
  readonly label: number;
  readonly quantity: string;
  /** Null if its holder owns it outright. */
  readonly escrow: { readonly from: ProgramRef; readonly deadline: number | null } | null;
  /** Whether the program is entitled to it at the time that was asked for. */
  readonly now: boolean;
  /** Times from which that changes, in order. */
  readonly changes: readonly number[];
  /** The cell's second word, which is signed. */
  readonly w1: bigint;
}

/**
 * @param at the transition after which it is asked
 * @param time in seconds since 1970
 */
export function leavableBy(desk: Desk, at: number, program: number, time: number): Leavable[] {
  const { map, inventory } = desk.snapshot(at);
  const { names } = desk.history;
  return inventory.resources.flatMap(({ address, cell }) => {
    const holder = programOf(address);
    if (!isAsset(cell.kind) || (program !== holder && program !== cell.escrowFrom)) return [];
    const entitled = (when: number): boolean => isEntitled(program, { holder, ...cell }, when);
    return {
      slot: slotRef(address, names),
      ...{ resource: cell.id.toString(), label: labelOf(cell.kind), quantity: cell.quantity.toString() },
      escrow: escrowOf(cell, names.ref(cell.escrowFrom)),
      now: entitled(time),
      changes: boundsOf(cell).filter((bound) => bound > time && entitled(bound) !== entitled(bound - 1)),
      w1: map.words(address)[1],
    };
  });
}

function escrowOf({ escrowFrom, deadline }: ResourceCell, from: ProgramRef): Leavable["escrow"] {
  return escrowFrom === 0 ? null : { from, deadline: deadline === 0 ? null : deadline };
}

/** Times at which rights to an escrow change. */
function boundsOf({ escrowFrom, deadline }: ResourceCell): number[] {
  return escrowFrom === 0 || deadline === 0 ? [] : [deadline, deadline + GRACE];
}

/**
 * The statement of an exit and the inputs of its circuit, from a signature: the key itself is elsewhere.
 * @param root of the map's head on its chain
 * @throws InvalidInputError as `exitInput` does; "run" if the run's state is another than that of the head
 */
export async function exitInputOf(
  desk: Desk,
  { at, root }: { readonly at: number; readonly root: string },
  wish: ExitWish,
  signature: LogSignature,
): Promise<ExitInput> {
  const { map } = desk.snapshot(at);
  if (map.root().toString() !== root) {
    throw new InvalidInputError("run", `has another state after transition ${at} than the map's head on its chain`);
  }
  // Signatures take their curve's library along.
  const { exitInput } = await import("../../../prover/exits/exitInput.ts");
  return exitInput(map, wish, { signature });
}
