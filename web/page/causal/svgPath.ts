/** Shapes of the canvas as the text of an SVG path, for the legend. */
import type { PathSink } from "./shapes.ts";

export class SvgPath implements PathSink {
  #text = "";

  get text(): string {
    return this.#text;
  }
  moveTo(x: number, y: number): void {
    this.#text += `M${x} ${y}`;
  }
  lineTo(x: number, y: number): void {
    this.#text += `L${x} ${y}`;
  }
  closePath(): void {
    this.#text += "Z";
  }
  /** In two halves, because an arc of SVG cannot be a whole circle. */
  arc(x: number, y: number, radius: number, start: number, end: number): void {
    const middle = (start + end) / 2;
    const point = (angle: number): string =>
      `${round(x + radius * Math.cos(angle))} ${round(y + radius * Math.sin(angle))}`;
    this.#text += `${this.#text === "" ? "M" : "L"}${point(start)}`;
    for (const angle of [middle, end]) this.#text += `A${radius} ${radius} 0 0 1 ${point(angle)}`;
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
