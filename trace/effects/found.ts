/** The facts that an effect's rows state about the cells they find: addresses, resources, keys of peers. */

import { RefusedError } from "../errors.ts";
import { address, SLOTS } from "../layout.ts";
import { contentOf, slotName } from "../machine/rules/step.ts";
import type { ResourceCell } from "../state/cells.ts";
import type { View } from "../state/timeMap.ts";
import type { Place } from "./effects.ts";

/** Address of a memory slot. @throws RefusedError if it is the header, or would reach into the next program */
export function placeAddress(place: Place): number {
  const { program, slot } = place;
  if (!Number.isSafeInteger(slot) || slot < 1 || slot >= SLOTS) {
    throw new RefusedError("no-unscoped-access", `slot ${slot} is not a memory slot: they run from 1 to 255`);
  }
  if (!Number.isSafeInteger(program) || program < 1) {
    throw new RefusedError("invocation-causal", `${program} is not a program: they are numbered from 1`);
  }
  return address(program, slot);
}

/** id, kind and quantity of the resource at the address. */
export function thingAt(view: View, at: number): Pick<ResourceCell, "kind" | "quantity"> & { resource: bigint } {
  const cell = view.cell(at);
  if (cell.type !== "resource") {
    throw new RefusedError(
      "no-double-spend",
      `${slotName(at)} holds ${contentOf(cell)}, not a resource; it was moved or never there`,
    );
  }
  return { resource: cell.id, kind: cell.kind, quantity: cell.quantity };
}

/** The key of a peer, for the rows that bind it. If the peer does not exist, the machine refuses the row. */
export function keyBound(view: View, actor: number, peer: number): { peerAuthority: bigint } {
  return { peerAuthority: peer === actor ? 0n : (keyIn(view, peer) ?? 0n) };
}

/** The key of a program in the state; undefined if there is no program of that number. */
export function keyIn(view: View, program: number): bigint | undefined {
  if (!Number.isSafeInteger(program) || program < 1 || program > view.programs()) return undefined;
  const header = view.cell(address(program, 0));
  return header.type === "program" ? header.authority : undefined;
}
