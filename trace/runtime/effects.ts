/** What a program can do by itself: the effects of the time map, for the task that runs. */
import { checkEffect } from "../effects/checkEffect.ts";
import type { Effect, Place, ProgramId } from "../effects/effects.ts";
import { Capability, refOf } from "./capability.ts";
import { ask, current } from "./context.ts";
import { Owned } from "./owned.ts";

/** The program of the task that runs: its number and name. */
export function self(): { readonly program: ProgramId; readonly name: string } {
  const { program, name } = current();
  return { program, name };
}

/** Makes a quantity of a kind that this program issues. Every name is a kind of its own to every program. */
export async function issue<K extends string>(kind: K, quantity: bigint): Promise<Owned<K>> {
  return new Owned<K>(await ask("issue", { kind, quantity }));
}

/**
 * Accepts what was escrowed to this program, or takes out of another's memory what a capability allows.
 * @param from where it lies; of a capability, the slot that it is about
 * @param by the capability that allows it, if `from` is a place
 * @throws RefusedError if the rules refuse it
 */
export async function claim<K extends string = string>(
  from: Place | Capability,
  by?: Place | Capability,
): Promise<Owned<K>> {
  const [owned] = await claimAll([from], by);
  return owned as Owned<K>;
}

/**
 * Claims several things at once: all of them, or none (AtomicBatch). They must fit into one group of the map's
 * profiles.
 */
export async function claimAll<const From extends readonly (Place | Capability)[]>(
  from: From,
  by?: Place | Capability,
): Promise<{ -readonly [I in keyof From]: Owned }> {
  const claims = from.map((each) =>
    each instanceof Capability ? { from: undefined, by: each.ref } : { from: each, by: refOf(by) },
  );
  const held = await ask("claim", { claims });
  return held.map((each) => new Owned(each)) as { -readonly [I in keyof From]: Owned };
}

/** Takes back what this program escrowed and nobody has accepted. */
export async function revoke<K extends string = string>(from: Place): Promise<Owned<K>> {
  return new Owned<K>(await ask("revoke", { from }));
}

/** A handle for what lies in one of this program's slots: of the genesis, or put there by {@link perform}. */
export async function adopt<K extends string = string>(slot: number): Promise<Owned<K>> {
  return new Owned<K>(await ask("adopt", { slot }));
}

/**
 * Handles for everything that this program owns outright and has no handle for: what an earlier scenario of the run
 * left it, or the genesis. In order of its slots; tokens of locks and of sent data are left out.
 */
export async function holdings(): Promise<Owned[]> {
  return (await ask("holdings", {})).map((held) => new Owned(held));
}

/**
 * Keeps a free slot for what others put there, or what it is lent or watched for: nothing else comes into it, except by
 * its name.
 * @returns the slot, at or above this program's inbox
 */
export async function reserve(): Promise<Place> {
  return await ask("reserve", {});
}

/** Lets anything come into a reserved slot again. @throws RuntimeUseError if this program has not reserved it */
export async function unreserve(place: Place): Promise<void> {
  await ask("unreserve", { place });
}

/**
 * Any effect, as this program. @returns its transitions' numbers, and where it put something
 * @throws InvalidEffectError naming a field that is not what the effect takes
 */
export async function perform(effect: Effect): Promise<{ seqs: readonly number[]; place: Place | undefined }> {
  checkEffect(effect);
  return await ask("perform", { effect });
}
