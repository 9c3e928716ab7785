/** Helpers for SVG drawings: upper bounds of text widths, escaping, colours that show on light and dark pages. */

import { withoutPartOfNumber } from "./cutNumber.ts";
import type { Sort } from "./model.ts";

/** Middle tones, because a picture has no background. */
export const INK = "#737b88";
export const FAINT = "#9ca3af";
/** Colour and dashes of each sort of edge. */
export const LOOK: Readonly<Record<Sort, { colour: string; dashes: string; means: string }>> = {
  ownership: { colour: "#2563eb", dashes: "", means: "ownership: escrow, claim, take back, pass" },
  call: { colour: "#059669", dashes: "10 3", means: "call" },
  delegation: { colour: "#d97706", dashes: "6 3", means: "delegation of a right" },
  watch: { colour: "#db2777", dashes: "3 3", means: "watch: set, checked, fired (thick)" },
  join: { colour: "#7c3aed", dashes: "1 3", means: "join: waits for steps" },
  create: { colour: "#0891b2", dashes: "10 3 2 3", means: "creation of a program" },
  own: { colour: "#78716c", dashes: "", means: "other events of one program" },
};

/** Factor by which bold text is wider. */
export const BOLD = 1.12;

/**
 * An upper bound of a text's width in pixels in the usual sans-serif fonts.
 * @param size font size in pixels
 */
export function widthOf(text: string, size: number): number {
  let ems = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0xfffd) ems += 1.1;
    else if (code >= 0x1100) ems += code === 0x2026 ? 1 : code >= 0x2000 && code < 0x2e80 ? 0.9 : 1.1;
    else if ("iljtfrI.,:;'|!()[] ".includes(char)) ems += 0.42;
    else if ("mwMWQO@%—…×".includes(char)) ems += 0.98;
    else if ("<>+=#~^".includes(char)) ems += 0.86;
    else if (code > 0x7e || char === "&" || /[A-Z_]/.test(char)) ems += 0.74;
    else ems += 0.64;
  }
  return ems * size;
}

/** The text, or as much of it as fits, with an ellipsis. */
export function cut(text: string, size: number, width: number): string {
  if (widthOf(text, size) <= width) return text;
  let kept = "";
  for (const char of text) {
    if (widthOf(`${kept}${char}…`, size) > width) break;
    kept += char;
  }
  return `${withoutPartOfNumber(kept, text.slice(kept.length)).replace(/[…\s]+$/u, "")}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text escaped for XML elements and attributes. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A coordinate, rounded to a tenth of a pixel, so it is the same on every machine. */
export function px(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

/** A piece of a drawing, with its top left corner at 0, 0. */
export interface Piece {
  width: number;
  height: number;
  parts: readonly string[];
}

/** The piece, moved. */
export function moved({ parts }: Piece, x: number, y: number): string[] {
  return [`<g transform="translate(${px(x)} ${px(y)})">`, ...parts, "</g>"];
}

/** An arrow head whose tip is at x, y, pointing along the angle (radians). */
export function head(x: number, y: number, angle: number, colour: string, size = 7): string {
  const corner = (turn: number): string =>
    `${px(x - size * Math.cos(angle + turn))} ${px(y - size * Math.sin(angle + turn))}`;
  return `<path d="M${px(x)} ${px(y)} L${corner(0.45)} L${corner(-0.45)} Z" fill="${colour}"/>`;
}

/** Attributes of the line of a sort. */
export function stroke(sort: Sort, width = 1.6): string {
  const { colour, dashes } = LOOK[sort];
  return `stroke="${colour}" stroke-width="${width}"${dashes === "" ? "" : ` stroke-dasharray="${dashes}"`}`;
}
