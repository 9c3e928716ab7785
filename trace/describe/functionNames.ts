/** Names of functions, from a run's effects. */
import type { Effect } from "../effects/effects.ts";
import { selectorOf } from "../effects/selector.ts";
import type { Manifest } from "../run/manifest.ts";

/** Enters the names of the functions that an effect mentions. */
export function nameFunctions(effect: Effect, manifest: Manifest): void {
  if (effect.effect === "AtomicBatch") for (const inner of effect.effects) nameFunctions(inner, manifest);
  if (effect.effect === "WatchResource") for (const inner of effect.trigger) nameFunctions(inner, manifest);
  if ((effect.effect === "DeclareEntry" || effect.effect === "InvokeProgram") && typeof effect.name === "string") {
    manifest.functions[selectorOf(effect.name).toString()] = effect.name;
  }
}
