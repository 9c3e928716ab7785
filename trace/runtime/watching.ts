/** Watches: a condition on a slot, and the effects to apply when any program makes it true. */
import { checkEffect } from "../effects/checkEffect.ts";
import type { Effect, Place } from "../effects/effects.ts";
import { Capability, refOf } from "./capability.ts";
import { ask } from "./context.ts";
import { Owned } from "./owned.ts";
import type { WatchState } from "./requests.ts";
import { checkWatch } from "./terms.ts";

/** A watch's condition. */
export type WatchTerms = {
  /** The watched kind; default: any. See {@link Owned.kindNumber}. */
  readonly kind?: bigint;
  /** The capability with the right `watch`, if the slot is another program's. */
  readonly by?: Place | Capability;
} & (
  | {
      /** After a change, the slot's quantity is above or below the threshold. */
      readonly when: "above" | "below";
      readonly threshold: bigint;
    }
  | {
      /**
       * `arrival`: something comes into the empty slot. `departure`: the slot becomes empty. `change`: anything of the
       * kind changes.
       */
      readonly when: "arrival" | "departure" | "change";
    }
);

/** A watch of the program that set it. */
export class Watch {
  readonly #watch: number;
  /** Its slot. */
  readonly place: Place;

  /** {@link watch} makes watches. @internal */
  constructor(watch: number, place: Place) {
    this.#watch = watch;
    this.place = place;
  }

  /**
   * Waits until it has fired.
   * @returns whether its trigger was applied; any program can try a refused trigger again
   * @throws RuntimeUseError if the watch is removed before, or is another program's
   */
  async fired(): Promise<boolean> {
    return await ask("fired", { watch: this.#watch });
  }

  /**
   * Removes it (Unwatch, or Clear once it has fired): its trigger can no longer be applied, and its slot is free.
   * @returns its state before: armed, fired, or spent (its trigger was applied)
   * @throws RuntimeUseError if it was removed before, or is another program's
   */
  async end(): Promise<WatchState> {
    return await ask("unwatch", { watch: this.#watch });
  }
}

/**
 * Watches a slot (WatchResource): every program that changes the slot must check the watch. It fires once, when its
 * condition holds after a change.
 * @param target an own slot, an own resource (its slot), or a capability with the right `watch` (the slot that it
 *   covers)
 * @param terms the watch's condition
 * @param trigger effects to apply in this program's name when it fires. They are fixed now, so everything they name
 *   must exist now
 * @throws RefusedError if a rule refuses it; if the right was revoked, by `capability-attenuates` or
 *   `no-unscoped-access`
 */
export async function watch(
  target: Place | Owned | Capability,
  terms: WatchTerms,
  trigger: readonly Effect[] = [],
): Promise<Watch> {
  checkWatch(terms);
  for (const effect of trigger) checkEffect(effect);
  const about = target instanceof Capability ? undefined : target instanceof Owned ? target.use() : target;
  const { when, kind = 0n } = terms;
  const asked = { about, condition: when, kind, trigger, by: refOf(target instanceof Capability ? target : terms.by) };
  const set = await ask("watch", { ...asked, threshold: "threshold" in terms ? terms.threshold : 0n });
  return new Watch(set.watch, set.place);
}
