/** Lending: what a program may do with its own slots, it lets others do, within terms, until it takes that back. */
import type { Place, ProgramId } from "../effects/effects.ts";
import { type Capability, delegate, type Terms } from "./capability.ts";
import { Entry } from "./entry.ts";
import { RuntimeUseError } from "./errors.ts";
import { Owned } from "./owned.ts";
import { checkLend } from "./terms.ts";

/**
 * Lends rights (DelegateCapability).
 * @param what a slot: of one's own, or another's in which something of one's own lies in escrow; a resource in one's
 *   hands: its slot, and with the right `claim` that resource alone; an entry of one's own; or `all` own slots
 * @param grantee the program that may use them
 * @param terms.by a capability with the right `delegate`, by which another's slot is lent on: where it covers more than
 *   that slot
 * @throws InvalidEffectError if the terms have a right or a field that does not exist, RuntimeUseError if it would be
 *   of no use, RefusedError if a rule refuses it
 */
export async function lend(
  what: Place | Owned | Entry | "all",
  grantee: ProgramId,
  terms: Terms & { readonly by?: Place | Capability },
): Promise<Capability> {
  checkLend(terms);
  const { rights, by } = terms;
  if (what instanceof Owned && rights.includes("claim") && rights.includes("watch")) {
    throw new RuntimeUseError(
      `to claim is about ${what.quantity} ${what.kind}, to watch about the slot, whatever is in it: lend the two one by one`,
    );
  }
  const about = what instanceof Owned ? what.use() : what instanceof Entry ? what.place : what;
  return await delegate(about, grantee, terms, by);
}
