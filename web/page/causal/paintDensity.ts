/** Far away: how much happens on each lane, by sort, in columns around the lane's line. */
import { densityOf } from "./density.ts";
import type { Frame } from "./frame.ts";
import { xAt } from "./geometry.ts";
import { SORTS } from "./sorts.ts";

/** Share of a lane's height that the fullest column takes. */
const FULL = 0.82;

/** Bars by colour: x, y and height of each. It stays, so that a frame leaves nothing behind to be collected. */
let bars = new Float32Array(0);

export function paintDensity(frame: Frame): void {
  const { ctx, look, layout, rows, scene, span, places, rowsInSight, cone } = frame;
  const pixels = layout.width - layout.left;
  const density = densityOf({ drawing: scene.drawing, places, span, rows, rowsInSight, pixels, cone });
  const { counts, outside, sums, columns, inSight, most, width } = density;
  const sorts = SORTS.length;
  const step = (width / (span.to - span.from)) * pixels;
  const full = rows.height * FULL;
  const root = Math.sqrt(most);
  const x0 = xAt(frame, density.first * width);
  // All bars of a colour together: changing the colour costs more than a bar.
  const space = 3 * density.rows * (inSight.end - inSight.start);
  if (bars.length < space * (sorts + 1)) bars = new Float32Array(space * (sorts + 1));
  const ends = Array.from({ length: sorts + 1 }, (_, sort) => sort * space);
  for (let row = 0; row < density.rows; row++) {
    const middle = layout.top + (rowsInSight.start + row + 0.5) * rows.height - rows.scroll;
    for (let column = inSight.start; column < inSight.end; column++) {
      const cell = row * columns + column;
      const sum = sums[cell] as number;
      if (sum === 0) continue;
      const height = Math.max(2, (Math.sqrt(sum) / root) * full);
      let y = middle - height / 2;
      for (let sort = 0; sort <= sorts; sort++) {
        const count = (sort === sorts ? outside[cell] : counts[cell * sorts + sort]) as number;
        if (count === 0) continue;
        const end = ends[sort] as number;
        bars[end] = x0 + column * step;
        bars[end + 1] = y;
        bars[end + 2] = (count / sum) * height;
        y += bars[end + 2] as number;
        ends[sort] = end + 3;
      }
    }
  }
  const bar = Math.max(1, Math.round(step) - 1);
  for (let sort = 0; sort <= sorts; sort++) {
    ctx.fillStyle = sort === sorts ? look.soft : (look.sorts[sort] ?? look.ink);
    ctx.globalAlpha = sort === sorts ? 0.28 : 1;
    for (let i = sort * space; i < (ends[sort] as number); i += 3)
      ctx.fillRect(bars[i] as number, bars[i + 1] as number, bar, bars[i + 2] as number);
  }
  ctx.globalAlpha = 1;
}
