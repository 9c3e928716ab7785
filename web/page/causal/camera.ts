/** Which part of the axis is in sight, and how the view gets from one part to another. */
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

/** Milliseconds that a jump takes, so that the eye can follow. */
const GLIDE = 180;

export class Camera {
  readonly #scene: Scene;
  readonly #onMove: () => void;
  #axis: Axis = "seq";
  #span: Span;
  #glide: { from: Span; to: Span; begun: number } | undefined;

  /** @param onMove told after every change */
  constructor(scene: Scene, onMove: () => void) {
    this.#scene = scene;
    this.#onMove = onMove;
    this.#span = wholeSpan(scene.places.seq);
  }

  get axis(): Axis {
    return this.#axis;
  }
  get places(): Float64Array {
    return this.#scene.places[this.#axis];
  }
  get span(): Span {
    return this.#span;
  }
  /** Where the view is going to be. */
  get goal(): Span {
    return this.#glide?.to ?? this.#span;
  }
  /** Transitions that are going to be in sight. */
  get range(): Range {
    return inSight(this.places, this.goal);
  }
  get moving(): boolean {
    return this.#glide !== undefined;
  }

  /** The same transitions stay in sight. */
  setAxis(axis: Axis): void {
    if (axis === this.#axis) return;
    const { start, end } = this.range;
    this.#axis = axis;
    this.show(Math.min(start + 1, this.places.length), Math.max(end, Math.min(start + 1, this.places.length)));
  }

  /** Shows these transitions at once. */
  show(first: number, last: number): void {
    const whole = first <= 1 && last >= this.places.length;
    this.set(whole ? wholeSpan(this.places) : spanAround(this.places, first, last));
  }

  showAll(): void {
    this.glideTo(wholeSpan(this.places));
  }

  /** Moves until the transition is in sight. */
  bring(seq: number): void {
    this.glideTo(bringing(this.goal, this.places[seq - 1] ?? 0, this.places));
  }

  /** @param anchor stays where it is */
  zoom(by: number, anchor: number): void {
    this.set(clamped(zoomed(this.#span, by, anchor), this.places));
  }

  /** Zooms towards the selected transition if it is in sight, else towards the middle. */
  zoomTo(by: number, selected: number): void {
    const { from, to } = this.goal;
    const place = this.places[selected - 1];
    const anchor = place !== undefined && place >= from && place <= to ? place : (from + to) / 2;
    this.glideTo(clamped(zoomed(this.goal, by, anchor), this.places));
  }

  /** @param by a part of what is in sight */
  pan(by: number): void {
    this.set(clamped(shifted(this.#span, by * (this.#span.to - this.#span.from)), this.places));
  }

  /** Brings a place to the middle. */
  centre(place: number): void {
    const half = (this.#span.to - this.#span.from) / 2;
    this.set(clamped({ from: place - half, to: place + half }, this.places));
  }

  set(span: Span): void {
    this.#glide = undefined;
    this.#span = span;
    this.#onMove();
  }

  glideTo(to: Span): void {
    const from = this.#span;
    if (from.from === to.from && from.to === to.to) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set(to);
      return;
    }
    this.#glide = { from, to, begun: performance.now() };
    this.#onMove();
  }

  /** Goes on with a glide. @param now as the browser tells a frame's time */
  step(now: number): void {
    if (this.#glide === undefined) return;
    const { from, to, begun } = this.#glide;
    const t = Math.min(1, Math.max(0, (now - begun) / GLIDE));
    this.#span = t === 1 ? to : between(from, to, 1 - (1 - t) ** 3);
    if (t === 1) this.#glide = undefined;
  }
}
