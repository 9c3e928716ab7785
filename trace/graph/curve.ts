/** Quadratic curves between nodes: their visible part, and pieces of them. */
export interface Point {
  x: number;
  y: number;
}
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
/** A quadratic Bézier curve: its ends and its control point. */
export interface Curve {
  from: Point;
  bend: Point;
  to: Point;
}

const STEPS = 200;

/** A curve between two points whose middle lies `off` to the side of the straight line, seen along it. */
export function curveBetween(from: Point, to: Point, off: number): Curve {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const side = { x: (-(to.y - from.y) / length) * 2 * off, y: ((to.x - from.x) / length) * 2 * off };
  return { from, bend: { x: (from.x + to.x) / 2 + side.x, y: (from.y + to.y) / 2 + side.y }, to };
}

const between = (a: Point, b: Point, t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });

/** The point at t, from 0 to 1. */
export function pointAt({ from, bend, to }: Curve, t: number): Point {
  return between(between(from, bend, t), between(bend, to, t), t);
}

/** The direction of the curve at its end, in radians. */
export function angleAtEnd({ bend, to }: Curve): number {
  return Math.atan2(to.y - bend.y, to.x - bend.x);
}

/** The part of the curve outside both boxes, with a margin. */
export function outside(curve: Curve, first: Box, second: Box, air: number): Curve {
  let start = 0;
  while (start < STEPS / 2 && contains(first, pointAt(curve, start / STEPS), air)) start++;
  let end = STEPS;
  while (end > STEPS / 2 && contains(second, pointAt(curve, end / STEPS), air)) end--;
  return piece(curve, start / STEPS, end / STEPS);
}

/** The part from t0 to t1 (de Casteljau). */
function piece(curve: Curve, t0: number, t1: number): Curve {
  const to = pointAt(curve, t1);
  const rest: Curve = { from: curve.from, bend: between(curve.from, curve.bend, t1), to };
  const t = t1 === 0 ? 0 : t0 / t1;
  return { from: pointAt(rest, t), bend: between(rest.bend, rest.to, t), to };
}

/** Whether the point lies in the box or its margin. */
export function contains({ left, top, right, bottom }: Box, { x, y }: Point, air: number): boolean {
  return x >= left - air && x <= right + air && y >= top - air && y <= bottom + air;
}

/** A box of this size around a point. */
export function boxAround({ x, y }: Point, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The smallest box around all of them. */
export function boundsOf(boxes: readonly Box[]): Box {
  return boxes.reduce((all, box) => ({
    left: Math.min(all.left, box.left),
    top: Math.min(all.top, box.top),
    right: Math.max(all.right, box.right),
    bottom: Math.max(all.bottom, box.bottom),
  }));
}
