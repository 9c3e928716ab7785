/** One picture, from back to front. */
import type { Frame } from "./frame.ts";
import { SINGLE, xOf, yOf } from "./geometry.ts";
import { paintSelected, paintWays } from "./paintCone.ts";
import { paintDensity } from "./paintDensity.ts";
import { paintEvents } from "./paintEvents.ts";
import { paintLabels } from "./paintLabels.ts";
import { paintGroups, paintLinks } from "./paintLinks.ts";
import { paintMarks } from "./paintMarks.ts";
import { paintAxis, paintLanes, paintNames, paintThumb } from "./paintScaffold.ts";

/** Draws everything but the whole run in small. */
export function paint(frame: Frame): void {
  const { ctx, layout, per } = frame;
  paintLanes(frame);
  paintAxis(frame);
  ctx.save();
  ctx.beginPath();
  ctx.rect(layout.left, 0, layout.width - layout.left, layout.bottom);
  ctx.clip();
  if (per >= SINGLE) paintGroups(frame);
  ctx.beginPath();
  ctx.rect(layout.left, layout.top, layout.width - layout.left, layout.bottom - layout.top);
  ctx.clip();
  if (per < SINGLE) paintDensity(frame);
  else {
    paintWays(frame);
    paintLinks(frame);
    paintEvents(frame);
    paintLabels(frame);
  }
  ctx.restore();
  paintMarks(frame);
  ctx.save();
  ctx.beginPath();
  ctx.rect(layout.left, 0, layout.width - layout.left, layout.height);
  ctx.clip();
  paintSelected(frame);
  paintHint(frame);
  ctx.restore();
  paintNames(frame);
  paintThumb(frame);
}

/** The text of the transition under the pointer. */
function paintHint(frame: Frame): void {
  const { ctx, look, layout, hovered, scene, places } = frame;
  const place = places[hovered - 1];
  if (hovered === 0 || place === undefined || place < frame.span.from || place > frame.span.to) return;
  const label = frame.labelOf(hovered);
  if (label === undefined) return;
  const text = `${hovered}. ${label.text}`;
  ctx.font = `12px ${look.font}`;
  const width = Math.min(ctx.measureText(text).width + 18, layout.width - layout.left - 8);
  const x = Math.min(Math.max(xOf(frame, hovered - 1) - width / 2, layout.left + 4), layout.width - width - 4);
  const lane = yOf(frame, scene.drawing.actor[hovered - 1] ?? 0);
  const above = lane - frame.half.h - 36;
  const y = Number.isNaN(lane) || above < 4 ? Math.max(4, (lane || layout.top) + frame.half.h + 10) : above;
  ctx.beginPath();
  ctx.roundRect(x, y, width, 26, 6);
  ctx.fillStyle = look.ink;
  ctx.fill();
  ctx.fillStyle = look.ground;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x + 9, y + 13.5, width - 18);
}
