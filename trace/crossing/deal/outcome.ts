/** How a deal has ended, as the maps show it. */

import { address, SLOTS } from "../../layout.ts";
import type { View } from "../../state/timeMap.ts";
import { fateOf, isOpened } from "../lock/standing.ts";
import type { Lock } from "../lock/terms.ts";
import { type Deal, type Sights, secretShown } from "./deal.ts";

/** Whose a thing of a deal is now. */
export interface Ending {
  readonly on: string;
  readonly lock: Lock;
  readonly i: number;
  /** Whose it is: its receiver's, or still or again its giver's. */
  readonly whose: "receiver" | "giver";
  /**
   * Whether that program has it in its own memory. Otherwise it is in the lock, and the program may take it: by the
   * open lock, by the secret that was shown, or from the deadline on.
   */
  readonly inHand: boolean;
}

/** Whose each thing is. A map that stands still counts as it stands: its clock does not go on without it. */
export function endingsOf(deal: Deal, sights: Sights): Ending[] {
  const shown = secretShown(deal, sights) !== undefined;
  return deal.locks.flatMap(({ on, lock }) => {
    const sight = sights[on];
    if (sight === undefined) return [];
    return lock.goods.map(({ giver, receiver, id }, i): Ending => {
      const opened = isOpened(sight.map, lock);
      const locked = fateOf(sight.map, lock, i) === "locked";
      const whose = opened || (locked && shown && sight.now < lock.deadline) ? "receiver" : "giver";
      return { on, lock, i, whose, inHand: holds(sight.map, whose === "receiver" ? receiver : giver, id) };
    });
  });
}

/** Whether everybody has its goods or its counter-goods: all things have changed hands, or none. */
export function isWhole(deal: Deal, sights: Sights): boolean {
  return new Set(endingsOf(deal, sights).map(({ whose }) => whose)).size <= 1;
}

/** Whether a program has a resource outright in its own memory. */
function holds(map: View, program: number, id: bigint): boolean {
  for (let slot = 1; slot < SLOTS; slot++) {
    const cell = map.cell(address(program, slot));
    if (cell.type === "resource" && cell.id === id && cell.escrowFrom === 0) return true;
  }
  return false;
}
