/** The part of an axis that is in sight, and how it moves. Pure: every step gives a new span. */
import { lowerBound } from "./scene.ts";

/** From and to in the axis' own unit: numbers of transitions, or seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Transitions in sight, counted from 0; `end` is the first one behind them. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Share of the whole that stays free on both sides. */
const AIR = 0.02;

/** All of the axis, with a little air. */
export function wholeSpan(places: Float64Array): Span {
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? 1];
  const air = Math.max((last - first) * AIR, smallest(places) * 0.6);
  return { from: first - air, to: last + air };
}

const leasts = new WeakMap<Float64Array, number>();

/** The smallest distance of two transitions. */
function smallest(places: Float64Array): number {
  const known = leasts.get(places);
  if (known !== undefined) return known;
  let least = 1;
  for (let i = 1; i < places.length; i++) least = Math.min(least, (places[i] ?? 0) - (places[i - 1] ?? 0));
  leasts.set(places, least);
  return least;
}

/** The span, moved and narrowed until it lies within the axis. */
export function clamped({ from, to }: Span, places: Float64Array): Span {
  const whole = wholeSpan(places);
  const all = whole.to - whole.from;
  // Zooming in ends where one transition fills the picture.
  const length = Math.min(Math.max(to - from, smallest(places) * 0.9), all);
  const middle = (from + to) / 2;
  const start = Math.min(Math.max(middle - length / 2, whole.from), whole.to - length);
  return { from: start, to: start + length };
}

/** @param by below 1 shows less, above 1 more. @param anchor stays where it is */
export function zoomed(span: Span, by: number, anchor: number): Span {
  return { from: anchor - (anchor - span.from) * by, to: anchor + (span.to - anchor) * by };
}

export function shifted({ from, to }: Span, by: number): Span {
  return { from: from + by, to: to + by };
}

/** The transitions in sight. */
export function inSight(places: Float64Array, { from, to }: Span): Range {
  return { start: lowerBound(places, from), end: lowerBound(places, to) };
}

/** The span that shows transitions `first` to `last` and no others, with air around. */
export function spanAround(places: Float64Array, first: number, last: number): Span {
  const [a, b] = [places[first - 1] ?? 0, places[last - 1] ?? places.at(-1) ?? 1];
  const air = 0.6 * (last > first ? (b - a) / (last - first) : smallest(places));
  const [before, after] = [places[first - 2] ?? Number.NEGATIVE_INFINITY, places[last] ?? Number.POSITIVE_INFINITY];
  return clamped({ from: a - Math.min(air, (a - before) / 2), to: b + Math.min(air, (after - b) / 2) }, places);
}

/** The span, moved so that the place lies in its inner part; as it is if it does already. */
export function bringing(span: Span, place: number, places: Float64Array): Span {
  const length = span.to - span.from;
  const edge = length * 0.08;
  if (place >= span.from + edge && place <= span.to - edge) return span;
  return clamped({ from: place - length / 2, to: place + length / 2 }, places);
}

/** Between two spans, at `t` from 0 to 1; lengths change by equal factors. */
export function between(a: Span, b: Span, t: number): Span {
  const [la, lb] = [a.to - a.from, b.to - b.from];
  const length = la * (lb / la) ** t;
  const share = Math.abs(lb - la) < 1e-9 * la ? t : (length - la) / (lb - la);
  const from = a.from + (b.from - a.from) * share;
  return { from, to: from + length };
}
