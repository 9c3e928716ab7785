import type { MapState, Registry } from "../../verifier/chain/registry.ts";
import type { HeadState } from "../../verifier/exits/headState.ts";
import type { Progress } from "./progress.ts";

/** The state at a map's head, for the verbs that prove something about it: of a run directory, or from the chain. */
export async function headState(
  dir: string | undefined,
  registry: Registry,
  head: MapState,
  progress: Progress,
): Promise<HeadState> {
  const { headStateOf, rebuiltHeadState } = await import("../../verifier/index.ts");
  progress.say(dir === undefined ? "making the run from the chain" : "replaying");
  return dir === undefined ? rebuiltHeadState(registry, head) : headStateOf(dir, head);
}
