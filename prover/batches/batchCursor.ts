/**
 * The batches of a growing trace, one after another. It stands behind a batch, and keeps the state there and the place
 * in the file. What lies behind it is not kept, so the trace may be longer than the memory.
 */
import { Machine } from "../../trace/machine/machine.ts";
import { COLUMNS, type Transition } from "../../trace/machine/transition.ts";
import { applied, requireBeginning } from "../../trace/replay/replay.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import { pathIn, readGenesis, readManifest } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import type { TraceHeader } from "../../trace/run/traceLines.ts";
import { readParts, type TracePart } from "../../trace/run/traceReader.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { sharedStore } from "../../trace/store/openStore.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import type { Bundle } from "../bundles/bundle.ts";
import type { Profile } from "../profiles.ts";
import { type Batch, Batcher } from "./batcher.ts";
import { type OpenedBatch, openBatch } from "./batchInput.ts";
import {
  type KnownBundle,
  knownBundles,
  placeBehind,
  provenPrefix,
  rememberBundle,
  requirePlace,
} from "./knownBundles.ts";
import { requireOwnMap } from "./mapIdentity.ts";
import { profilesFor, runDomain } from "./plan.ts";

/** A place in a trace. */
interface Place {
  /** Number and time of the last transition before it. */
  seq: number;
  at: number;
  /** Bytes before it. */
  bytes: number;
}

/** A batch behind the cursor's place, and the place behind the batch. */
export interface BatchAhead {
  batch: Batch;
  end: Place;
}

/** What a cursor needs of its run. */
interface CursorRun {
  readonly dir: string;
  readonly profiles: readonly Profile[];
  readonly domain: bigint;
  readonly chainId: bigint | undefined;
}

/** Where a cursor begins. */
interface Beginning {
  readonly run: CursorRun;
  readonly map: TimeMap;
  readonly store?: Store;
}

export class BatchCursor {
  readonly domain: bigint;
  /** The chain that has the map; undefined if none has. */
  readonly chainId: bigint | undefined;
  readonly #run: CursorRun;
  readonly #path: string;
  readonly #store: Store | undefined;
  #map: TimeMap;
  #place: Place = { seq: 0, at: 0, bytes: 0 };

  /**
   * At the genesis of a run directory.
   * @param wanted the only profile to use, as for `planOf`
   * @param begun where {@link BatchCursor.behindKnown} begins
   * @throws InvalidInputError if the run cannot be read; ForeignMapError if its manifest names a map of another
   *   beginning
   */
  constructor(dir: string, wanted?: string, begun: Beginning = genesisOf(dir, wanted)) {
    const { run, map, store } = begun;
    this.#run = run;
    this.domain = run.domain;
    this.chainId = run.chainId;
    this.#path = pathIn(dir, "trace");
    this.#map = map;
    this.#store = store;
  }

  /**
   * Behind the batches whose bundles this installation has compared with the trace, as the run's store has them; at the
   * genesis without a store. The caller holds the run's lock, and disposes of the cursor.
   * @param wanted the only profile to use, as for `planOf`
   * @throws as the constructor
   */
  static behindKnown(dir: string, wanted?: string): BatchCursor {
    const store = sharedStore(dir);
    if (store === undefined) return new BatchCursor(dir, wanted);
    try {
      const header = headerIn(pathIn(dir, "trace"));
      const run = runOf(dir, header, wanted);
      const names = new Set(run.profiles.map(({ name }) => name));
      const known = provenPrefix(
        knownBundles(store, dir).values(),
        { seq: 0, root: header.genesisRoot },
        ({ profile, statement }) => names.has(profile) && statement.domain === run.domain,
      );
      const first = store.before(0);
      const cursor = new BatchCursor(dir, wanted, { run, map: TimeMap.over(store.checked(first)), store });
      cursor.#place = { seq: 0, at: 0, bytes: first.bytes };
      const last = known.at(-1);
      if (last !== undefined) cursor.#goBehind(store, last);
      return cursor;
    } catch (error) {
      store[Symbol.dispose]();
      if (!(error instanceof DamagedStoreError)) throw error;
      // The next one who opens it to write makes it again.
      return new BatchCursor(dir, wanted);
    }
  }

  #goBehind(store: Store, last: KnownBundle): void {
    const from = store.before(last.last);
    const machine = new Machine(TimeMap.over(store.checked(from)), from.last, from.at);
    let bytes = from.bytes;
    for (const part of readParts(chunksOf(this.#path, bytes), { seq: from.last, bytes })) {
      if (machine.seq >= last.last) break;
      bytes = part.bytes;
      if ("group" in part) applied(machine, part.group);
    }
    requirePlace(placeBehind(last), machine.map.root());
    this.#map = machine.map;
    this.#place = { seq: machine.seq, at: machine.at, bytes };
  }

  /**
   * Remembers the bundle of a batch that the cursor has passed, so that the next cursor begins behind it.
   * @param passed the place before the batch, and behind it
   * @param verified whether its proof was verified here
   */
  remember(name: string, bundle: Bundle, [start, bytes]: readonly [number, number], verified: boolean): void {
    if (this.#store !== undefined) rememberBundle(this.#store, this.#run.dir, name, bundle, { start, bytes }, verified);
  }

  /** Closes the store. */
  [Symbol.dispose](): void {
    this.#store?.[Symbol.dispose]();
  }

  /** Bytes of the trace before the cursor. */
  get bytes(): number {
    return this.#place.bytes;
  }

  /** Number of the last transition before the cursor. */
  get seq(): number {
    return this.#place.seq;
  }

  /**
   * The next batch. The cursor stays.
   * @param upTo the last transition to look at
   * @param unfinished whether a batch counts that has room for more
   * @returns undefined if there is none
   * @throws GroupSizeError if a group fits into no batch; InvalidInputError if the trace does not replay
   */
  next(upTo: number, unfinished: boolean): BatchAhead | undefined {
    const batcher = new Batcher(...this.#run.profiles);
    let end = this.#place;
    let batch: Batch | undefined;
    this.#look(upTo, (group, next) => {
      batch = batcher.add(group);
      if (batch === undefined) end = next;
      return batch === undefined;
    });
    if (batch === undefined && unfinished) batch = batcher.finish();
    return batch === undefined ? undefined : { batch, end };
  }

  /**
   * The batch of exactly these transitions with this profile. The cursor stays.
   * @param lastSeq the last one
   * @returns undefined if they are no batch of the trace, or the profile is none of the map's
   */
  batchTo(lastSeq: number, profileName: string): BatchAhead | undefined {
    const profile = this.#run.profiles.find(({ name }) => name === profileName);
    if (profile === undefined) return undefined;
    const batcher = new Batcher(profile);
    let end = this.#place;
    let whole = true;
    this.#look(lastSeq, (group, next) => {
      whole &&= batcher.add(group) === undefined;
      end = next;
      return whole;
    });
    const batch = batcher.finish();
    return whole && end.seq === lastSeq && batch !== undefined ? { batch, end } : undefined;
  }

  /** Passes a batch. @returns it with the statement that its proof must have */
  pass({ batch, end }: BatchAhead): OpenedBatch {
    const opened = openBatch(this.#map, batch.transitions, batch.profile, this.domain);
    this.#place = end;
    return opened;
  }

  /** Applies the groups that follow, as long as they are wanted, and takes them back. */
  #look(upTo: number, onGroup: (group: readonly Transition[], end: Place) => boolean): void {
    const { seq, at } = this.#place;
    const machine = new Machine(this.#map, seq, at);
    const done: Transition[][] = [];
    try {
      for (const part of this.#parts()) {
        if (!("group" in part)) continue;
        if ((part.group.at(-1)?.seq ?? 0) > upTo) return;
        const group = applied(machine, part.group);
        done.push(group);
        if (!onGroup(group, { seq: machine.seq, at: machine.at, bytes: part.bytes })) return;
        if (machine.seq === upTo) return;
      }
    } finally {
      for (const transition of done.flat().reverse()) takeBack(this.#map, transition);
    }
  }

  #parts(): Iterable<TracePart> {
    const { seq, bytes } = this.#place;
    return readParts(chunksOf(this.#path, bytes), bytes === 0 ? undefined : { seq, bytes });
  }
}

function genesisOf(dir: string, wanted?: string): Beginning {
  const map = mapOf(readGenesis(dir));
  const header = headerIn(pathIn(dir, "trace"));
  requireBeginning(header, map);
  return { run: runOf(dir, header, wanted), map };
}

function runOf(dir: string, header: TraceHeader, wanted?: string): CursorRun {
  const manifest = readManifest(dir, header.profiles);
  requireOwnMap(manifest.chain, header.genesisRoot);
  return {
    dir,
    profiles: profilesFor(header.levels, header.profiles, wanted),
    domain: runDomain(manifest, header.genesisRoot),
    chainId: manifest.chain?.chainId,
  };
}

function takeBack(map: TimeMap, { columns }: Transition): void {
  for (const column of [...COLUMNS].reverse()) {
    const { address, before } = columns[column];
    if (address !== 0) map.write(address, before);
  }
}
