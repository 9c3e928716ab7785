/** Runs programs in layers, and keeps their output. */

import { concurrent } from "../../trace/runtime/index.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { USUAL_PROFILES } from "./profile.ts";

/** Runs `main` as the first program of a map that can be proven, and returns the tracer afterwards. */
export async function runMain(main: () => Promise<void> | void, seed = 1): Promise<Tracer> {
  return await runScenario(concurrent({ name: "test", description: "test", main }), { profiles: USUAL_PROFILES, seed });
}

/** Names of the effects of a run, in order; of one program if a name is given. */
export function effectsOf(tracer: Tracer, program?: string): string[] {
  const name = (id: number): string | undefined => tracer.manifest.programs[id.toString()];
  return tracer.transitions
    .filter(({ actor }) => program === undefined || name(actor) === program)
    .map((t) => t.effect);
}
