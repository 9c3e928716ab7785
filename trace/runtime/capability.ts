/** Capabilities: rights that programs have lent, as those know them who lent them or may use them. */
import type { Place, ProgramId } from "../effects/effects.ts";
import type { Right } from "../layout.ts";
import { ask } from "./context.ts";
import { RuntimeUseError } from "./errors.ts";
import { type Sendable, type Sent, sendable } from "./message.ts";
import type { Lent, RightRef } from "./requests.ts";
import { checkLend } from "./terms.ts";

/** What is lent, and for how long. */
export interface Terms {
  /** What the grantee may do: `claim` what lies there, `watch` the slot, `invoke` the entry, `delegate` = lend on. */
  readonly rights: readonly Right[];
  /** When it ends, in seconds since 1970. Unless said otherwise: never; of what is lent on, when that ends. */
  readonly until?: number;
}

/**
 * A right that was lent: it lies in its grantor's memory, and is the grantee's to use. To send it is to say where it
 * lies, no more: whoever else has the handle may do nothing by it.
 */
export class Capability implements Sendable<Lent> {
  readonly #lent: Lent;

  /** Capabilities are made by {@link lend}. @internal */
  constructor(lent: Lent) {
    this.#lent = lent;
  }

  /** Where it lies, for effects that name it. */
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
  /** The slot that it is about; `all` = every own slot of the first grantor. */
  get scope(): Place | "all" {
    return this.#lent.scope;
  }
  /** When it ends, in seconds since 1970; 0 = never. */
  get until(): number {
    return this.#lent.until;
  }
  /** What asks say of it. @internal */
  get ref(): RightRef {
    return { place: this.#lent.place, made: this.#lent.made };
  }

  /**
   * Lends it on (DelegateCapability), which takes the right `delegate`: the same slot, and no right and no time beyond
   * its own.
   * @throws RefusedError if that would be more than it allows, or it was revoked
   */
  async lend(grantee: ProgramId, terms: Terms): Promise<Capability> {
    checkLend(terms);
    return await delegate(undefined, grantee, terms, this);
  }

  /**
   * Takes it back (RevokeCapability), and with it all that was lent on by it; its slot is free again.
   * @throws RuntimeUseError if another program lent it, RefusedError if it was revoked before
   */
  async revoke(): Promise<void> {
    await ask("withdraw", { right: this.ref });
  }

  /** What stands for it in a message. @internal */
  toMessage(): Sent<Lent> {
    return { sort: "capability", ...this.#lent };
  }
}
sendable<Lent>("capability", ({ sort: _, ...lent }) => new Capability(lent));

/** Lends what it is about, after a look at the terms. @internal */
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

/** What asks say of a capability, or of what lies in a place. @internal */
export function refOf(by: Place | Capability | undefined): RightRef | undefined {
  if (by === undefined) return undefined;
  return by instanceof Capability ? by.ref : { place: by, made: undefined };
}
