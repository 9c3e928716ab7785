/**
 * Replays a piece of a trace file, and gives its groups to a {@link Look}. No more of it is in memory than that needs.
 */
import { EnvironmentError, TimeBanditsError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { applied, requireBeginning, wrongRoot } from "../../../trace/replay/replay.ts";
import { chunksOf } from "../../../trace/run/traceFile.ts";
import type { Continuation } from "../../../trace/run/traceGroups.ts";
import type { Checkpoint, TraceHeader, TraceRecord } from "../../../trace/run/traceLines.ts";
import { readParts } from "../../../trace/run/traceReader.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import type { Look } from "./look.ts";
import type { Part, Place } from "./part.ts";

/** A piece to replay. */
export interface Piece {
  path: string;
  /** The state at its beginning. It is advanced. */
  map: TimeMap;
  /** Where it begins, and the time of the transition before it; undefined for the beginning of the file. */
  after?: (Continuation & { at: number }) | undefined;
  /** Bytes of the file at the end of the piece. */
  bytes: number;
  /** Only finish what the look has begun, and read no further. */
  finishing?: boolean | undefined;
  /** A further transition behind which what was found is given out: an end of a group. */
  mark?: number | undefined;
  look: Look;
  /** Takes what was found. The place is null except at the mark and at the end of what replays. */
  onPart: (part: Part, place: Place | null) => void;
  /** Told of the transitions now and then. */
  onProgress?: ((seq: number) => void) | undefined;
}

/** Where a replay breaks off, and why. */
export interface Break {
  seq: number;
  field: string;
  message: string;
}

/** What became of a piece. */
export interface Walked {
  header: TraceHeader | undefined;
  /** The last transition of the records, whether they were replayed or not. */
  records: number;
  /** The last transition that was replayed, and in agreement with its checkpoint. */
  replayed: number;
  /** Whether the file ends with something that is not whole, the transitions of it, and the bytes before it. */
  torn: boolean;
  cut: number;
  safe: { seq: number; bytes: number };
  /** Undefined if all of it replays. */
  broken: Break | undefined;
  /** The state's root behind the last record; undefined if the replay did not get there. */
  root: bigint | undefined;
}

/** Transitions between two times that what was found is given out, so that it need not be kept. */
const GIVE_OUT = 25_000;

/**
 * Replays a piece. A record or a checkpoint that is not what replaying gives ends the replay, not the reading.
 * @throws InvalidInputError naming line and field, if the file is no trace
 */
export function walk(piece: Piece): Walked {
  return new Walk(piece).go();
}

class Walk {
  readonly #piece: Piece;
  readonly #machine: Machine;
  #header: TraceHeader | undefined;
  #records: number;
  #replayed: number;
  /** Applied, and not compared with a checkpoint that may follow. */
  #pending: { group: Transition[]; bytes: number } | undefined;
  #broken: Break | undefined;
  /** Root behind a group whose checkpoint is wrong. */
  #wrong: { seq: number; root: bigint } | undefined;
  #given: number;

  constructor(piece: Piece) {
    this.#piece = piece;
    const { seq = 0, at = 0 } = piece.after ?? {};
    this.#machine = new Machine(piece.map, seq, at);
    this.#records = seq;
    this.#replayed = seq;
    this.#given = seq;
  }

  go(): Walked {
    const { path, after, bytes, look, finishing = false } = this.#piece;
    const parts = readParts(chunksOf(path, after?.bytes, bytes), after);
    try {
      for (let step = parts.next(); ; step = parts.next()) {
        if (step.done === true) {
          this.#settle();
          const { torn, cut, seq, bytes: safe } = step.value;
          return this.#walked({ torn, cut, safe: { seq, bytes: safe } });
        }
        const part = step.value;
        if ("header" in part) this.#begin(part.header);
        else if ("checkpoint" in part) this.#compare(part.checkpoint);
        else {
          this.#settle();
          if (finishing && !look.isOpen)
            return this.#walked({ torn: false, cut: 0, safe: { seq: this.#replayed, bytes: part.bytes } });
          if ("group" in part) this.#apply(part.group, part.bytes);
        }
      }
    } finally {
      parts.return({ triggers: new Map(), torn: false, bytes: 0, cut: 0, seq: 0 });
    }
  }

  #walked(end: Pick<Walked, "torn" | "cut" | "safe">): Walked {
    const { map, finishing = false } = this.#piece;
    this.#giveOut(end.safe.bytes, this.#broken === undefined && !finishing);
    const wrong = this.#wrong?.seq === this.#records ? this.#wrong.root : undefined;
    return {
      ...{ header: this.#header, records: this.#records, replayed: this.#replayed, broken: this.#broken },
      root: this.#broken === undefined ? map.root() : wrong,
      ...end,
    };
  }

  #begin(header: TraceHeader): void {
    this.#header = header;
    this.#attempt(() => requireBeginning(header, this.#piece.map));
  }

  #apply(records: readonly TraceRecord[], bytes: number): void {
    this.#records = records.at(-1)?.seq ?? this.#records;
    if (this.#broken !== undefined) return;
    this.#attempt(() => {
      this.#pending = { group: applied(this.#machine, records), bytes };
    });
    // Where the records differ from what they give, the state holds the group, but the group is not believed.
    if (this.#broken !== undefined && this.#machine.seq === this.#records) this.#piece.look.addKeys(records);
  }

  #compare(given: Checkpoint): void {
    if (this.#broken !== undefined || given.checkpoint !== this.#machine.seq) return;
    const { map, look } = this.#piece;
    const root = map.root();
    if (root === given.root) return;
    this.#attempt(() => {
      throw wrongRoot(given, map);
    });
    // The state holds the group already, but the group is not believed.
    this.#wrong = { seq: this.#machine.seq, root };
    if (this.#pending !== undefined) look.addKeys(this.#pending.group);
    this.#pending = undefined;
  }

  /** Counts the group that was applied last: no checkpoint contradicts it. */
  #settle(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { map, look, mark, finishing = false } = this.#piece;
    const { group, bytes } = pending;
    this.#replayed = group.at(-1)?.seq ?? this.#replayed;
    const root = (): bigint => map.root();
    if (finishing) {
      look.finish(group, root);
      return;
    }
    look.add(group, root);
    if (this.#replayed === mark) this.#giveOut(bytes, true);
    else if (this.#replayed >= this.#given + GIVE_OUT) this.#giveOut(bytes, false);
  }

  #giveOut(bytes: number, isPlace: boolean): void {
    const { map, look, onPart, onProgress } = this.#piece;
    const { seq, at } = this.#machine;
    this.#given = this.#replayed;
    onPart(look.take(), isPlace ? { seq, bytes, at, root: map.root(), programs: map.programs() } : null);
    onProgress?.(this.#replayed);
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      // A fault of the surroundings, such as a store that lies, says nothing about the records.
      if (!(error instanceof TimeBanditsError) || error instanceof EnvironmentError) throw error;
      const field = "field" in error ? String(error.field) : "trace.jsonl";
      const named = /^transition (\d+)/.exec(field)?.[1];
      // A wrong checkpoint stands behind the group that is pending.
      const next = this.#pending?.group[0]?.seq ?? this.#replayed + 1;
      this.#broken ??= { seq: named === undefined ? next : Number(named), field, message: error.message };
    }
  }
}
