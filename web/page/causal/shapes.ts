/**
 * Shapes, so that nothing is told by colour alone. Each sort has one, from a few pixels up to a pill around a number.
 */
import type { Sort } from "../../../trace/graph/model.ts";

/** What shapes are added to: a canvas' path, or one that is turned into SVG. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  arc(x: number, y: number, radius: number, start: number, end: number): void;
}

/** Half of the width and of the height of a shape. */
export interface Half {
  readonly w: number;
  readonly h: number;
}

type Corner = readonly [x: number, y: number];

/** Corners around 0, 0; a shape without corners is a pill. */
const CORNERS: Readonly<Record<Sort, ((half: Half) => readonly Corner[]) | undefined>> = {
  ownership: undefined,
  call: ({ w, h }) => box(w, h),
  delegation: ({ w, h }) => [
    [-w, 0],
    [h - w, -h],
    [w - h, -h],
    [w, 0],
    [w - h, h],
    [h - w, h],
  ],
  watch: ({ w, h }) => {
    const slope = w > 1.2 * h ? 0.6 * h : w;
    return [
      [slope - w, -h],
      [w - slope, -h],
      [w, h],
      [-w, h],
    ];
  },
  join: ({ w, h }) => {
    const waist = w > 1.2 * h ? 0.45 * h : 0.7 * w;
    return [
      [-w, -h],
      [w, -h],
      [w - waist, 0],
      [w, h],
      [-w, h],
      [waist - w, 0],
    ];
  },
  create: ({ w, h }) => {
    const notch = w > 1.2 * h ? 0.4 * h : 0.62 * h;
    const upper: Corner[] = [
      [-w, notch - h],
      [notch - w, notch - h],
      [notch - w, -h],
      [w - notch, -h],
    ];
    upper.push([w - notch, notch - h], [w, notch - h]);
    // The lower half is the upper one, turned around.
    return [...upper, ...upper.map(([x, y]): Corner => [-x, -y])];
  },
  own: ({ w, h }) => box(w, w > 1.2 * h ? 0.8 * h : 0.5 * h),
};

function box(w: number, h: number): readonly Corner[] {
  return [
    [-w, -h],
    [w, -h],
    [w, h],
    [-w, h],
  ];
}

/** Adds the shape of a sort around x, y. */
export function addShape(path: PathSink, sort: Sort, x: number, y: number, half: Half): void {
  const corners = CORNERS[sort]?.(half);
  if (corners === undefined) {
    const { w, h } = half;
    const reach = Math.max(0, w - h);
    path.moveTo(x - reach, y + h);
    path.arc(x - reach, y, h, Math.PI / 2, 1.5 * Math.PI);
    path.arc(x + reach, y, h, 1.5 * Math.PI, 2.5 * Math.PI);
    path.closePath();
    return;
  }
  for (const [i, [cx, cy]] of corners.entries()) {
    if (i === 0) path.moveTo(x + cx, y + cy);
    else path.lineTo(x + cx, y + cy);
  }
  path.closePath();
}

/** Adds an arrow head whose tip is at x, y. @param angle in radians */
export function addHead(path: PathSink, x: number, y: number, angle: number, size: number): void {
  path.moveTo(x, y);
  path.lineTo(x - size * Math.cos(angle + 0.45), y - size * Math.sin(angle + 0.45));
  path.lineTo(x - size * Math.cos(angle - 0.45), y - size * Math.sin(angle - 0.45));
  path.closePath();
}

/**
 * A mark's shape: a filled dot for good, a cross for bad, a ring for open. Good is to be filled, the others stroked.
 */
export function addMark(path: PathSink, verdict: "good" | "bad" | "open", x: number, y: number, r: number): void {
  if (verdict === "bad") {
    path.moveTo(x - r, y - r);
    path.lineTo(x + r, y + r);
    path.moveTo(x - r, y + r);
    path.lineTo(x + r, y - r);
    return;
  }
  path.moveTo(x + r, y);
  path.arc(x, y, r, 0, 2 * Math.PI);
}
