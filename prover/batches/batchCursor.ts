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
import { readParts, type TracePart } from "../../trace/run/traceReader.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Profile } from "../profiles.ts";
import { type Batch, Batcher } from "./batcher.ts";
import { type OpenedBatch, openBatch } from "./batchInput.ts";
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

export class BatchCursor {
  readonly domain: bigint;
  /** The chain that has the map; undefined if none has. */
  readonly chainId: bigint | undefined;
  readonly #path: string;
  readonly #profiles: readonly Profile[];
  readonly #map: TimeMap;
  #place: Place;

  /**
   * At the genesis of a run directory.
   * @param wanted the only profile to use, as for `planOf`
   * @throws InvalidInputError if the run cannot be read; ForeignMapError if its manifest names a map of another
   *   beginning
   */
  constructor(dir: string, wanted?: string) {
    const genesis = readGenesis(dir);
    this.#path = pathIn(dir, "trace");
    const header = headerIn(this.#path);
    this.#map = mapOf(genesis);
    requireBeginning(header, this.#map);
    const manifest = readManifest(dir, header.profiles);
    requireOwnMap(manifest.chain, header.genesisRoot);
    this.#profiles = profilesFor(genesis.levels, header.profiles, wanted);
    this.domain = runDomain(manifest, header.genesisRoot);
    this.chainId = manifest.chain?.chainId;
    this.#place = { seq: 0, at: 0, bytes: 0 };
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
    const batcher = new Batcher(...this.#profiles);
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
    const profile = this.#profiles.find(({ name }) => name === profileName);
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
    return readParts(chunksOf(this.#path, bytes), seq === 0 ? undefined : { seq, bytes });
  }
}

function takeBack(map: TimeMap, { columns }: Transition): void {
  for (const column of [...COLUMNS].reverse()) {
    const { address, before } = columns[column];
    if (address !== 0) map.write(address, before);
  }
}
