/** The selected transition, and the ways along which it depends on others and others on it. */
import { PARENTS } from "../../work/history/columns.ts";
import type { Frame } from "./frame.ts";
import { isDim, isNumbered, xOf, yOf } from "./geometry.ts";

/** Most transitions in sight for which ways are drawn. */
const MOST = 600;

/** Ways of the cone, behind the events: along the lane that both share, or across. */
export function paintWays(frame: Frame): void {
  const { ctx, look, scene, range, cone, selected } = frame;
  if (cone === undefined || selected === 0 || range.end - range.start > MOST) return;
  const { parents } = scene.drawing;
  ctx.strokeStyle = look.accent;
  ctx.lineWidth = 3;
  ctx.lineCap = "round";
  ctx.globalAlpha = 0.5;
  ctx.beginPath();
  for (let i = range.start; i < range.end; i++) {
    if (isDim(frame, i)) continue;
    for (let p = i * PARENTS; p < (i + 1) * PARENTS; p++) {
      const parent = (parents[p] ?? 0) - 1;
      if (parent < 0 || isDim(frame, parent)) continue;
      // Two of the past and the future of the selected one are not on its way.
      if (parent < selected - 1 && i > selected - 1) continue;
      way(frame, parent, i);
    }
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.lineCap = "butt";
}

function way(frame: Frame, a: number, b: number): void {
  const { ctx, scene } = frame;
  const { actor, peer } = scene.drawing;
  const [x0, x1] = [xOf(frame, a), xOf(frame, b)];
  const of = (i: number): number[] => [actor[i] ?? -1, peer[i] ?? -1].filter((lane) => lane >= 0);
  const shared = of(b).find((lane) => of(a).includes(lane));
  const [y0, y1] = [yOf(frame, shared ?? actor[a] ?? 0), yOf(frame, shared ?? actor[b] ?? 0)];
  if (Number.isNaN(y0) || Number.isNaN(y1)) return;
  ctx.moveTo(x0, y0);
  if (y0 === y1) ctx.lineTo(x1, y1);
  else ctx.bezierCurveTo(x0 + (x1 - x0) / 2, y0, x0 + (x1 - x0) / 2, y1, x1, y1);
}

/** Rings around the selected transition and the one under the pointer, and a line at the selected one's place. */
export function paintSelected(frame: Frame): void {
  const { ctx, look, layout, selected, hovered, places } = frame;
  for (const [seq, colour] of [
    [hovered, look.soft],
    [selected, look.accent],
  ] as const) {
    if (seq === 0 || seq > places.length) continue;
    const x = xOf(frame, seq - 1);
    if (x < layout.left - 20 || x > layout.width + 20) continue;
    ctx.strokeStyle = colour;
    if (seq === selected) {
      ctx.lineWidth = 1;
      ctx.globalAlpha = 0.6;
      ctx.beginPath();
      ctx.moveTo(Math.round(x) + 0.5, 22);
      ctx.lineTo(Math.round(x) + 0.5, layout.small.start - 2);
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    rings(frame, seq - 1, x, colour);
  }
}

function rings(frame: Frame, index: number, x: number, colour: string): void {
  const { ctx, scene, half, look, layout } = frame;
  const [w, h] = isNumbered(frame) ? [half.w + 4, half.h + 4] : [Math.max(half.w, 4) + 3, Math.max(half.h, 4) + 3];
  for (const lane of [scene.drawing.actor[index] ?? -1, scene.drawing.peer[index] ?? -1]) {
    const y = yOf(frame, lane);
    if (Number.isNaN(y) || y < layout.top || y > layout.bottom) continue;
    ctx.beginPath();
    ctx.roundRect(x - w, y - h, 2 * w, 2 * h, h);
    ctx.lineWidth = 4;
    ctx.strokeStyle = look.raised;
    ctx.stroke();
    ctx.lineWidth = 2.2;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
}
