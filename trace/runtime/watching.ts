/** Watches: a condition on a slot, and what is done when it comes true, whoever makes it so. */
import { checkEffect } from "../effects/checkEffect.ts";
import type { Effect, Place } from "../effects/effects.ts";
import { Capability, refOf } from "./capability.ts";
import { ask } from "./context.ts";
import { Owned } from "./owned.ts";
import type { WatchState } from "./requests.ts";
import { checkWatch } from "./terms.ts";

/** What a watch waits for. */
export type WatchTerms = {
  /** Kind that it looks at; any unless said otherwise. See {@link Owned.kindNumber}. */
  readonly kind?: bigint;
  /** The capability with the right `watch`, if what is watched is the place of another program. */
  readonly by?: Place | Capability;
} & (
  | {
      /** More or less than the threshold lies there after a change. */
      readonly when: "above" | "below";
      readonly threshold: bigint;
    }
  | {
      /** Something comes into the empty slot; the slot becomes empty; anything of the kind changes. */
      readonly when: "arrival" | "departure" | "change";
    }
);

/** A watch of the program that set it. */
export class Watch {
  readonly #watch: number;
  /** Where it lies. */
  readonly place: Place;

  /** Watches are made by {@link watch}. @internal */
  constructor(watch: number, place: Place) {
    this.#watch = watch;
    this.place = place;
  }

  /**
   * Waits until it has fired.
   * @returns whether its trigger was applied; one that was refused may be tried again by anybody
   * @throws RuntimeUseError if it is taken away before, or asked for by another program
   */
  async fired(): Promise<boolean> {
    return await ask("fired", { watch: this.#watch });
  }

  /**
   * Takes it away (Unwatch, or Clear once it has fired): its trigger can be applied no more, and its slot is free.
   * @returns what it was: armed, fired, or spent once its trigger had been applied
   * @throws RuntimeUseError if it was taken away before, or is another program's
   */
  async end(): Promise<WatchState> {
    return await ask("unwatch", { watch: this.#watch });
  }
}

/**
 * Watches a slot (WatchResource): whoever changes it owes the check, and when the condition holds after a change, the
 * watch fires, once.
 * @param target a slot of one's own; that of a resource in one's hands; of a capability with the right `watch`, the
 *   slot that it is about
 * @param terms what it waits for
 * @param trigger effects to apply in this program's name when it fires. They are fixed now, so what they name must
 *   exist now
 * @throws RefusedError if a rule refuses it: by `capability-attenuates` or `no-unscoped-access` if the right was
 *   revoked
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
