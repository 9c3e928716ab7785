/** What later effects of one group may count on. */
import { type Cell, packCell } from "./cells.ts";
import { RefusedError } from "./errors.ts";
import type { Row } from "./record.ts";
import { isEffect } from "./rows.ts";
import { nameOf } from "./rules/step.ts";
import type { View } from "./state.ts";

/**
 * The state as later effects of a group may count on it: programs and entry points that earlier ones made are there.
 * Slots that earlier ones moved something out of or into are spent: no effect of the same group may name them again.
 */
export class Ahead implements View {
  readonly levels: number;
  readonly watches: number;
  readonly #view: View;
  readonly #made = new Map<number, Cell>();
  readonly #touched = new Set<number>();
  #programs: number;

  constructor(view: View) {
    this.levels = view.levels;
    this.watches = view.watches;
    this.#view = view;
    this.#programs = view.programs();
  }

  expect(rows: readonly Row[]): void {
    for (const row of rows) {
      if (!isEffect(row)) continue;
      if (row.effect === "CreateProgram") this.#programs++;
      if (row.source !== 0 && row.effect !== "InvokeProgram") this.#touched.add(row.source);
      if (row.destination === 0) continue;
      if (row.effect === "DeclareEntry") {
        const { nargs = 0, guard = 0, selector = 0n } = row.argument;
        this.#made.set(row.destination, {
          type: "entry",
          nargs,
          guard,
          accepts: row.kind,
          minimum: row.quantity,
          selector,
          seq: 0,
        });
      } else {
        this.#touched.add(row.destination);
      }
    }
  }

  cell(address: number): Cell {
    if (this.#touched.has(address)) {
      throw new RefusedError(
        "group-disjoint",
        `${nameOf(address)} is touched twice in this group; effects of one group use different slots`,
      );
    }
    return this.#made.get(address) ?? this.#view.cell(address);
  }

  words(address: number): ReturnType<View["words"]> {
    return packCell(this.cell(address));
  }

  programs(): number {
    return this.#programs;
  }

  watchOn(target: number, rank: number): number {
    return this.#view.watchOn(target, rank);
  }
}
