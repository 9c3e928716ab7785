/** Which transition a point of the picture means. */
import { type Geometry, xAt, yOf } from "./geometry.ts";
import { inSight } from "./span.ts";

/** Pixels around a point. */
const REACH = 14;

type Seen = Pick<Geometry, "scene" | "places" | "span" | "layout" | "rows">;

/**
 * The transition nearest to a point: on one of its lanes, or on the arrow between them.
 * @returns its seq; 0 if none is near
 */
export function hitAt(frame: Seen, x: number, y: number): number {
  const { scene, places, span, layout, rows } = frame;
  const { actor, peer } = scene.drawing;
  if (x < layout.left - REACH || y < layout.top || y > layout.bottom) return 0;
  const unit = (span.to - span.from) / (layout.width - layout.left);
  const place = span.from + (x - layout.left) * unit;
  const near = inSight(places, { from: place - REACH * unit, to: place + REACH * unit });
  let best = { seq: 0, far: Number.POSITIVE_INFINITY };
  for (let i = near.start; i < near.end; i++) {
    const aside = Math.abs(xAt(frame, places[i] ?? 0) - x);
    const own = yOf(frame, actor[i] ?? 0);
    const other = yOf(frame, peer[i] ?? -1);
    const lanes = Math.min(
      ...[own, other].map((lane) => (Number.isNaN(lane) ? Number.POSITIVE_INFINITY : Math.abs(lane - y))),
    );
    const between = (y - own) * (y - other) <= 0 ? 3 : Number.POSITIVE_INFINITY;
    const off = Math.min(lanes, between);
    if (off > Math.max(REACH, rows.height / 2)) continue;
    const far = Math.hypot(aside, off);
    if (far < best.far) best = { seq: i + 1, far };
  }
  return best.seq;
}
