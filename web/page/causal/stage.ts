/** The canvas: what it shows, and when it is drawn again. It draws only if something changed, once for each frame. */

import type { Label } from "../../work/history/columns.ts";
import type { Cone } from "../../work/history/cone.ts";
import { type Frame, halfOf, layoutOf } from "./frame.ts";
import { hitAt } from "./hit.ts";
import { Labels } from "./labels.ts";
import { lanesInUse, type Rows, rowsInSight, rowsOf } from "./lanes.ts";
import { type Look, lookOf } from "./look.ts";
import { paint } from "./paint.ts";
import { Small, smallPlace } from "./paintSmall.ts";
import type { Axis, Scene } from "./scene.ts";
import {
  between,
  bringing,
  clamped,
  inSight,
  type Range,
  type Span,
  shifted,
  spanAround,
  wholeSpan,
  zoomed,
} from "./span.ts";

/** Milliseconds that a jump takes to be seen. */
const GLIDE = 180;

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
  readonly #ctx: CanvasRenderingContext2D;
  readonly #labels: Labels;
  readonly #small = new Small();
  readonly #stop = new AbortController();
  readonly #resized: ResizeObserver;
  #look: Look;
  #axis: Axis = "seq";
  #span: Span;
  #fold = true;
  #scroll = 0;
  #selected = 0;
  #hovered = 0;
  #cone: Uint8Array | undefined;
  #verdicts: Uint8Array;
  #verdictsAt = 0;
  #glide: { from: Span; to: Span; begun: number } | undefined;
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
    this.#labels = new Labels(events.labels, () => this.draw());
    this.#look = lookOf(canvas);
    this.#span = wholeSpan(scene.places.seq);
    this.#verdicts = new Uint8Array(scene.drawing.transitions);
    this.#rows = rowsOf(scene.drawing.lanes.length, undefined, 1, 0);
    this.#resized = new ResizeObserver(() => this.draw());
    this.#resized.observe(canvas);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const options = { signal: this.#stop.signal };
    dark.addEventListener("change", () => this.#newLook(), options);
    // A switch of the theme by script changes an attribute of the root.
    const observer = new MutationObserver(() => this.#newLook());
    observer.observe(document.documentElement, { attributes: true });
    this.#stop.signal.addEventListener("abort", () => observer.disconnect());
    this.draw();
  }

  /** Ends when this is aborted: for listeners of others. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }
  get axis(): Axis {
    return this.#axis;
  }
  get span(): Span {
    return this.#span;
  }
  get selected(): number {
    return this.#selected;
  }
  get places(): Float64Array {
    return this.scene.places[this.#axis];
  }
  /** Transitions in sight. */
  get range(): Range {
    return inSight(this.places, this.#glide?.to ?? this.#span);
  }
  get overflow(): number {
    return this.#rows.overflow;
  }
  /** Pixels of the page. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size;
  }

  dispose(): void {
    this.#stop.abort();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#asked);
  }

  /** The same transitions stay in sight. */
  setAxis(axis: Axis): void {
    if (axis === this.#axis) return;
    const { start, end } = this.range;
    this.#axis = axis;
    this.#glide = undefined;
    this.#span = spanAround(this.places, Math.min(start + 1, this.places.length), Math.max(end, start + 1));
    this.#moved();
  }

  setFold(fold: boolean): void {
    this.#fold = fold;
    this.draw();
  }

  /** @param cone undefined takes its highlight away */
  setCone(cone: Cone | undefined): void {
    if (cone === undefined) this.#cone = undefined;
    else {
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
    else this.glideTo(bringing(this.#glide?.to ?? this.#span, this.places[seq - 1] ?? 0, this.places));
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
    this.#verdictsAt++;
    this.draw();
  }

  label(seq: number): Label | undefined {
    return this.#labels.of(seq);
  }

  /** Shows these transitions. */
  show(first: number, last: number): void {
    this.#glide = undefined;
    this.#span = spanAround(this.places, first, last);
    this.#moved();
  }

  showAll(): void {
    this.glideTo(wholeSpan(this.places));
  }

  /** @param anchor pixels from the left; the middle by default */
  zoom(by: number, anchor?: number, glide = false): void {
    const span = glide ? (this.#glide?.to ?? this.#span) : this.#span;
    const place = anchor === undefined ? this.#anchor(span) : this.placeAt(anchor);
    const to = clamped(zoomed(span, by, place), this.places);
    if (glide) this.glideTo(to);
    else this.#set(to);
  }

  /** Zooming without a pointer goes towards the selected transition, if it is in sight. */
  #anchor({ from, to }: Span): number {
    const place = this.places[this.#selected - 1];
    return place !== undefined && place >= from && place <= to ? place : (from + to) / 2;
  }

  /** @param pixels to the right, and downwards */
  pan(pixels: number, down = 0): void {
    const { layout } = this.#layout();
    const unit = (this.#span.to - this.#span.from) / (layout.width - layout.left);
    this.#scroll = Math.min(Math.max(0, this.#scroll + down), this.#rows.overflow);
    this.#set(clamped(shifted(this.#span, pixels * unit), this.places));
  }

  /** Brings the place of the small picture to the middle. */
  centre(x: number): void {
    const place = smallPlace({ ...this.#layout(), scene: this.scene, axis: this.#axis }, x);
    const half = (this.#span.to - this.#span.from) / 2;
    this.#set(clamped({ from: place - half, to: place + half }, this.places));
  }

  glideTo(to: Span): void {
    const from = this.#span;
    if (from.from === to.from && from.to === to.to) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) this.#set(to);
    else {
      this.#glide = { from, to, begun: performance.now() };
      this.#moved();
    }
  }

  placeAt(x: number): number {
    const { layout } = this.#layout();
    return this.#span.from + ((x - layout.left) / (layout.width - layout.left)) * (this.#span.to - this.#span.from);
  }

  /** Whether the point lies in the small picture, or before the lanes. */
  partAt(x: number, y: number): "small" | "names" | "lanes" {
    const { layout } = this.#layout();
    if (y >= layout.small.start - 2) return "small";
    return x < layout.left ? "names" : "lanes";
  }

  hit(x: number, y: number): number {
    return hitAt(
      { ...this.#layout(), scene: this.scene, places: this.places, span: this.#span, rows: this.#rows },
      x,
      y,
    );
  }

  #layout(): { layout: Frame["layout"] } {
    return { layout: layoutOf(this.#size.width, this.#size.height) };
  }

  #set(span: Span): void {
    this.#glide = undefined;
    this.#span = span;
    this.#moved();
  }

  #moved(): void {
    this.draw();
    this.events.onMove();
  }

  #newLook(): void {
    this.#look = lookOf(this.canvas);
    this.draw();
  }

  #scrollTo(lane: number): void {
    const { rowOf, height, scroll } = this.#rows;
    const top = (rowOf[lane] ?? -1) * height;
    const { layout } = this.#layout();
    const space = layout.bottom - layout.top;
    if (top >= 0 && (top < scroll || top + height > scroll + space)) this.#scroll = Math.max(0, top - space / 2);
  }

  /** Asks for a new picture. */
  draw(): void {
    if (this.#asked !== 0 || this.#stop.signal.aborted) return;
    this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      this.#step(now);
      this.#paint();
    });
  }

  #step(now: number): void {
    if (this.#glide === undefined) return;
    const { from, to, begun } = this.#glide;
    const t = Math.min(1, Math.max(0, (now - begun) / GLIDE));
    this.#span = t === 1 ? to : between(from, to, 1 - (1 - t) ** 3);
    if (t === 1) this.#glide = undefined;
    else this.draw();
  }

  #paint(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (width < 1 || height < 1) return;
    const ratio = devicePixelRatio || 1;
    const [pixels, lines] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== pixels || this.canvas.height !== lines) {
      this.canvas.width = pixels;
      this.canvas.height = lines;
    }
    this.#size = { width, height, ratio };
    const { layout } = this.#layout();
    const space = layout.bottom - layout.top;
    const range = inSight(this.places, this.#span);
    const used = this.#fold ? lanesInUse(this.scene.drawing, range) : undefined;
    this.#rows = rowsOf(this.scene.drawing.lanes.length, used, space, this.#scroll);
    this.#scroll = this.#rows.scroll;
    const per = (width - layout.left) / Math.max(1, range.end - range.start);
    const ctx = this.#ctx;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const frame: Frame = {
      ...{ ctx, look: this.#look, scene: this.scene, axis: this.#axis, places: this.places, layout, range, per },
      ...{ span: this.#span, rows: this.#rows, rowsInSight: rowsInSight(this.#rows, space) },
      ...{ half: halfOf(per, this.#rows.height), cone: this.#cone, verdicts: this.#verdicts },
      ...{ selected: this.#selected, hovered: this.#hovered, labelOf: (seq) => this.#labels.of(seq) },
    };
    paint(frame);
    this.#small.paint(ctx, { ...frame, verdictOf: this.#verdicts, ratio }, this.#verdictsAt);
  }
}
