/** Who may take a resource out of a slot at some time, by the rules of claims and revocations (protocol, section 4). */
import { GRACE } from "../layout.ts";
import type { ResourceCell } from "./cells.ts";

/**
 * Whether a program is entitled to a resource. What is owned outright is its holder's. What is in escrow is its
 * holder's before the deadline and again after the time of grace, and its giver's from the deadline on; without a
 * deadline it is both's.
 * @param holder the program in whose memory it lies
 * @param at seconds since 1970
 */
export function isEntitled(
  program: number,
  holder: number,
  { escrowFrom, deadline }: Pick<ResourceCell, "escrowFrom" | "deadline">,
  at: number,
): boolean {
  if (escrowFrom === 0) return program === holder;
  const asHolder = program === holder && (deadline === 0 || at < deadline || at >= deadline + GRACE);
  return asHolder || (program === escrowFrom && (deadline === 0 || at >= deadline));
}
