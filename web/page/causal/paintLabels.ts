/** Texts of events, where there is room until the next event of the lane. */
import { cut, widthOf } from "../../../trace/graph/drawing.ts";
import { type Frame, isDim, xOf, yOf } from "./frame.ts";
import { DIM } from "./paintEvents.ts";

/** Least pixels for a transition. */
const LEAST = 36;
/** Least width that a text needs to be worth reading. */
const LEAST_TEXT = 44;
const SIZE = 11.5;
/** `widthOf` is an upper bound; usual fonts are narrower. */
const NARROW = 0.86;

export function paintLabels(frame: Frame): void {
  const { ctx, look, range, scene, per, half, layout, selected } = frame;
  if (per < LEAST) return;
  const { actor, peer } = scene.drawing;
  /** Left edge of what comes next, by lane. */
  const next = new Map<number, number>();
  ctx.font = `${SIZE}px ${look.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = look.raised;
  for (let i = range.end - 1; i >= range.start; i--) {
    const x = xOf(frame, i);
    const lane = actor[i] ?? 0;
    const from = x + half.w + 6;
    const room = Math.min(next.get(lane) ?? layout.width + 200, layout.width + 200) - from - 8;
    next.set(lane, x - half.w);
    const other = peer[i] ?? -1;
    if (other >= 0) next.set(other, x - half.w);
    const y = yOf(frame, lane);
    const label = frame.labelOf(i + 1);
    if (label === undefined || Number.isNaN(y) || room < LEAST_TEXT) continue;
    const fits = (text: string): boolean => widthOf(text, SIZE) * NARROW <= room;
    const text = fits(label.text)
      ? label.text
      : fits(label.brief)
        ? label.brief
        : cut(label.brief, SIZE * NARROW, room);
    ctx.globalAlpha = isDim(frame, i) ? DIM * 2 : 1;
    ctx.strokeText(text, from, y + 0.5);
    ctx.fillStyle = selected === i + 1 ? look.accent : look.ink;
    ctx.fillText(text, from, y + 0.5);
  }
  ctx.globalAlpha = 1;
}
