/** What was checked of each transition, on a rail below the lanes: a dot, a cross or a ring. */
import type { Frame } from "./frame.ts";
import { SINGLE, xOf } from "./geometry.ts";
import { lowerBound } from "./scene.ts";
import { addMark } from "./shapes.ts";
import { VERDICTS } from "./verdicts.ts";

/** Pixels of a column of many transitions. */
const COLUMN = 4;

export function paintMarks(frame: Frame): void {
  const { ctx, look, layout, per } = frame;
  ctx.fillStyle = look.sunken;
  ctx.fillRect(layout.left, layout.bottom, layout.width - layout.left, layout.small.start - layout.bottom);
  if (per < SINGLE) paintColumns(frame);
  else paintSingle(frame);
  ctx.fillStyle = look.sunken;
  ctx.fillRect(0, layout.bottom, layout.left, layout.height - layout.bottom);
  ctx.fillStyle = look.soft;
  ctx.font = `11px ${look.font}`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillText("checked", layout.left - 12, layout.marks);
}

function paintSingle(frame: Frame): void {
  const { ctx, look, layout, range, verdicts, per, scene } = frame;
  const r = Math.min(Math.max(per * 0.3, 1.2), 4);
  for (const [number, verdict] of VERDICTS.entries()) {
    ctx.beginPath();
    for (let i = range.start; i < range.end; i++)
      if (verdicts[i] === number) addMark(ctx, verdict, xOf(frame, i), layout.marks, r);
    ctx.fillStyle = ctx.strokeStyle = look[verdict];
    ctx.lineWidth = verdict === "bad" ? 2 : 1.3;
    if (verdict === "good") ctx.fill();
    else ctx.stroke();
  }
  // What is wrong is crossed out on its lane, too.
  ctx.beginPath();
  for (let i = range.start; i < range.end; i++) {
    if (VERDICTS[verdicts[i] ?? 0] !== "bad") continue;
    const row = frame.rows.rowOf[scene.drawing.actor[i] ?? 0] ?? -1;
    const y = layout.top + (row + 0.5) * frame.rows.height - frame.rows.scroll - frame.half.h - 6;
    if (row >= 0 && y > layout.top && y < layout.bottom) addMark(ctx, "bad", xOf(frame, i), y, Math.max(3, r));
  }
  ctx.strokeStyle = look.bad;
  ctx.lineWidth = 2;
  ctx.stroke();
}

/** The worst of each column: a low line for good, a dotted one for open, a high bar for bad. */
function paintColumns(frame: Frame): void {
  const { ctx, look, layout, places, span, sums } = frame;
  const unit = ((span.to - span.from) / (layout.width - layout.left)) * COLUMN;
  const columns = Math.ceil((layout.width - layout.left) / COLUMN);
  // By verdict, as changing the colour costs more than a column.
  const found: Record<(typeof VERDICTS)[number], number[]> = { open: [], good: [], bad: [] };
  let start = lowerBound(places, span.from);
  for (let column = 0; column < columns; column++) {
    const end = lowerBound(places, span.from + (column + 1) * unit);
    const x = layout.left + column * COLUMN;
    if ((sums.bad[end] ?? 0) > (sums.bad[start] ?? 0)) found.bad.push(x);
    else if ((sums.open[end] ?? 0) > (sums.open[start] ?? 0)) found.open.push(x);
    else if (end > start) found.good.push(x);
    start = end;
  }
  ctx.fillStyle = look.bad;
  for (const x of found.bad) ctx.fillRect(x, layout.marks - 8, COLUMN, 16);
  ctx.fillStyle = look.open;
  for (const x of found.open) ctx.fillRect(x + 1, layout.marks - 0.5, 2, 1);
  ctx.fillStyle = look.good;
  for (const x of found.good) ctx.fillRect(x, layout.marks - 1.5, COLUMN, 3);
}
