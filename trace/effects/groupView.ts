/** The state that later effects of one group see. */

import { RefusedError } from "../errors.ts";
import { address } from "../layout.ts";
import { isEffect } from "../machine/rowShape.ts";
import { slotName } from "../machine/rules/step.ts";
import type { Row } from "../machine/transition.ts";
import { type Cell, packCell } from "../state/cells.ts";
import type { View } from "../state/timeMap.ts";

/**
 * The state as later effects of a group see it. Programs and entry points made by earlier effects exist. Slots that
 * earlier effects moved something out of or into are spent: no later effect of the group may name them.
 */
export class Ahead implements View {
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly #view: View;
  readonly #made = new Map<number, Cell>();
  readonly #touched = new Set<number>();
  #programs: number;

  constructor(view: View) {
    this.levels = view.levels;
    this.watches = view.watches;
    this.moored = view.moored;
    this.#view = view;
    this.#programs = view.programs();
  }

  expect(rows: readonly Row[]): void {
    for (const row of rows) {
      if (!isEffect(row)) continue;
      this.#expectHeader(row);
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

  /** Later rows carry the key that a program has by then. */
  #expectHeader({ effect, actor, peer, argument }: Row): void {
    const authority = argument.authority ?? 0n;
    if (effect === "CreateProgram") {
      this.#programs++;
      const inbox = argument.inbox ?? 0;
      this.#made.set(address(peer, 0), { type: "program", inbox, steps: 0, clock: 0, authority, log: 0n, seq: 0 });
    } else if (effect === "RotateAuthority") {
      const header = this.cell(address(actor, 0));
      if (header.type === "program") this.#made.set(address(actor, 0), { ...header, authority });
    }
  }

  cell(at: number): Cell {
    if (this.#touched.has(at)) {
      throw new RefusedError(
        "group-disjoint",
        `${slotName(at)} is touched twice in this group; effects of one group use different slots`,
      );
    }
    return this.#made.get(at) ?? this.#view.cell(at);
  }

  words(at: number): ReturnType<View["words"]> {
    return packCell(this.cell(at));
  }

  programs(): number {
    return this.#programs;
  }

  watchOn(target: number, rank: number): number {
    return this.#view.watchOn(target, rank);
  }
}
