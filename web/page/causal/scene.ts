/**
 * What the causal view draws from: the run's columns, the place of each transition along each axis, ties by both ends.
 */

import { widthOf } from "../../../trace/graph/drawing.ts";
import type { Drawing, Links } from "../../work/history/columns.ts";
import { SORTS } from "./sorts.ts";

/** What runs from left to right: the number of the transition, or the time of its clock. */
export const AXES = ["seq", "time"] as const;
export type Axis = (typeof AXES)[number];

/** An index of ties by their earlier end. */
export interface ByStart {
  /** Positions in the columns of `Links`, in the order of `from`. */
  readonly order: Uint32Array;
}

export interface Scene {
  readonly drawing: Drawing;
  /** Places of the transitions, ascending. Along time: seconds since the first; those of one second stand in order. */
  readonly places: Readonly<Record<Axis, Float64Array>>;
  readonly byStart: ByStart;
  /** Index of the transition that creates each lane's program; -1 if it was there from the beginning. */
  readonly born: Int32Array;
  /** Pixels of the longest name, nearly. */
  readonly names: number;
  /** Of the largest clock. */
  readonly digits: number;
}

export function sceneOf(drawing: Drawing): Scene {
  const { transitions, at, links } = drawing;
  const names = drawing.lanes.reduce((most, { name }) => Math.max(most, 0.88 * widthOf(name, 12)), 0);
  const digits = String(drawing.clock.reduce((most, clock) => Math.max(most, clock), 0)).length;
  const seq = Float64Array.from({ length: transitions }, (_, i) => i + 1);
  return {
    drawing,
    places: { seq, time: timesOf(at) },
    byStart: byStartOf(links),
    born: bornIn(drawing),
    names,
    digits,
  };
}

function bornIn({ sort, peer, lanes }: Drawing): Int32Array {
  const born = new Int32Array(lanes.length).fill(-1);
  for (let i = 0; i < sort.length; i++) {
    const lane = peer[i] ?? -1;
    if (SORTS[sort[i] ?? 0] === "create" && lane >= 0) born[lane] = i;
  }
  return born;
}

/** Transitions of one second are spread over it, so that each has a place of its own. */
function timesOf(at: Float64Array): Float64Array {
  const times = new Float64Array(at.length);
  const first = at[0] ?? 0;
  for (let from = 0; from < at.length; ) {
    let to = from + 1;
    while (to < at.length && at[to] === at[from]) to++;
    for (let i = from; i < to; i++) times[i] = (at[from] ?? 0) - first + (i - from) / (to - from);
    from = to;
  }
  return times;
}

function byStartOf({ from }: Links): ByStart {
  const order = Uint32Array.from({ length: from.length }, (_, i) => i);
  order.sort((a, b) => (from[a] ?? 0) - (from[b] ?? 0));
  return { order };
}

/** Index of the first element that is at least `value`; the length if none is. The list is ascending. */
export function lowerBound(list: { readonly length: number; readonly [i: number]: number }, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
