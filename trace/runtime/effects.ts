/** The effects of the time map, for the running task. */
import { checkEffect } from "../effects/checkEffect.ts";
import type { Effect, Place, ProgramId } from "../effects/effects.ts";
import { Capability, refOf } from "./capability.ts";
import { ask, current } from "./context.ts";
import { Owned } from "./owned.ts";

/** The running task's program: its number and name. */
export function self(): { readonly program: ProgramId; readonly name: string } {
  const { program, name } = current();
  return { program, name };
}

/** Issues a quantity of one of this program's kinds. The same name means a different kind in every program. */
export async function issue<K extends string>(kind: K, quantity: bigint): Promise<Owned<K>> {
  return new Owned<K>(await ask("issue", { kind, quantity }));
}

/**
 * Accepts a resource escrowed to this program, or claims one from another program's memory by a capability.
 * @param from the resource's place; for a capability, the slot that it covers
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

/** Claims several resources at once: all, or none (AtomicBatch). They must fit into one group of the map's profiles. */
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

/** Takes back a resource that this program escrowed and that was not accepted yet. */
export async function revoke<K extends string = string>(from: Place): Promise<Owned<K>> {
  return new Owned<K>(await ask("revoke", { from }));
}

/** A handle for the resource in one of this program's slots: from the genesis, or put there by {@link perform}. */
export async function adopt<K extends string = string>(slot: number): Promise<Owned<K>> {
  return new Owned<K>(await ask("adopt", { slot }));
}

/**
 * Handles for every resource that this program owns outright and has no handle for: left by an earlier scenario of the
 * run, or by the genesis. Sorted by slot; tokens of locks and of sent data are left out.
 */
export async function holdings(): Promise<Owned[]> {
  return (await ask("holdings", {})).map((held) => new Owned(held));
}

/**
 * Reserves a free slot: for a deposit by others, or to lend or watch it. The runtime puts nothing else into it; an
 * effect that names the slot still can.
 * @returns the slot, at or above this program's inbox
 */
export async function reserve(): Promise<Place> {
  return await ask("reserve", {});
}

/** Frees a reserved slot. @throws RuntimeUseError if this program has not reserved it */
export async function unreserve(place: Place): Promise<void> {
  await ask("unreserve", { place });
}

/**
 * Applies any effect as this program.
 * @returns its transitions' numbers, and where it put something
 * @throws InvalidEffectError naming a field with a wrong value
 */
export async function perform(effect: Effect): Promise<{ seqs: readonly number[]; place: Place | undefined }> {
  checkEffect(effect);
  return await ask("perform", { effect });
}
