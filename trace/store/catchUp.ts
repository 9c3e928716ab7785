/** Adds to a store what its trace has more. */
import { Machine } from "../machine/machine.ts";
import { replayFile } from "../replay/replayFile.ts";
import { lastCheckpointIn } from "../run/traceFile.ts";
import { TimeMap } from "../state/timeMap.ts";
import { type StoreOptions, withStore } from "./openStore.ts";
import type { Store } from "./store.ts";
import { SEGMENT, StoreFeed } from "./storeFeed.ts";

/**
 * Opens the store of a run, makes it if there is none, and adds the segments that are missing. It costs a replay of
 * what is behind the last segment, without much memory. The caller holds the run's lock.
 * @returns undefined where no store can be used
 * @throws InvalidInputError if the trace does not replay
 */
export function openCaughtUp(dir: string, options: StoreOptions | false = {}): Store | undefined {
  return withStore(dir, options, (store) => {
    if (store !== undefined) catchUp(store, options === false ? undefined : options.segment);
    return store;
  });
}

function catchUp(store: Store, segment = SEGMENT): void {
  const { top, trace } = store;
  const end = lastCheckpointIn(trace);
  if (end < top.last + segment) return;
  const machine = new Machine(TimeMap.over(store.checked(top)), top.last, top.at);
  const feed = new StoreFeed(store, machine.map, { segment });
  replayFile(trace, machine, end, {
    after: { seq: top.last, bytes: top.bytes },
    onGroup: (group, triggers) => feed.group(group, triggers),
    onCheckpoint: ({ checkpoint: seq, root }, bytes) => feed.mark({ seq, at: machine.at, bytes, root }),
  });
}
