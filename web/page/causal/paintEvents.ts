/** Single events: shapes on the lanes of their programs, arrows between, clocks in the shapes, and texts. */
import { FIRED, INWARD } from "../../work/history/columns.ts";
import type { Frame } from "./frame.ts";
import { bySort, isNumbered, xOf, yOf } from "./geometry.ts";
import { addHead, addShape } from "./shapes.ts";
import { DASHES, SORTS } from "./sorts.ts";

/** How strongly what lies outside of the cone is drawn. */
export const DIM = 0.16;

/** Arrows between lanes, then the shapes, so that shapes cover the ends of arrows. */
export function paintEvents(frame: Frame): void {
  const { ctx } = frame;
  const { bright, dim } = bySort(frame);
  for (const [lists, alpha] of [
    [dim, DIM],
    [bright, 1],
  ] as const) {
    ctx.globalAlpha = alpha;
    for (const [sort, indexes] of lists.entries()) if (indexes.length > 0) paintTies(frame, sort, indexes);
    for (const [sort, indexes] of lists.entries()) if (indexes.length > 0) paintShapes(frame, sort, indexes);
  }
  ctx.globalAlpha = 1;
}

function paintTies(frame: Frame, sort: number, indexes: readonly number[]): void {
  const { ctx, look, scene, half, per } = frame;
  const { actor, peer, flags } = scene.drawing;
  const heads: number[] = [];
  const size = per >= 12 ? 7 : 5;
  const lines = (fired: boolean): void => {
    ctx.beginPath();
    for (const i of indexes) {
      const other = peer[i] ?? -1;
      if (other < 0 || ((flags[i] ?? 0) & FIRED) !== (fired ? FIRED : 0)) continue;
      const [own, far] = [yOf(frame, actor[i] ?? 0), yOf(frame, other)];
      if (Number.isNaN(own) || Number.isNaN(far)) continue;
      const x = xOf(frame, i);
      const towards = Math.sign(far - own);
      const ends = [own + towards * half.h, far - towards * half.h];
      const inward = ((flags[i] ?? 0) & INWARD) !== 0;
      const [tail = 0, tip = 0] = inward ? ends.reverse() : ends;
      const down = tip > tail ? 1 : -1;
      ctx.moveTo(x, tail);
      ctx.lineTo(x, tip - down * 4);
      if (per >= 6) heads.push(x, tip, down);
    }
    ctx.lineWidth = fired ? 3.2 : per >= 8 ? 1.6 : 1;
    ctx.stroke();
  };
  ctx.strokeStyle = look.sorts[sort] ?? look.ink;
  ctx.setLineDash([...(DASHES[sort] ?? [])]);
  lines(false);
  if (SORTS[sort] === "watch") lines(true);
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < heads.length; i += 3)
    addHead(ctx, heads[i] ?? 0, heads[i + 1] ?? 0, ((heads[i + 2] ?? 1) * Math.PI) / 2, size);
  ctx.fillStyle = look.sorts[sort] ?? look.ink;
  ctx.fill();
}

function paintShapes(frame: Frame, sort: number, indexes: readonly number[]): void {
  const { ctx, look, scene, half, per } = frame;
  const { actor, peer, clock, peerClock } = scene.drawing;
  const name = SORTS[sort] ?? "own";
  const colour = look.sorts[sort] ?? look.ink;
  // The other program's clock moves, too: an outline on its lane.
  ctx.beginPath();
  for (const i of indexes) {
    const y = yOf(frame, peer[i] ?? -1);
    if (!Number.isNaN(y)) addShape(ctx, name, xOf(frame, i), y, { w: half.w - 0.7, h: half.h - 0.7 });
  }
  const alpha = ctx.globalAlpha;
  ctx.globalAlpha = 1;
  ctx.fillStyle = look.raised;
  ctx.fill();
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = per >= 8 ? 1.5 : 1;
  ctx.stroke();
  ctx.beginPath();
  for (const i of indexes) {
    const y = yOf(frame, actor[i] ?? 0);
    if (!Number.isNaN(y)) addShape(ctx, name, xOf(frame, i), y, half);
  }
  if (alpha < 1) {
    ctx.globalAlpha = 1;
    ctx.fillStyle = look.raised;
    ctx.fill();
    ctx.globalAlpha = alpha;
  }
  ctx.fillStyle = colour;
  ctx.fill();
  if (!isNumbered(frame)) return;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  // Setting a font costs more than a text.
  ctx.font = `600 ${Math.min(half.h + 2, 11)}px ${look.font}`;
  ctx.fillStyle = look.onSort;
  for (const i of indexes) number(frame, clock[i] ?? 0, xOf(frame, i), yOf(frame, actor[i] ?? 0));
  // A join leaves the other's clock as it is, so its outline stays empty.
  if (name === "join") return;
  ctx.fillStyle = colour;
  for (const i of indexes) number(frame, peerClock[i] ?? 0, xOf(frame, i), yOf(frame, peer[i] ?? -1));
}

function number({ ctx, half }: Frame, value: number, x: number, y: number): void {
  if (!Number.isNaN(y)) ctx.fillText(String(value), x, y + 0.5, 2 * half.w - 4);
}
