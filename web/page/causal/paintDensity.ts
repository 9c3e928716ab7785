/** Far away: how much happens on each lane, by sort, in columns around the lane's line. */
import { densityOf } from "./density.ts";
import type { Frame } from "./frame.ts";
import { xAt } from "./geometry.ts";
import { SORTS } from "./sorts.ts";

/** Share of a lane's height that the fullest column takes. */
const FULL = 0.82;

export function paintDensity(frame: Frame): void {
  const { ctx, look, layout, rows, scene, span, range, places, rowsInSight, cone } = frame;
  const pixels = layout.width - layout.left;
  const density = densityOf({ drawing: scene.drawing, places, span, range, rows, rowsInSight, pixels, cone });
  const { counts, outside, columns, most, width } = density;
  const sorts = SORTS.length;
  const step = (width / (span.to - span.from)) * pixels;
  const bar = Math.max(1, Math.round(step) - 1);
  const full = rows.height * FULL;
  const root = Math.sqrt(most);
  const x0 = xAt(frame, density.first * width);
  // All bars of a colour together: changing the colour costs more than a bar.
  const bars: number[][] = Array.from({ length: sorts + 1 }, () => []);
  for (let row = 0; row < density.rows; row++) {
    const middle = layout.top + (density.firstRow + row + 0.5) * rows.height - rows.scroll;
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column;
      const out = outside[cell] ?? 0;
      let sum = out;
      for (let sort = 0; sort < sorts; sort++) sum += counts[cell * sorts + sort] ?? 0;
      if (sum === 0) continue;
      const height = Math.max(2, (Math.sqrt(sum) / root) * full);
      const x = x0 + column * step;
      let y = middle - height / 2;
      for (let sort = 0; sort <= sorts; sort++) {
        const count = sort === sorts ? out : (counts[cell * sorts + sort] ?? 0);
        if (count === 0) continue;
        const part = (count / sum) * height;
        bars[sort]?.push(x, y, part);
        y += part;
      }
    }
  }
  for (const [sort, list] of bars.entries()) {
    ctx.fillStyle = sort === sorts ? look.soft : (look.sorts[sort] ?? look.ink);
    ctx.globalAlpha = sort === sorts ? 0.28 : 1;
    for (let i = 0; i < list.length; i += 3) ctx.fillRect(list[i] ?? 0, list[i + 1] ?? 0, bar, list[i + 2] ?? 0);
  }
  ctx.globalAlpha = 1;
}
