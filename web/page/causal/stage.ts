/** The canvas: what it shows, and when it is drawn again. It draws only if something changed, once for each frame. */
import type { Label } from "../../work/history/columns.ts";
import type { Cone } from "../../work/history/cone.ts";
import { Camera } from "./camera.ts";
import type { Frame } from "./frame.ts";
import { halfOf, type Layout, layoutOf } from "./geometry.ts";
import { hitAt } from "./hit.ts";
import { Labels } from "./labels.ts";
import { LanesInUse, laneAt, type Rows, rowsInSight, rowsOf } from "./lanes.ts";
import { type Look, lookOf } from "./look.ts";
import { paint } from "./paint.ts";
import { Small, smallPlace } from "./paintSmall.ts";
import type { Axis, Scene } from "./scene.ts";
import { inSight, type Range } from "./span.ts";
import { sumsOf, type VerdictSums } from "./verdicts.ts";

/** What the stage tells. */
export interface StageEvents {
  readonly labels: (from: number, to: number) => Promise<readonly Label[]>;
  /** The part in sight changed. */
  readonly onMove: () => void;
  /** seq, or 0 for none. */
  readonly onSelect: (seq: number) => void;
}

export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly scene: Scene;
  readonly events: StageEvents;
  readonly #camera: Camera;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #labels: Labels;
  readonly #small = new Small();
  readonly #inUse: LanesInUse;
  readonly #stop = new AbortController();
  #look: Look;
  #fold = true;
  #scroll = 0;
  #selected = 0;
  #hovered = 0;
  #cone: Uint8Array | undefined;
  #verdicts: Uint8Array;
  #sums: VerdictSums;
  #verdictsAt = 0;
  #asked = 0;
  #size = { width: 0, height: 0, ratio: 1 };
  #rows: Rows;

  /** @throws Error if the browser has no canvas */
  constructor(canvas: HTMLCanvasElement, scene: Scene, events: StageEvents) {
    const ctx = canvas.getContext("2d", { alpha: false });
    if (ctx === null) throw new Error("this browser draws no canvas");
    this.canvas = canvas;
    this.scene = scene;
    this.events = events;
    this.#ctx = ctx;
    this.#camera = new Camera(scene, () => {
      this.#hovered = 0;
      this.draw();
      events.onMove();
    });
    this.#labels = new Labels(events.labels, () => this.draw());
    this.#inUse = new LanesInUse(scene.drawing);
    this.#look = lookOf(canvas);
    this.#verdicts = new Uint8Array(scene.drawing.transitions);
    this.#sums = sumsOf(this.#verdicts);
    this.#rows = rowsOf(scene.drawing.lanes.length, undefined, 1, 0);
    this.#watch();
    this.draw();
  }

  /** Draws again when the canvas' size or the page's theme changes. */
  #watch(): void {
    const newLook = (): void => {
      this.#look = lookOf(this.canvas);
      this.draw();
    };
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(this.canvas);
    // A switch of the theme by script changes an attribute of the root.
    const themed = new MutationObserver(newLook);
    themed.observe(document.documentElement, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", newLook, { signal: this.signal });
    this.signal.addEventListener("abort", () => {
      resized.disconnect();
      themed.disconnect();
      cancelAnimationFrame(this.#asked);
    });
  }

  /** Aborted when the stage is taken down: for listeners of others. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }
  get selected(): number {
    return this.#selected;
  }
  /** Transitions that are going to be in sight. */
  get range(): Range {
    return this.#camera.range;
  }
  /** Pixels of the page. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size;
  }
  get #layout(): Layout {
    return layoutOf(this.#size.width, this.#size.height, this.scene.names);
  }

  dispose(): void {
    this.#stop.abort();
  }

  setAxis(axis: Axis): void {
    this.#camera.setAxis(axis);
  }

  setFold(fold: boolean): void {
    this.#fold = fold;
    this.draw();
  }

  /** @param cone undefined takes its highlight away */
  setCone(cone: Cone | undefined): void {
    this.#cone = undefined;
    if (cone !== undefined) {
      this.#cone = new Uint8Array(this.scene.drawing.transitions + 1);
      for (const seq of cone.back) this.#cone[seq] = 1;
      for (const seq of cone.forward) this.#cone[seq] = 1;
      this.#cone[cone.seq] = 1;
    }
    this.draw();
  }

  /** @param seq 0 for none. The view moves until it is in sight. */
  setSelected(seq: number): void {
    if (seq === this.#selected) return;
    this.#selected = seq;
    if (seq === 0) this.#cone = undefined;
    else this.#camera.bring(seq);
    this.#scrollTo(this.scene.drawing.actor[seq - 1] ?? -1);
    this.draw();
  }

  setHovered(seq: number): void {
    if (seq === this.#hovered) return;
    this.#hovered = seq;
    this.draw();
  }

  setVerdicts(verdicts: Uint8Array): void {
    this.#verdicts = verdicts;
    this.#sums = sumsOf(verdicts);
    this.#verdictsAt++;
    this.draw();
  }

  /** Shows these transitions. */
  show(first: number, last: number): void {
    this.#camera.show(first, last);
  }

  showAll(): void {
    this.#camera.showAll();
  }

  /** Nearer or farther. @param x pixels from the left of what stays where it is */
  zoomAt(by: number, x: number): void {
    const { left, width } = this.#layout;
    const { from, to } = this.#camera.span;
    this.#camera.zoom(by, from + ((x - left) / (width - left)) * (to - from));
  }

  zoom(by: number): void {
    this.#camera.zoomTo(by, this.#selected);
  }

  /** @param across pixels to the right. @param down pixels downwards */
  pan(across: number, down = 0): void {
    const { left, width } = this.#layout;
    this.#scroll = Math.min(Math.max(0, this.#scroll + down), this.#rows.overflow);
    this.#camera.pan(across / (width - left));
  }

  /** Brings what a point of the small picture means to the middle. */
  centre(x: number): void {
    this.#camera.centre(smallPlace({ layout: this.#layout, scene: this.scene, axis: this.#camera.axis }, x));
  }

  /** What lies at a point. */
  partAt(x: number, y: number): "small" | "names" | "lanes" {
    const { small, left } = this.#layout;
    return y >= small.start - 2 ? "small" : x < left ? "names" : "lanes";
  }

  /** The transition that a point means; 0 for none. */
  hit(x: number, y: number): number {
    const { places, span } = this.#camera;
    return hitAt({ layout: this.#layout, scene: this.scene, places, span, rows: this.#rows }, x, y);
  }

  /** The whole name of the program whose lane is at a height. */
  nameAt(y: number): string {
    const { top, bottom } = this.#layout;
    const lane = y < top || y > bottom ? undefined : laneAt(this.#rows, y - top);
    const found = lane === undefined ? undefined : this.scene.drawing.lanes[lane];
    return found === undefined ? "" : `${found.fullName}, program ${found.program}`;
  }

  #scrollTo(lane: number): void {
    const { rowOf, height, scroll } = this.#rows;
    const top = (rowOf[lane] ?? -1) * height;
    const layout = this.#layout;
    const space = layout.bottom - layout.top;
    if (top >= 0 && (top < scroll || top + height > scroll + space)) this.#scroll = Math.max(0, top - space / 2);
  }

  /** Asks for a new picture. */
  draw(): void {
    if (this.#asked !== 0 || this.signal.aborted) return;
    this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      this.#camera.step(now);
      this.#paint();
      if (this.#camera.moving) this.draw();
    });
  }

  #fitCanvas(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    this.#size = { width, height, ratio };
    const [pixels, lines] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width === pixels && this.canvas.height === lines) return;
    this.canvas.width = pixels;
    this.canvas.height = lines;
  }

  #paint(): void {
    this.#fitCanvas();
    const { width, height, ratio } = this.#size;
    if (width < 1 || height < 1) return;
    const layout = this.#layout;
    const { axis, places, span } = this.#camera;
    const space = layout.bottom - layout.top;
    const range = inSight(places, span);
    const used = this.#fold ? this.#inUse.in(range) : undefined;
    this.#rows = rowsOf(this.scene.drawing.lanes.length, used, space, this.#scroll);
    this.#scroll = this.#rows.scroll;
    const per = (width - layout.left) / Math.max(1, range.end - range.start);
    const ctx = this.#ctx;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const half = halfOf(per, this.#rows.height, this.scene.digits);
    const frame: Frame = {
      ...{ ctx, look: this.#look, scene: this.scene, axis, places, layout, span, range, per, half },
      ...{ rows: this.#rows, rowsInSight: rowsInSight(this.#rows, space) },
      ...{ cone: this.#cone, verdicts: this.#verdicts, sums: this.#sums },
      ...{ selected: this.#selected, hovered: this.#hovered, labelOf: (seq) => this.#labels.of(seq) },
    };
    // A finger moves the page, or the lanes where there are more than fit.
    this.canvas.classList.toggle("scrolls", this.#rows.overflow > 0);
    paint(frame);
    this.#small.paint(ctx, { ...frame, verdictOf: this.#verdicts, ratio }, this.#verdictsAt);
  }
}
