/**
 * Far away, transitions are counted by columns of a few pixels. Columns stay with their transitions when the view
 * moves.
 */
import type { Drawing } from "../../work/history/columns.ts";
import type { Rows } from "./lanes.ts";
import { lowerBound } from "./scene.ts";
import { SORTS } from "./sorts.ts";
import type { Range, Span } from "./span.ts";

/** Least width of a column in pixels; it is at most twice that. */
const LEAST_COLUMN = 3;

/** Counts of transitions by row, column and sort. Whole columns are counted, also those at the edges of the view. */
export interface Density {
  /** Width of a column along the axis. */
  readonly width: number;
  /** Number of the first column that was counted, and how many were. */
  readonly first: number;
  readonly columns: number;
  /** Those in sight among them: the first, and the first behind them. */
  readonly inSight: Range;
  readonly rows: number;
  /** Counts by row, column and sort. With a cone, only of what lies in it. */
  readonly counts: Uint32Array;
  /** By row and column: what lies outside of the cone. */
  readonly outside: Uint32Array;
  /** By row and column: both together. */
  readonly sums: Uint32Array;
  /** Largest sum of a row and column in sight. */
  readonly most: number;
}

/** A step along the axis: the least power of two that is wide enough. */
export function columnWidth({ from, to }: Span, pixels: number): number {
  return 2 ** Math.ceil(Math.log2(((to - from) / pixels) * LEAST_COLUMN));
}

/** What is counted, and where. */
export interface Counted {
  readonly drawing: Drawing;
  readonly places: Float64Array;
  readonly span: Span;
  readonly rows: Rows;
  readonly rowsInSight: Range;
  readonly pixels: number;
  /** By seq: 0 outside of the cone; undefined without a cone. */
  readonly cone: Uint8Array | undefined;
}

/** What was counted last, and for which question. */
interface Kept extends Omit<Density, "inSight" | "most"> {
  readonly of: Pick<Counted, "drawing" | "places" | "cone">;
  /** Lanes of the rows. */
  readonly lanes: Int32Array;
}

let kept: Kept | undefined;
/** Columns beside those in sight that are counted with them, by their number: a view that moves finds them there. */
const AIR = 0.5;
/** Most cells that are counted, the air included. */
const MOST_CELLS = 400_000;

/**
 * Counts what is in sight. The counts stay for as long as the same columns and rows are asked for, so that a view that
 * moves or comes nearer counts anew only now and then.
 */
export function densityOf(counted: Counted): Density {
  const { span, rows, rowsInSight, pixels } = counted;
  const width = columnWidth(span, pixels);
  const first = Math.floor(span.from / width);
  const end = Math.floor(span.to / width) + 1;
  const lanes = rows.lanes.subarray(rowsInSight.start, Math.max(rowsInSight.start, rowsInSight.end));
  if (kept === undefined || !answers(kept, counted, lanes, width, { start: first, end })) {
    const wanted = Math.ceil((end - first) * AIR);
    const air = (end - first + 2 * wanted) * lanes.length > MOST_CELLS ? 0 : wanted;
    kept = count(counted, lanes, width, { start: first - air, end: end + air });
  }
  const inSight = { start: first - kept.first, end: end - kept.first };
  return { ...kept, inSight, most: largest(kept, inSight) };
}

function answers(
  { of, lanes, width, first, columns }: Kept,
  { drawing, places, cone }: Counted,
  wanted: Int32Array,
  wantedWidth: number,
  { start, end }: Range,
): boolean {
  if (of.drawing !== drawing || of.places !== places || of.cone !== cone || width !== wantedWidth) return false;
  if (start < first || end > first + columns || lanes.length !== wanted.length) return false;
  return lanes.every((lane, row) => lane === wanted[row]);
}

function count({ drawing, places, rows, cone }: Counted, lanes: Int32Array, width: number, range: Range): Kept {
  const { sort, actor, peer } = drawing;
  const [first, columns, rowCount] = [range.start, range.end - range.start, lanes.length];
  const cells = rowCount * columns;
  const sorts = SORTS.length;
  const counts = new Uint32Array(cells * sorts);
  const outside = new Uint32Array(cells);
  const sums = new Uint32Array(cells);
  // Lanes that are not in sight have a row that nobody counts.
  const rowOf = new Int32Array(rows.rowOf.length + 1).fill(rowCount);
  for (let row = 0; row < rowCount; row++) rowOf[lanes[row] as number] = row;
  const perWidth = 1 / width;
  const to = lowerBound(places, range.end * width);
  for (let i = lowerBound(places, first * width); i < to; i++) {
    const column = Math.floor((places[i] as number) * perWidth) - first;
    const dim = cone !== undefined && cone[i + 1] === 0;
    const other = peer[i] as number;
    for (let end = 0; end < 2; end++) {
      const row = rowOf[end === 0 ? (actor[i] as number) : other < 0 ? rows.rowOf.length : other] as number;
      if (row === rowCount) continue;
      const cell = row * columns + column;
      sums[cell] = (sums[cell] as number) + 1;
      if (dim) outside[cell] = (outside[cell] as number) + 1;
      else {
        const at = cell * sorts + (sort[i] as number);
        counts[at] = (counts[at] as number) + 1;
      }
    }
  }
  const of = { drawing, places, cone };
  return { of, lanes: lanes.slice(), width, first, columns, rows: rowCount, counts, outside, sums };
}

function largest({ rows, columns, sums }: Kept, { start, end }: Range): number {
  let most = 1;
  for (let row = 0; row < rows; row++)
    for (let cell = row * columns + start; cell < row * columns + end; cell++)
      if ((sums[cell] as number) > most) most = sums[cell] as number;
  return most;
}
