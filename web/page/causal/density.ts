/**
 * Far away, transitions are counted by columns of a few pixels. Columns stay with their transitions when the view
 * moves.
 */
import type { Drawing } from "../../work/history/columns.ts";
import type { Rows } from "./lanes.ts";
import { SORTS } from "./sorts.ts";
import type { Range, Span } from "./span.ts";

/** Least width of a column in pixels; it is at most twice that. */
const LEAST_COLUMN = 3;

/** Counts of transitions by row, column and sort. */
export interface Density {
  /** Width of a column along the axis. */
  readonly width: number;
  /** Number of the first column, and how many there are. */
  readonly first: number;
  readonly columns: number;
  /** First row that was counted, and how many. */
  readonly firstRow: number;
  readonly rows: number;
  /** Counts by row, column and sort. With a cone, only of what lies in it. */
  readonly counts: Uint32Array;
  /** By row and column: what lies outside of the cone. */
  readonly outside: Uint32Array;
  /** Largest sum of a row and column. */
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
  readonly range: Range;
  readonly rows: Rows;
  readonly rowsInSight: Range;
  readonly pixels: number;
  /** By seq: 0 outside of the cone; undefined without a cone. */
  readonly cone: Uint8Array | undefined;
}

let pool = new Uint32Array(0);

/** Counts what is in sight. The counts are good until the next call. */
export function densityOf(counted: Counted): Density {
  const { drawing, places, span, range, rows, rowsInSight, pixels, cone } = counted;
  const { sort, actor, peer } = drawing;
  const width = columnWidth(span, pixels);
  const first = Math.floor(span.from / width);
  const columns = Math.floor(span.to / width) - first + 1;
  const rowCount = Math.max(0, rowsInSight.end - rowsInSight.start);
  const cells = rowCount * columns;
  const sorts = SORTS.length;
  if (pool.length < cells * (sorts + 2)) pool = new Uint32Array(cells * (sorts + 2));
  else pool.fill(0, 0, cells * (sorts + 2));
  const counts = pool.subarray(0, cells * sorts);
  const outside = pool.subarray(cells * sorts, cells * (sorts + 1));
  const sums = pool.subarray(cells * (sorts + 1), cells * (sorts + 2));
  // Lanes that are not in sight are counted below the last row, in a place that nobody reads.
  const rowOf = new Int32Array(rows.rowOf.length + 1).fill(rowCount);
  for (let row = rowsInSight.start; row < rowsInSight.end; row++) rowOf[rows.lanes[row] ?? 0] = row - rowsInSight.start;
  const perWidth = 1 / width;
  let most = 1;
  for (let i = range.start; i < range.end; i++) {
    const column = Math.floor((places[i] as number) * perWidth) - first;
    const dim = cone !== undefined && cone[i + 1] === 0;
    const other = peer[i] as number;
    for (let end = 0; end < 2; end++) {
      const row = rowOf[end === 0 ? (actor[i] as number) : other < 0 ? rows.rowOf.length : other] as number;
      if (row === rowCount) continue;
      const cell = row * columns + column;
      if (dim) outside[cell] = (outside[cell] as number) + 1;
      else {
        const at = cell * sorts + (sort[i] as number);
        counts[at] = (counts[at] as number) + 1;
      }
      const sum = (sums[cell] as number) + 1;
      sums[cell] = sum;
      if (sum > most) most = sum;
    }
  }
  return { width, first, columns, firstRow: rowsInSight.start, rows: rowCount, counts, outside, most };
}
