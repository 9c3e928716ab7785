/** Feeds a store with what is applied to a map, segment by segment. */
import type { TriggerRows } from "../effects/triggers.ts";
import type { Transition } from "../machine/transition.ts";
import { wrongRoot } from "../replay/replay.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { requireBatches } from "./provenBatches.ts";
import { hashPart } from "./segments.ts";
import { ChangesSoFar } from "./stateChanges.ts";
import type { Store } from "./store.ts";
import { logsBehind } from "./storedLogs.ts";

/**
 * Least transitions of a segment. A start replays less than one segment before its place; many small segments need
 * more disk, because each keeps the digests of the upper nodes.
 */
export const SEGMENT = 4_096;

/** Cells and digests that a map may keep before it reads from the store again: about 60 MB. */
const HELD = 200_000;

/** A checkpoint of the trace: the end of its line, and what it says. */
export interface Mark {
  readonly seq: number;
  /** Time of the last transition before it. */
  readonly at: number;
  /** Bytes of the trace up to its end. */
  readonly bytes: number;
  readonly root: bigint;
}

/** How a store is fed. */
export interface StoreFeedOptions {
  /** Least transitions of a segment. */
  readonly segment?: number | undefined;
  /** Whether the map reads from the store, once it has grown, what it would keep in memory (default true). */
  readonly rest?: boolean;
}

/** Stands at the end of what was fed. What is fed first follows the store's last segment. */
export class StoreFeed {
  readonly #store: Store;
  readonly #map: TimeMap;
  readonly #segment: number;
  readonly #rest: boolean;
  #changes: ChangesSoFar;
  #known: TriggerRows;

  /** @param map behind the store's last segment, or before it; it is advanced by the caller */
  constructor(store: Store, map: TimeMap, { segment = SEGMENT, rest = true }: StoreFeedOptions = {}) {
    this.#store = store;
    this.#map = map;
    this.#segment = segment;
    this.#rest = rest;
    this.#known = store.triggers(store.top);
    this.#changes = new ChangesSoFar(logsBehind(store, store.top));
  }

  /** Takes a group that was applied to the map. Those that the store has are left out. @param rows of its triggers */
  group(group: readonly Transition[], rows: TriggerRows): void {
    if ((group[0]?.seq ?? 0) <= this.#store.top.last) return;
    this.#changes.take(group, rows, this.#known);
  }

  /**
   * Ends the segment at a checkpoint, if it is long enough. The map may be behind no other transition.
   * @throws InvalidInputError if the map has another root than the checkpoint
   */
  mark({ seq, at, bytes, root }: Mark): void {
    const store = this.#store;
    const { last, bytes: start } = store.top;
    if (seq < last + this.#segment) return;
    if (this.#map.root() !== root) throw wrongRoot({ checkpoint: seq, root }, this.#map);
    const sha256 = hashPart(store.trace, start, bytes);
    const triggers = store.top.triggers + this.#changes.triggers.length;
    const segment = { first: last + 1, last: seq, at, start, bytes, root, programs: this.#map.programs(), triggers };
    store.add({ ...segment, sha256 }, this.#changes, this.#map);
    requireBatches(store, store.top);
    this.#changes = new ChangesSoFar(logsBehind(store, store.top));
    this.#known = store.triggers(store.top);
    if (this.#rest && this.#map.held > HELD) this.#map.restOn(store.checked(store.top));
  }
}
