/** The whole run in small, below: how much happened when, and which part is in sight. Drawn once, then copied. */
import type { Layout } from "./geometry.ts";
import type { Look } from "./look.ts";
import type { Axis, Scene } from "./scene.ts";
import { SORTS } from "./sorts.ts";
import { type Span, wholeSpan } from "./span.ts";

/** Pixels of a column, its gap included. */
const COLUMN = 3;

/** The picture of the whole run, for as long as nothing that it shows changes. */
export class Small {
  #made: { key: string; look: Look; verdicts: number; canvas: HTMLCanvasElement } | undefined;

  /** @param verdicts a number that changes whenever the verdicts do */
  paint(ctx: CanvasRenderingContext2D, at: Part, verdicts: number): void {
    const { layout, look, axis, ratio } = at;
    const { start, end } = layout.small;
    const width = layout.width - layout.left;
    ctx.fillStyle = look.sunken;
    ctx.fillRect(0, start, layout.width, layout.height - start);
    const key = `${axis} ${width} ${ratio}`;
    if (this.#made?.key !== key || this.#made.look !== look || this.#made.verdicts !== verdicts)
      this.#made = { key, look, verdicts, canvas: drawn(at, width, end - start) };
    ctx.drawImage(this.#made.canvas, layout.left, start, width, end - start);
    paintWindow(ctx, at);
    ctx.fillStyle = look.soft;
    ctx.font = `11px ${look.font}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    ctx.fillText("whole run", layout.left - 12, (start + end) / 2);
  }
}

export interface Part {
  readonly layout: Layout;
  readonly look: Look;
  readonly scene: Scene;
  readonly axis: Axis;
  readonly span: Span;
  readonly selected: number;
  readonly verdictOf: Uint8Array;
  /** Pixels of the screen for a pixel of the page. */
  readonly ratio: number;
}

/** Place in pixels of the small picture. */
export function smallX({ layout, scene, axis }: Pick<Part, "layout" | "scene" | "axis">, place: number): number {
  const whole = wholeSpan(scene.places[axis]);
  return layout.left + ((place - whole.from) / (whole.to - whole.from)) * (layout.width - layout.left);
}

/** The other way round. */
export function smallPlace({ layout, scene, axis }: Pick<Part, "layout" | "scene" | "axis">, x: number): number {
  const whole = wholeSpan(scene.places[axis]);
  return whole.from + ((x - layout.left) / (layout.width - layout.left)) * (whole.to - whole.from);
}

function drawn({ scene, axis, look, verdictOf, ratio }: Part, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const ctx = canvas.getContext("2d");
  if (ctx === null) return canvas;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = look.raised;
  ctx.fillRect(0, 0, width, height);
  const columns = Math.max(1, Math.ceil(width / COLUMN));
  const places = scene.places[axis];
  const whole = wholeSpan(places);
  const scale = columns / (whole.to - whole.from);
  const sorts = SORTS.length;
  const counts = new Uint32Array(columns * sorts);
  const bad = new Uint8Array(columns);
  const { sort } = scene.drawing;
  for (let i = 0; i < places.length; i++) {
    const column = Math.floor(((places[i] as number) - whole.from) * scale);
    const at = column * sorts + (sort[i] as number);
    counts[at] = (counts[at] as number) + 1;
    if (verdictOf[i] === 2) bad[column] = 1;
  }
  let most = 1;
  const sum = (column: number): number => {
    let all = 0;
    for (let one = 0; one < sorts; one++) all += counts[column * sorts + one] ?? 0;
    return all;
  };
  for (let column = 0; column < columns; column++) most = Math.max(most, sum(column));
  for (let column = 0; column < columns; column++) {
    const all = sum(column);
    const tall = Math.sqrt(all / most) * (height - 6);
    let y = height - 1;
    for (let one = 0; one < sorts && all > 0; one++) {
      const part = ((counts[column * sorts + one] ?? 0) / all) * tall;
      ctx.fillStyle = look.sorts[one] ?? look.ink;
      ctx.globalAlpha = 0.75;
      ctx.fillRect(column * COLUMN, y - part, places.length > columns ? COLUMN : COLUMN - 1, part);
      y -= part;
    }
    if (bad[column] !== 1) continue;
    ctx.globalAlpha = 1;
    ctx.fillStyle = look.bad;
    ctx.fillRect(column * COLUMN - 1, 0, COLUMN + 1, height);
  }
  return canvas;
}

function paintWindow(ctx: CanvasRenderingContext2D, part: Part): void {
  const { layout, look, span, selected, scene, axis } = part;
  const { start, end } = layout.small;
  const left = Math.max(layout.left, smallX(part, span.from));
  const right = Math.min(layout.width, Math.max(smallX(part, span.to), left + 3));
  ctx.fillStyle = look.sunken;
  ctx.globalAlpha = 0.72;
  ctx.fillRect(layout.left, start, left - layout.left, end - start);
  ctx.fillRect(right, start, layout.width - right, end - start);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = look.accent;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(left + 0.75, start + 0.75, Math.max(1.5, right - left - 1.5), end - start - 1.5);
  if (selected === 0) return;
  const x = smallX(part, scene.places[axis][selected - 1] ?? 0);
  ctx.fillStyle = look.accent;
  ctx.beginPath();
  ctx.moveTo(x - 4, start - 4);
  ctx.lineTo(x + 4, start - 4);
  ctx.lineTo(x, start + 3);
  ctx.fill();
}
