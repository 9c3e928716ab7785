import type { OnBatch } from "../../verifier/chain/publishedRun.ts";
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
  progress.say(dir === undefined ? "reading the map's rows from the chain" : "replaying");
  return dir === undefined
    ? rebuiltHeadState(registry, head, replayedBatches(progress))
    : headStateOf(dir, head, progress.onProgress);
}

/** Says which of a map's published batches is replayed. */
export function replayedBatches(progress: Progress): OnBatch {
  return (done, of) => progress.say(`replaying batch ${done + 1} of ${of}`);
}
