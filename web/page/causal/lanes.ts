/** Which lanes are shown, how high each is, and where it lies. */
import type { Drawing } from "../../work/history/columns.ts";
import type { Range } from "./span.ts";

/** Pixels. */
const LEAST = 26;
const MOST = 140;

/** Rows of lanes. */
export interface Rows {
  /** Lanes that are shown, from top to bottom. */
  readonly lanes: Int32Array;
  /** Row of each lane; -1 if it is folded. */
  readonly rowOf: Int32Array;
  readonly height: number;
  /** Pixels that are scrolled away at the top. */
  readonly scroll: number;
  /** Most that can be scrolled. */
  readonly overflow: number;
}

/** Transitions of a block. */
const BLOCK = 1_024;

/** Knows which lanes have a transition in a range. Whole blocks are marked once, so that a wide range costs little. */
export class LanesInUse {
  readonly #drawing: Drawing;
  /** By block and lane. */
  readonly #blocks: Uint8Array;

  constructor(drawing: Drawing) {
    const lanes = drawing.lanes.length;
    this.#drawing = drawing;
    this.#blocks = new Uint8Array(Math.floor(drawing.transitions / BLOCK) * lanes);
    for (let block = 0; block * lanes < this.#blocks.length; block++)
      this.#mark(this.#blocks.subarray(block * lanes, (block + 1) * lanes), block * BLOCK, (block + 1) * BLOCK);
  }

  in({ start, end }: Range): Uint8Array {
    const lanes = this.#drawing.lanes.length;
    const used = new Uint8Array(lanes);
    const [first, last] = [Math.ceil(start / BLOCK), Math.floor(end / BLOCK)];
    if (first >= last) {
      this.#mark(used, start, end);
      return used;
    }
    this.#mark(used, start, first * BLOCK);
    this.#mark(used, last * BLOCK, end);
    for (let block = first; block < last; block++)
      for (let lane = 0; lane < lanes; lane++) if (this.#blocks[block * lanes + lane] === 1) used[lane] = 1;
    return used;
  }

  #mark(used: Uint8Array, start: number, end: number): void {
    const { actor, peer } = this.#drawing;
    for (let i = start; i < end; i++) {
      used[actor[i] ?? 0] = 1;
      const other = peer[i] ?? -1;
      if (other >= 0) used[other] = 1;
    }
  }
}

/**
 * Lays lanes into the height that there is.
 * @param used marks of lanes to show; undefined for all
 */
export function rowsOf(count: number, used: Uint8Array | undefined, space: number, scroll: number): Rows {
  const rowOf = new Int32Array(count).fill(-1);
  const shown: number[] = [];
  for (let lane = 0; lane < count; lane++) {
    if (used !== undefined && used[lane] === 0) continue;
    rowOf[lane] = shown.length;
    shown.push(lane);
  }
  const height = Math.min(Math.max(space / Math.max(1, shown.length), LEAST), MOST);
  const overflow = Math.max(0, Math.ceil(shown.length * height - space));
  return { lanes: Int32Array.from(shown), rowOf, height, scroll: Math.min(Math.max(0, scroll), overflow), overflow };
}

/** The middle of a lane, in pixels below the top of all lanes; NaN if it is folded. */
export function middleOf({ rowOf, height, scroll }: Rows, lane: number): number {
  const row = rowOf[lane] ?? -1;
  return row < 0 ? Number.NaN : (row + 0.5) * height - scroll;
}

/** Rows in sight: the first, and the first behind them. */
export function rowsInSight({ lanes, height, scroll }: Rows, space: number): Range {
  return {
    start: Math.max(0, Math.floor(scroll / height)),
    end: Math.min(lanes.length, Math.ceil((scroll + space) / height)),
  };
}

/** The lane at a height; undefined if none is there. */
export function laneAt({ lanes, height, scroll }: Rows, y: number): number | undefined {
  return lanes[Math.floor((y + scroll) / height)];
}
