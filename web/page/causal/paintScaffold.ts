/** What stands still behind the events: lanes, their names, and the axis. */
import { cut } from "../../../trace/graph/drawing.ts";
import { seqTicks, type Tick, timeTicks } from "./axis.ts";
import type { Frame } from "./frame.ts";
import { xAt, xOf, yOf } from "./geometry.ts";

/** Ground, and the lines of the lanes; a lane begins where its program is created. */
export function paintLanes(frame: Frame): void {
  const { ctx, look, layout, rows, rowsInSight, scene } = frame;
  ctx.fillStyle = look.sunken;
  ctx.fillRect(0, 0, layout.width, layout.height);
  ctx.fillStyle = look.raised;
  ctx.fillRect(layout.left, layout.top, layout.width - layout.left, layout.bottom - layout.top);
  ctx.fillStyle = look.sunken;
  for (let row = rowsInSight.start; row < rowsInSight.end; row++) {
    if (row % 2 === 0) continue;
    ctx.globalAlpha = 0.55;
    ctx.fillRect(layout.left, layout.top + row * rows.height - rows.scroll, layout.width - layout.left, rows.height);
  }
  ctx.globalAlpha = 1;
  ctx.strokeStyle = look.line;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let row = rowsInSight.start; row < rowsInSight.end; row++) {
    const lane = rows.lanes[row] ?? 0;
    const y = Math.round(yOf(frame, lane)) + 0.5;
    const born = scene.born[lane] ?? -1;
    const start = born < 0 ? layout.left : Math.max(layout.left, xOf(frame, born));
    if (start >= layout.width) continue;
    ctx.moveTo(start, y);
    ctx.lineTo(layout.width, y);
  }
  ctx.stroke();
}

/** Names of the lanes, before the lanes. */
export function paintNames(frame: Frame): void {
  const { ctx, look, layout, rows, rowsInSight, scene, selected } = frame;
  ctx.fillStyle = look.sunken;
  ctx.fillRect(0, layout.top, layout.left, layout.bottom - layout.top);
  ctx.strokeStyle = look.line;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(layout.left + 0.5, layout.top);
  ctx.lineTo(layout.left + 0.5, layout.bottom);
  ctx.stroke();
  const { drawing } = scene;
  const own = [drawing.actor[selected - 1], drawing.peer[selected - 1]];
  ctx.textBaseline = "middle";
  ctx.textAlign = "right";
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, layout.top, layout.left, layout.bottom - layout.top);
  ctx.clip();
  for (let row = rowsInSight.start; row < rowsInSight.end; row++) {
    const lane = rows.lanes[row] ?? 0;
    const strong = selected > 0 && own.includes(lane);
    ctx.font = `${strong ? 700 : 500} 12px ${look.font}`;
    ctx.fillStyle = strong ? look.accent : look.ink;
    ctx.fillText(cut(drawing.lanes[lane]?.name ?? "", 12 * 0.88, layout.left - 20), layout.left - 12, yOf(frame, lane));
  }
  ctx.restore();
}

/** Where the lanes in sight lie among all, if not all of them fit. */
export function paintThumb({ ctx, look, layout, rows }: Frame): void {
  if (rows.overflow === 0) return;
  const space = layout.bottom - layout.top;
  const share = space / (space + rows.overflow);
  const length = Math.max(24, space * share);
  const top = layout.top + (space - length) * (rows.scroll / rows.overflow);
  ctx.globalAlpha = 0.55;
  ctx.fillStyle = look.soft;
  ctx.beginPath();
  ctx.roundRect(layout.width - 8, top + 2, 5, length - 4, 2.5);
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Ticks with their texts, above the lanes. */
export function paintAxis(frame: Frame): void {
  const { ctx, look, layout, axis } = frame;
  ctx.fillStyle = look.sunken;
  ctx.fillRect(layout.left, 0, layout.width - layout.left, layout.top);
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  ctx.strokeStyle = look.line;
  ctx.beginPath();
  for (const { place, text, strong } of ticksOf(frame)) {
    const x = xAt(frame, place);
    ctx.font = `${strong ? 600 : 400} 11px ${look.font}`;
    ctx.fillStyle = look.soft;
    const half = ctx.measureText(text).width / 2;
    ctx.fillText(text, Math.min(Math.max(x, layout.left + half), layout.width - half - 4), 12);
    ctx.moveTo(Math.round(x) + 0.5, 22);
    ctx.lineTo(Math.round(x) + 0.5, 27);
  }
  ctx.stroke();
  ctx.fillStyle = look.sunken;
  ctx.fillRect(0, 0, layout.left, layout.top);
  ctx.fillStyle = look.soft;
  ctx.textAlign = "right";
  ctx.font = `11px ${look.font}`;
  ctx.fillText(axis === "seq" ? "transition" : "time, UTC", layout.left - 12, 12);
}

function ticksOf({ axis, span, layout, scene, places }: Frame): Tick[] {
  const unit = (span.to - span.from) / (layout.width - layout.left);
  const digits = String(Math.ceil(Math.max(1, Math.min(span.to, places.length)))).length;
  if (axis === "seq") return seqTicks(span.from, span.to, places.length, unit * (16 + 9 * digits));
  return timeTicks(span.from, span.to, scene.drawing.at[0] ?? 0, unit * 84);
}
