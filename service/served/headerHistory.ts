/**
 * Headers of programs after any transition. A record has no header in it, so the part of the trace that the transition
 * lies in is applied again: from the last state that the store has before it, or from the genesis of a small run. Parts
 * that were asked for lately are kept.
 */
import { CELL, SLOTS, slotOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { COLUMNS, type Transition } from "../../trace/machine/transition.ts";
import { replayFile } from "../../trace/replay/replayFile.ts";
import { pathIn, readGenesis } from "../../trace/run/runDirectory.ts";
import { type ProgramCell, unpackCell, type Words } from "../../trace/state/cells.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { readableStore } from "../../trace/store/openStore.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";

/** Parts that are kept. Each has the headers that some thousand transitions opened. */
const KEPT = 8;

/** A place in the trace, and the state there. */
interface Beginning {
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
  readonly map: TimeMap;
  /** The store that the map reads from. */
  readonly store?: Disposable;
}

/** A part of the trace that was applied, up to some transition. */
interface Part {
  readonly beginning: Beginning;
  readonly machine: Machine;
  /** Bytes of the trace up to where the machine stands. */
  bytes: number;
  /** Versions of headers by program, in the order of the transitions that left them. */
  readonly versions: Map<number, { readonly seq: number; readonly words: Words }[]>;
}

/** The headers of a run's programs, of all times. */
export class HeaderHistory implements Disposable {
  readonly #dir: string;
  readonly #parts = new Map<number, Part>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * A program's header after a transition.
   * @param seq a transition on disk that ends a group, or 0 for the genesis
   * @returns undefined if the program did not exist
   */
  at(program: number, seq: number): ProgramCell | undefined {
    try {
      return this.#at(program, seq);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      this.clear();
      return this.#at(program, seq);
    }
  }

  /** Forgets everything: the trace was cut. */
  clear(): void {
    for (const { beginning } of this.#parts.values()) beginning.store?.[Symbol.dispose]();
    this.#parts.clear();
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #at(program: number, seq: number): ProgramCell | undefined {
    const part = this.#part(seq);
    const found = part.versions.get(program)?.findLast((version) => version.seq <= seq)?.words;
    const words = found ?? part.beginning.map.words(program * SLOTS);
    if (Number(words[0] & 7n) !== CELL.program) return undefined;
    const cell = unpackCell(words);
    return cell.type === "program" ? cell : undefined;
  }

  /** The part that the transition lies in, applied at least up to it. */
  #part(seq: number): Part {
    const known = [...this.#parts.values()].find(
      ({ beginning, machine }) => beginning.seq <= seq && seq <= machine.seq,
    );
    if (known !== undefined) return this.#used(known);
    const beginning = this.#before(seq);
    const part = this.#parts.get(beginning.seq) ?? begun(beginning);
    const after = { seq: part.machine.seq, bytes: part.bytes };
    try {
      const { bytes } = replayFile(pathIn(this.#dir, "trace"), part.machine, seq, {
        ...(after.bytes > 0 && { after }),
        onGroup: (group) => note(part, group),
      });
      part.bytes = bytes;
    } catch (error) {
      // Its machine may stand somewhere else than its bytes.
      this.#parts.delete(beginning.seq);
      beginning.store?.[Symbol.dispose]();
      throw error;
    }
    return this.#used(part);
  }

  #used(part: Part): Part {
    const { seq } = part.beginning;
    this.#parts.delete(seq);
    this.#parts.set(seq, part);
    for (const [oldest, { beginning }] of this.#parts) {
      if (this.#parts.size <= KEPT) break;
      beginning.store?.[Symbol.dispose]();
      this.#parts.delete(oldest);
    }
    return part;
  }

  /** The last state before a transition that need not be computed. */
  #before(seq: number): Beginning {
    const store = readableStore(this.#dir);
    if (store === undefined) {
      return this.#parts.get(0)?.beginning ?? { seq: 0, at: 0, bytes: 0, map: mapOf(readGenesis(this.#dir)) };
    }
    const segment = store.before(seq);
    const known = this.#parts.get(segment.last)?.beginning;
    if (known !== undefined) {
      store[Symbol.dispose]();
      return known;
    }
    const { last, at, bytes } = segment;
    return { seq: last, at, bytes, map: TimeMap.over(store.checked(segment)), store };
  }
}

function begun(beginning: Beginning): Part {
  const { map, seq, at, bytes } = beginning;
  return { beginning, machine: new Machine(map.clone(), seq, at), bytes, versions: new Map() };
}

function note({ versions }: Part, group: readonly Transition[]): void {
  for (const { seq, columns } of group) {
    for (const column of COLUMNS) {
      const { address, after } = columns[column];
      if (address === 0 || slotOf(address) !== 0) continue;
      const program = address / SLOTS;
      const list = versions.get(program) ?? [];
      list.push({ seq, words: after });
      versions.set(program, list);
    }
  }
}
