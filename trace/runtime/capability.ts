/** Capabilities: rights that a program has lent, as seen by the grantor and the grantee. */
import type { Place, ProgramId } from "../effects/effects.ts";
import type { Right } from "../layout.ts";
import { ask } from "./context.ts";
import { RuntimeUseError } from "./errors.ts";
import { type Sendable, type Sent, sendable } from "./message.ts";
import type { Lent, RightRef } from "./requests.ts";
import { checkLend } from "./terms.ts";

/** The rights lent, and for how long. */
export interface Terms {
  /**
   * What the grantee may do: `claim` the slot's content, `watch` the slot, `invoke` the entry, `delegate` = lend on.
   */
  readonly rights: readonly Right[];
  /** When it ends, in seconds since 1970. Default: never; for a delegated right, when its parent ends. */
  readonly until?: number;
}

/**
 * A lent right. It lies in its grantor's memory, and only the grantee can use it. Sending the handle tells the receiver
 * where the capability lies; it grants no right.
 */
export class Capability implements Sendable<Lent> {
  readonly #lent: Lent;

  /** Capabilities are made by {@link lend}. @internal */
  constructor(lent: Lent) {
    this.#lent = lent;
  }

  /** Its slot, for effects that name it. */
  get place(): Place {
    return this.#lent.place;
  }
  /** The program that may use it. */
  get grantee(): ProgramId {
    return this.#lent.grantee;
  }
  /** What the grantee may do. */
  get rights(): readonly Right[] {
    return this.#lent.rights;
  }
  /** The slot that it covers; `all` = every own slot of the first grantor. */
  get scope(): Place | "all" {
    return this.#lent.scope;
  }
  /** When it ends, in seconds since 1970; 0 = never. */
  get until(): number {
    return this.#lent.until;
  }
  /** The reference that asks use for it. @internal */
  get ref(): RightRef {
    return { place: this.#lent.place, made: this.#lent.made };
  }

  /**
   * Lends it on (DelegateCapability). This needs the right `delegate`. The new capability covers the same slot; its
   * rights and its end stay within this one's.
   * @throws RefusedError if the terms exceed this capability, or it was revoked
   */
  async lend(grantee: ProgramId, terms: Terms): Promise<Capability> {
    checkLend(terms);
    return await delegate(undefined, grantee, terms, this);
  }

  /**
   * Revokes it (RevokeCapability), and every capability delegated from it. Its slot is free again.
   * @throws RuntimeUseError if another program lent it, RefusedError if it was revoked before
   */
  async revoke(): Promise<void> {
    await ask("withdraw", { right: this.ref });
  }

  /** Its form in a message. @internal */
  toMessage(): Sent<Lent> {
    return { sort: "capability", ...this.#lent };
  }
}
sendable<Lent>("capability", ({ sort: _, ...lent }) => new Capability(lent));

/** Checks the terms and lends the slot. @internal */
export async function delegate(
  about: Place | number | "all" | undefined,
  grantee: ProgramId,
  { rights, until }: Terms,
  by: Place | Capability | undefined,
): Promise<Capability> {
  if (rights.length === 0) {
    throw new RuntimeUseError("nothing was lent: name at least one right of claim, invoke, watch and delegate");
  }
  return new Capability(await ask("lend", { about, grantee, rights, until, by: refOf(by) }));
}

/** The reference that asks use for a capability, or for the cell in a place. @internal */
export function refOf(by: Place | Capability | undefined): RightRef | undefined {
  if (by === undefined) return undefined;
  return by instanceof Capability ? by.ref : { place: by, made: undefined };
}
