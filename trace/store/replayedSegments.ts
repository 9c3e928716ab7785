/** Segments of a trace, replayed one by one from the states of its store. */
import type { TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { Row, Transition } from "../machine/transition.ts";
import { replayFile } from "../replay/replayFile.ts";
import { chunksOf } from "../run/traceFile.ts";
import { readParts } from "../run/traceReader.ts";
import { type Cell, unpackCell } from "../state/cells.ts";
import { TimeMap } from "../state/timeMap.ts";
import type { CheckedSource } from "./checkedSource.ts";
import { hashPart, type Segment } from "./segments.ts";
import type { Store } from "./store.ts";

/** Segments whose transitions are kept: about 15 MB each. */
const KEPT = 4;
/** States that are kept. Few cells of each are read. */
const STATES = 64;

/** The part of a trace behind the last segment of its store. */
interface Rest {
  readonly transitions: readonly Transition[];
  readonly end: TimeMap;
  readonly triggers: ReadonlyMap<bigint, readonly Row[]>;
}

/** The transitions of a trace, segment by segment, and the states between them. */
export class ReplayedSegments {
  readonly store: Store;
  /** All segments, in order. The first one has no transitions. */
  readonly segments: readonly Segment[];
  /** Number of all transitions. */
  readonly count: number;
  /** Bytes of the trace that stay, and whether something was cut off behind them. */
  readonly bytes: number;
  readonly torn: boolean;
  readonly #kept = new Map<number, readonly Transition[]>();
  readonly #states = new Map<number, CheckedSource>();
  #rest: Rest | undefined;

  /**
   * It must not be used after the store was closed.
   * @throws InvalidInputError if the end of the trace cannot be read; DamagedStoreError
   */
  constructor(store: Store) {
    this.store = store;
    this.segments = store.segments();
    const { seq: last, bytes } = endOf(this.segments);
    const parts = readParts(chunksOf(store.trace, bytes), { seq: last, bytes });
    let step = parts.next();
    while (step.done !== true) step = parts.next();
    this.count = step.value.seq;
    this.bytes = step.value.bytes;
    this.torn = step.value.torn;
  }

  /** Index of the segment that has a transition; that of none is the number of segments. */
  indexOf(seq: number): number {
    return firstIndex(this.segments.length, (i) => (this.segments[i]?.last ?? 0) >= seq);
  }

  /** Number of the last transition before a segment. */
  before(index: number): number {
    return this.segments[index - 1]?.last ?? 0;
  }

  /** A cell in the state behind a segment. Behind the last one it is the end of the trace. */
  cell(index: number, address: number): Cell {
    return index < this.segments.length ? unpackCell(this.source(index).words(address)) : this.end.cell(address);
  }

  /** The state behind a segment, for a map that goes on. */
  source(index: number): CheckedSource {
    const segment = this.segments[index];
    if (segment === undefined) throw new Error(`there is no segment ${index}`);
    return remembered(this.#states, index, STATES, () => this.store.checked(segment));
  }

  /**
   * The transitions of a segment; for the index behind the last one, those behind it.
   * @throws DamagedStoreError if they are not those that were stored
   */
  transitions(index: number): readonly Transition[] {
    const segment = this.segments[index];
    if (segment === undefined) return this.#behind().transitions;
    return remembered(this.#kept, index, KEPT, () => {
      this.requireText(index);
      if (index === 0) return [];
      try {
        return this.#replayed(index, segment.last).transitions;
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        // The text is the one that was stored, so it is the state before it that does not fit.
        throw this.store.damage(`the stored state before transition ${segment.first} is not that of the trace`);
      }
    });
  }

  /** @throws DamagedStoreError if the text of a segment is not the one that was stored */
  requireText(index: number): void {
    const { start = 0, bytes = 0, sha256, last } = this.segments[index] ?? {};
    if (sha256 === undefined || hashPart(this.store.trace, start, bytes).equals(sha256)) return;
    throw this.store.damage(`transitions ${this.before(index) + 1} to ${last} are not those that were stored`);
  }

  /** The state at the end. Read only. */
  get end(): TimeMap {
    return this.#behind().end;
  }

  /** The rows behind the digests of all triggers. */
  get triggers(): TriggerRows {
    const { top } = this.store;
    const earlier = this.store.triggers(top);
    let sound = false;
    return (digest) => {
      const found = this.#behind().triggers.get(digest) ?? earlier(digest);
      // The trace may lack it, or the table.
      if (found === undefined && !sound) this.store.requireTriggers(top);
      sound ||= found === undefined;
      return found;
    };
  }

  #behind(): Rest {
    this.#rest ??= this.#replayed(this.segments.length, this.count);
    return this.#rest;
  }

  /** Replays from the state before a segment. */
  #replayed(index: number, upTo: number): Rest {
    const from = this.segments[index - 1];
    if (from === undefined) throw new Error(`there is no segment before ${index}`);
    const machine = new Machine(TimeMap.over(this.source(index - 1)), from.last, from.at);
    const transitions: Transition[] = [];
    const { triggers } = replayFile(this.store.trace, machine, upTo, {
      after: { seq: from.last, bytes: from.bytes },
      onGroup: (group) => transitions.push(...group),
    });
    return { transitions, end: machine.map, triggers };
  }
}

/** The first index for which something holds, of those below `end` for which it holds from some index on. */
export function firstIndex(end: number, holds: (index: number) => boolean, from = 0): number {
  let [low, high] = [from, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function endOf(segments: readonly Segment[]): { seq: number; bytes: number } {
  const { last: seq = 0, bytes = 0 } = segments.at(-1) ?? {};
  return { seq, bytes };
}

/** What is remembered under a key, or made. What was used longest ago is forgotten. */
function remembered<T>(kept: Map<number, T>, key: number, most: number, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return value;
}
