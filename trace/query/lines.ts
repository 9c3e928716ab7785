/** Lines of capabilities: whether all ancestors of a capability still exist. */
import { programOf } from "../layout.ts";
import type { CapabilityCell } from "../state/cells.ts";
import type { View } from "../state/timeMap.ts";

/** A capability's origin. */
export interface CapabilityLine {
  /** The program that granted the first capability of the line; null where the line is cut. */
  root: number | null;
  /** Address at which an ancestor was revoked; null where the line is whole. */
  cut: number | null;
}

/** The lines of one state. Each cell is read once, even if many capabilities derive from it. */
export class CapabilityLines {
  readonly #view: View;
  readonly #known = new Map<number, CapabilityLine>();

  constructor(view: View) {
    this.#view = view;
  }

  /** The line of the capability at the address, which must hold one. */
  of(address: number): CapabilityLine {
    const passed: number[] = [];
    let at = address;
    let line = this.#known.get(at);
    while (line === undefined) {
      passed.push(at);
      const cell = this.#view.cell(at);
      if (cell.type !== "capability" || cell.parent === 0) line = { root: programOf(at), cut: null };
      else if (parentOf(this.#view, cell) === undefined) line = { root: null, cut: cell.parent };
      else {
        at = cell.parent;
        line = this.#known.get(at);
      }
    }
    for (const one of passed) this.#known.set(one, line);
    return line;
  }
}

/** A capability's parent; undefined if the parent was revoked, or there is none. */
export function parentOf(view: View, { parent, parentNonce, nonce }: CapabilityCell): CapabilityCell | undefined {
  if (parent === 0) return undefined;
  const cell = view.cell(parent);
  // A capability is younger than its parent, so every line ends.
  const right = cell.type === "capability" && cell.nonce === parentNonce && cell.nonce < nonce;
  return right ? cell : undefined;
}
