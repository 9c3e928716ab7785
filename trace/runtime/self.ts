/** What a program can do by itself: the effects of the time map, for the task that runs. */
import type { Effect, Place, ProgramId } from "../effects.ts";
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

/** Accepts what was escrowed to this program, or claims what a capability (`by`) allows. */
export async function claim<K extends string = string>(from: Place, by?: Place): Promise<Owned<K>> {
  const inPlace = by === undefined && from.program === current().program;
  return new Owned<K>(await ask("claim", by === undefined ? { from, inPlace } : { from, by, inPlace }));
}

/** Takes back what this program escrowed and nobody has accepted. */
export async function revoke<K extends string = string>(from: Place): Promise<Owned<K>> {
  return new Owned<K>(await ask("revoke", { from }));
}

/** A handle for what lies in one of this program's slots: of the genesis, or put there by {@link perform}. */
export async function adopt<K extends string = string>(slot: number): Promise<Owned<K>> {
  return new Owned<K>(await ask("adopt", { slot }));
}

/** Any effect, as this program. @returns its transitions' numbers, and where it put something */
export async function perform(effect: Effect): Promise<{ seqs: readonly number[]; place: Place | undefined }> {
  return await ask("perform", { effect });
}
