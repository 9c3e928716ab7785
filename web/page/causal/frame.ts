/** Everything that one picture is drawn from. */
import type { Label } from "../../work/history/columns.ts";
import type { Rows } from "./lanes.ts";
import type { Look } from "./look.ts";
import { SORTS } from "./look.ts";
import type { Axis, Scene } from "./scene.ts";
import type { Half } from "./shapes.ts";
import type { Range, Span } from "./span.ts";

/** Where the parts of the picture lie, in pixels of the page. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Left edge of the lanes; names stand before it. */
  readonly left: number;
  /** Top of the lanes; the axis and the groups' brackets are above. */
  readonly top: number;
  /** Bottom of the lanes; marks, then the whole run in small are below. */
  readonly bottom: number;
  readonly marks: number;
  readonly small: Range;
}

/** How many of the transitions before each index are bad, and how many are open. */
export interface VerdictSums {
  readonly bad: Uint32Array;
  readonly open: Uint32Array;
}

export function sumsOf(verdicts: Uint8Array): VerdictSums {
  const bad = new Uint32Array(verdicts.length + 1);
  const open = new Uint32Array(verdicts.length + 1);
  for (const [i, verdict] of verdicts.entries()) {
    bad[i + 1] = (bad[i] ?? 0) + (verdict === 2 ? 1 : 0);
    open[i + 1] = (open[i] ?? 0) + (verdict === 0 ? 1 : 0);
  }
  return { bad, open };
}

export interface Frame {
  readonly ctx: CanvasRenderingContext2D;
  readonly look: Look;
  readonly scene: Scene;
  readonly axis: Axis;
  readonly places: Float64Array;
  readonly layout: Layout;
  readonly span: Span;
  readonly range: Range;
  readonly rows: Rows;
  readonly rowsInSight: Range;
  /** Pixels for a transition, on average. */
  readonly per: number;
  /** Half the size of an event's shape. */
  readonly half: Half;
  /** By seq: 0 outside of the cone; undefined if none is shown. */
  readonly cone: Uint8Array | undefined;
  /** seq; 0 for none. */
  readonly selected: number;
  readonly hovered: number;
  /** By index: 0 open, 1 good, 2 bad. */
  readonly verdicts: Uint8Array;
  readonly sums: VerdictSums;
  /** A transition's texts; undefined until they are there. */
  readonly labelOf: (seq: number) => Label | undefined;
}

/** Below this many pixels for a transition, columns are drawn instead of single ones. */
export const SINGLE = 2.6;
const MARKS = 22;
const SMALL = 40;

export function layoutOf(width: number, height: number): Layout {
  const left = width < 560 ? 88 : 144;
  const small = { start: height - SMALL, end: height - 4 };
  const marks = small.start - MARKS / 2 - 3;
  return { width, height, left, top: 42, bottom: marks - MARKS / 2, marks, small };
}

/**
 * Half the size of an event's shape, by the pixels that it has. If there is room, it is a pill around a clock.
 * @param digits of the largest clock
 */
export function halfOf(per: number, rowHeight: number, digits: number): Half {
  const pill = { w: Math.max(11, 5 + 3.4 * digits), h: Math.min(9, rowHeight * 0.36) };
  if (per >= 2 * pill.w + 3) return pill;
  const size = Math.min(Math.max(per * 0.4, 1.8), 6.5, rowHeight * 0.3);
  return { w: size, h: size };
}

/** Whether shapes carry their clocks. */
export function isNumbered({ half }: Pick<Frame, "half">): boolean {
  return half.w > half.h + 1;
}

/** Pixels from the left of the transition at this index. */
export function xOf({ span, layout, places }: Frame, index: number): number {
  return xAt({ span, layout }, places[index] ?? 0);
}

export function xAt({ span, layout }: Pick<Frame, "span" | "layout">, place: number): number {
  return layout.left + ((place - span.from) / (span.to - span.from)) * (layout.width - layout.left);
}

/** Pixels from the top of a lane's middle; NaN if it is folded. */
export function yOf({ rows, layout }: Frame, lane: number): number {
  const row = rows.rowOf[lane] ?? -1;
  return row < 0 ? Number.NaN : layout.top + (row + 0.5) * rows.height - rows.scroll;
}

export function isDim({ cone }: Frame, index: number): boolean {
  return cone !== undefined && cone[index + 1] === 0;
}

/** Indexes in sight by number of the sort, those outside of the cone apart. */
export function bySort({ scene, range, cone }: Frame): { bright: number[][]; dim: number[][] } {
  const bright: number[][] = SORTS.map(() => []);
  const dim: number[][] = SORTS.map(() => []);
  for (let i = range.start; i < range.end; i++) {
    const list = cone !== undefined && cone[i + 1] === 0 ? dim : bright;
    list[scene.drawing.sort[i] ?? 0]?.push(i);
  }
  return { bright, dim };
}
