/** Adds to a store what its trace has more. */
import { Machine } from "../machine/machine.ts";
import { replayFile } from "../replay/replayFile.ts";
import { lastCheckpointIn } from "../run/traceFile.ts";
import { TimeMap } from "../state/timeMap.ts";
import { dropStore, type StoreOptions, TRIES, withStore } from "./openStore.ts";
import type { Store } from "./store.ts";
import { DamagedStoreError } from "./storeErrors.ts";
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

/**
 * Does some work with the store of a run, which is caught up before and closed afterwards. If it turns out to be
 * damaged, the work is begun again with a new one, and then, if the disk refuses, without. The caller holds the run's
 * lock.
 * @param options false for no store
 * @param work must be able to begin again after a DamagedStoreError
 */
export async function withOpenStore<T>(
  dir: string,
  options: StoreOptions | false | undefined,
  work: (store?: Store) => Promise<T>,
): Promise<T> {
  for (let tries = 0; options !== false && tries < TRIES; tries++) {
    try {
      using store = openCaughtUp(dir, options);
      if (store === undefined) break;
      return await work(store);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      dropStore(dir, error, options?.onNotice);
    }
  }
  return await work();
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
