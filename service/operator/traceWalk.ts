/** A place in the trace of a run, with the state there. It moves forward only. */
import { type OpenedBatch, openBatch } from "../../prover/batches/batchInput.ts";
import type { Profile } from "../../prover/profiles.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { COLUMNS, type Transition } from "../../trace/machine/transition.ts";
import { applied, requireBeginning } from "../../trace/replay/replay.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import { pathIn, readGenesis } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { readableStore } from "../../trace/store/openStore.ts";

/** A place in a trace: number and time of the last transition before it, the bytes before it, and the state. */
export interface WalkPlace {
  readonly map: TimeMap;
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
}

/** A place whose state may be read from the run's store, which stays open until it is disposed of. */
export type KnownPlace = WalkPlace & Disposable;

/**
 * The last place at or before a transition whose state is known: that of a segment of the run's store, or the genesis.
 * @param useStore whether the store may be used
 */
export function placeBefore(dir: string, seq: number, useStore: boolean): KnownPlace {
  const store = useStore ? readableStore(dir) : undefined;
  if (store === undefined) {
    const map = mapOf(readGenesis(dir));
    requireBeginning(headerIn(pathIn(dir, "trace")), map);
    return { map, seq: 0, at: 0, bytes: 0, [Symbol.dispose]: () => undefined };
  }
  try {
    const segment = store.before(seq);
    const { last, at, bytes } = segment;
    const map = TimeMap.over(store.checked(segment));
    return { map, seq: last, at, bytes, [Symbol.dispose]: () => store[Symbol.dispose]() };
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

export class TraceWalk {
  readonly map: TimeMap;
  readonly #path: string;
  #seq: number;
  #at: number;
  #bytes: number;

  /** @param place its map is the walk's from now on */
  constructor(dir: string, { map, seq, at, bytes }: WalkPlace) {
    this.#path = pathIn(dir, "trace");
    this.map = map;
    this.#seq = seq;
    this.#at = at;
    this.#bytes = bytes;
  }

  /** Number of the last transition before the place. */
  get seq(): number {
    return this.#seq;
  }

  /** Bytes of the trace up to the last record before the place. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The same place, to walk from on its own. */
  copy(): WalkPlace {
    return { map: this.map.clone(), seq: this.#seq, at: this.#at, bytes: this.#bytes };
  }

  /** Passes what is before a transition, and it. @throws InvalidInputError if no group ends with it */
  goTo(dir: string, seq: number): void {
    for (const _group of this.groups(seq));
    if (this.#seq !== seq) throw new InvalidInputError(dir, `has no group that ends with transition ${seq}`);
  }

  /** Passes group after group, up to a transition. @throws InvalidInputError if the trace does not replay */
  *groups(upTo: number): Generator<Transition[]> {
    if (this.#seq >= upTo) return;
    const machine = new Machine(this.map, this.#seq, this.#at);
    const after = this.#bytes === 0 ? undefined : { seq: this.#seq, bytes: this.#bytes };
    for (const part of readParts(chunksOf(this.#path, this.#bytes), after)) {
      if (!("group" in part)) continue;
      if ((part.group.at(-1)?.seq ?? 0) > upTo) return;
      const group = applied(machine, part.group);
      this.#seq = machine.seq;
      this.#at = machine.at;
      this.#bytes = part.bytes;
      yield group;
      if (machine.seq === upTo) return;
    }
  }

  /** Passes a batch. @returns it with the statement that its proof must have */
  open(dir: string, lastSeq: number, profile: Profile, domain: bigint): OpenedBatch {
    const transitions: Transition[] = [];
    for (const group of this.groups(lastSeq)) transitions.push(...group);
    if (this.#seq !== lastSeq) throw new InvalidInputError(dir, `has no group that ends with transition ${lastSeq}`);
    for (const { columns } of [...transitions].reverse()) {
      for (const column of [...COLUMNS].reverse()) {
        const { address, before } = columns[column];
        if (address !== 0) this.map.write(address, before);
      }
    }
    return openBatch(this.map, transitions, profile, domain);
  }
}
