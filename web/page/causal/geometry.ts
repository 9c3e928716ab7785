/** Where everything lies in a picture. */
import type { Rows } from "./lanes.ts";
import type { Axis, Scene } from "./scene.ts";
import type { Half } from "./shapes.ts";
import { SORTS } from "./sorts.ts";
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

/** What a picture shows, and where. */
export interface Geometry {
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
}

/** Below this many pixels for a transition, columns are drawn instead of single ones. */
export const SINGLE = 2.6;
const MARKS = 22;
const SMALL = 40;

/** @param names pixels that the longest name of a lane would take */
export function layoutOf(width: number, height: number, names: number): Layout {
  const left = Math.round(Math.min(Math.max(names + 28, 88), width < 560 ? 96 : 156));
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
export function isNumbered({ half }: Pick<Geometry, "half">): boolean {
  return half.w > half.h + 1;
}

/** Pixels from the left of the transition at this index. */
export function xOf({ span, layout, places }: Geometry, index: number): number {
  return xAt({ span, layout }, places[index] ?? 0);
}

export function xAt({ span, layout }: Pick<Geometry, "span" | "layout">, place: number): number {
  return layout.left + ((place - span.from) / (span.to - span.from)) * (layout.width - layout.left);
}

/** Pixels from the top of a lane's middle; NaN if it is folded. */
export function yOf({ rows, layout }: Pick<Geometry, "rows" | "layout">, lane: number): number {
  const row = rows.rowOf[lane] ?? -1;
  return row < 0 ? Number.NaN : layout.top + (row + 0.5) * rows.height - rows.scroll;
}

export function isDim({ cone }: Geometry, index: number): boolean {
  return cone !== undefined && cone[index + 1] === 0;
}

/** Indexes in sight by number of the sort, those outside of the cone apart. */
export function bySort({ scene, range, cone }: Geometry): { bright: number[][]; dim: number[][] } {
  const bright: number[][] = SORTS.map(() => []);
  const dim: number[][] = SORTS.map(() => []);
  for (let i = range.start; i < range.end; i++) {
    const list = cone !== undefined && cone[i + 1] === 0 ? dim : bright;
    list[scene.drawing.sort[i] ?? 0]?.push(i);
  }
  return { bright, dim };
}
