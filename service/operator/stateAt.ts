/** The state of a run after one of its transitions on disk. */
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { otherTrace } from "./loaded.ts";
import { placeBefore, TraceWalk } from "./traceWalk.ts";

/**
 * Works with the state at a head of the chain. It is replayed from the last state before it that the run's store has.
 * @param useStore whether the store may be used
 * @throws InvalidInputError "chain" if the head is no state of the run
 */
export async function withStateAt<T>(
  dir: string,
  head: { readonly seq: number; readonly root: bigint },
  useStore: boolean,
  work: (map: TimeMap) => Promise<T>,
): Promise<T> {
  try {
    return await stateAt(dir, head, useStore, work);
  } catch (error) {
    // Whoever opens the store to write makes it again.
    if (!useStore || !(error instanceof DamagedStoreError)) throw error;
    return await stateAt(dir, head, false, work);
  }
}

async function stateAt<T>(
  dir: string,
  { seq, root }: { readonly seq: number; readonly root: bigint },
  useStore: boolean,
  work: (map: TimeMap) => Promise<T>,
): Promise<T> {
  using place = placeBefore(dir, seq, useStore);
  const walk = new TraceWalk(dir, place);
  for (const _group of walk.groups(seq));
  if (walk.seq !== seq || walk.map.root() !== root) throw otherTrace(seq);
  return await work(walk.map);
}
