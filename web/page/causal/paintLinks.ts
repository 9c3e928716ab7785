/** What runs along time: groups, escrows until they end, lendings until they are used, watches until they fire. */
import { LINKS, type LinkName } from "../../work/history/columns.ts";
import type { Frame } from "./frame.ts";
import { isDim, xOf, yOf } from "./geometry.ts";
import { DIM } from "./paintEvents.ts";
import { lowerBound } from "./scene.ts";
import { addHead } from "./shapes.ts";
import { DASHES, SORTS } from "./sorts.ts";

/** Least pixels for a transition. */
const LEAST_GROUP = 5;
const LEAST_LINK = 5;

/** Top and bottom of the lanes that a group touches. */
function lanesOf(frame: Frame, start: number, end: number): { top: number; bottom: number } {
  const { actor, peer } = frame.scene.drawing;
  const air = Math.min(frame.rows.height * 0.42, 24);
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = start; i <= end; i++) {
    for (const y of [yOf(frame, actor[i] ?? -1), yOf(frame, peer[i] ?? -1)]) {
      if (Number.isNaN(y)) continue;
      top = Math.min(top, y - air);
      bottom = Math.max(bottom, y + air);
    }
  }
  return { top, bottom };
}

/** A band behind each group, and a bracket above it: all of it, or nothing. */
export function paintGroups(frame: Frame): void {
  const { ctx, look, range, scene, layout, per } = frame;
  if (per < LEAST_GROUP) return;
  const { group } = scene.drawing;
  const air = Math.min(per * 0.45, 20);
  ctx.lineWidth = 1.2;
  for (let i = range.start; i < range.end; ) {
    const first = group[i] ?? 0;
    if (first === 0) {
      i++;
      continue;
    }
    const start = first - 1;
    let end = i;
    while (end + 1 < group.length && group[end + 1] === first) end++;
    const [left, right] = [xOf(frame, start) - air, xOf(frame, end) + air];
    const { top, bottom } = lanesOf(frame, start, end);
    if (top <= bottom) {
      ctx.globalAlpha = 0.1;
      ctx.fillStyle = look.ink;
      ctx.beginPath();
      ctx.roundRect(left, top, right - left, bottom - top, 8);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    ctx.strokeStyle = look.soft;
    ctx.beginPath();
    ctx.moveTo(left + 1, layout.top - 2);
    ctx.lineTo(left + 1, layout.top - 8);
    ctx.lineTo(right - 1, layout.top - 8);
    ctx.lineTo(right - 1, layout.top - 2);
    ctx.stroke();
    i = end + 1;
  }
}

const SORT_OF: Readonly<Record<LinkName, number>> = {
  escrow: SORTS.indexOf("ownership"),
  lending: SORTS.indexOf("delegation"),
  watch: SORTS.indexOf("watch"),
  trigger: SORTS.indexOf("watch"),
};
const WIDTH: Readonly<Record<LinkName, number>> = { escrow: 5, lending: 1.2, watch: 1.2, trigger: 2.6 };

export function paintLinks(frame: Frame): void {
  const { ctx, per } = frame;
  if (per < LEAST_LINK) return;
  const inSight = linksInSight(frame);
  for (const [kind, name] of LINKS.entries()) {
    for (const dim of [true, false]) {
      ctx.globalAlpha = (dim ? DIM : 1) * (name === "escrow" ? 0.35 : 0.8);
      paintSome(frame, name, (link) => linkIs(frame, link, kind, dim), inSight);
    }
  }
  ctx.globalAlpha = 1;
}

function linkIs(frame: Frame, link: number, kind: number, dim: boolean): boolean {
  const { from, to, name } = frame.scene.drawing.links;
  if (name[link] !== kind) return false;
  return (isDim(frame, (from[link] ?? 1) - 1) || isDim(frame, (to[link] ?? 1) - 1)) === dim;
}

function paintSome(frame: Frame, name: LinkName, wanted: (link: number) => boolean, links: readonly number[]): void {
  const { ctx, look, scene, half, rows } = frame;
  const { drawing } = scene;
  const sort = SORT_OF[name];
  const heads: number[] = [];
  ctx.beginPath();
  for (const link of links) {
    if (!wanted(link)) continue;
    const [a, b] = [(drawing.links.from[link] ?? 1) - 1, (drawing.links.to[link] ?? 1) - 1];
    const [y0, y1] = [yOf(frame, startLane(frame, name, a)), yOf(frame, endLane(frame, name, b))];
    if (Number.isNaN(y0) || Number.isNaN(y1)) continue;
    const [x0, x1] = [xOf(frame, a), xOf(frame, b)];
    if (name === "escrow" && y0 === y1) {
      ctx.moveTo(x0 + half.w, y0);
      ctx.lineTo(x1 - half.w, y0);
      continue;
    }
    const rise = y0 === y1 ? Math.min(rows.height * 0.62, (x1 - x0) * 0.3 + half.h) : 0;
    const [top0, top1] = y0 === y1 ? [y0 - half.h, y1 - half.h - 1] : [y0, y1];
    const bend = Math.min((x1 - x0) * 0.5, 120);
    ctx.moveTo(x0, top0);
    ctx.bezierCurveTo(x0 + bend, top0 - rise, x1 - bend, top1 - rise, x1, top1);
    if (name === "trigger") heads.push(x1, top1, rise > 0 ? Math.atan2(rise, bend) : 0);
  }
  ctx.strokeStyle = look.sorts[sort] ?? look.ink;
  ctx.lineWidth = WIDTH[name];
  ctx.setLineDash(name === "escrow" || name === "trigger" ? [] : [...(DASHES[sort] ?? [])]);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < heads.length; i += 3) addHead(ctx, heads[i] ?? 0, heads[i + 1] ?? 0, heads[i + 2] ?? 0, 7);
  ctx.fillStyle = look.sorts[sort] ?? look.ink;
  ctx.fill();
}

/** What was put or lent lies with the other program; a watch is its own program's. */
function startLane({ scene }: Frame, name: LinkName, index: number): number {
  const { actor, peer } = scene.drawing;
  const other = peer[index] ?? -1;
  return name === "escrow" || name === "lending" ? (other < 0 ? (actor[index] ?? 0) : other) : (actor[index] ?? 0);
}

function endLane({ scene }: Frame, name: LinkName, index: number): number {
  const { actor, peer } = scene.drawing;
  const other = peer[index] ?? -1;
  return name === "escrow" && other >= 0 ? other : (actor[index] ?? 0);
}

/** Ties with an end in sight. */
function linksInSight({ scene, range }: Frame): number[] {
  const { links } = scene.drawing;
  const { order } = scene.byStart;
  const found: number[] = [];
  const [first, last] = [range.start + 1, range.end];
  for (let i = lowerBound(links.to, first); i < links.to.length && (links.to[i] ?? 0) <= last; i++) found.push(i);
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((links.from[order[middle] ?? 0] ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < order.length; i++) {
    const link = order[i] ?? 0;
    if ((links.from[link] ?? 0) > last) break;
    if ((links.to[link] ?? 0) > last) found.push(link);
  }
  return found;
}
