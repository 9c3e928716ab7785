/** Lending: a program lets others use its slots, within terms, until it revokes the right. */
import type { Place, ProgramId } from "../effects/effects.ts";
import { type Capability, delegate, type Terms } from "./capability.ts";
import { Entry } from "./entry.ts";
import { RuntimeUseError } from "./errors.ts";
import { Owned } from "./owned.ts";
import { checkLend } from "./terms.ts";

/**
 * Lends rights (DelegateCapability).
 * @param what an own slot; another program's slot that holds an own resource in escrow; an own resource: its slot, and
 *   with the right `claim` that resource alone; an own entry; or `all` own slots
 * @param grantee the program that may use them
 * @param terms.by a capability with the right `delegate`, to lend another program's slot on; needed where the
 *   capability covers more than that slot
 * @throws InvalidEffectError if the terms have an unknown right or field, RuntimeUseError if the capability would be
 *   useless, RefusedError if a rule refuses it
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
      `the right claim covers ${what.quantity} ${what.kind}, the right watch covers the slot and any later content: lend them one by one`,
    );
  }
  const about = what instanceof Owned ? what.use() : what instanceof Entry ? what.place : what;
  return await delegate(about, grantee, terms, by);
}
