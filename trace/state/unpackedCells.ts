/** Cells that were unpacked lately: the same few are read again and again while a group is lowered and applied. */
import { type Cell, unpackCell, type Words } from "./cells.ts";

/** Most cells that are remembered. */
const MOST = 4_096;

export class UnpackedCells {
  readonly #known = new Map<number, { readonly words: Words; readonly cell: Cell }>();

  /**
   * The cell of the words.
   * @param address where they lie; other words may have been there before
   * @throws InvalidInputError if no cell packs to these words
   */
  cell(address: number, words: Words): Cell {
    const known = this.#known.get(address);
    // Words are never changed in place.
    if (known?.words === words) return known.cell;
    const cell = Object.freeze(unpackCell(words));
    if (this.#known.size >= MOST && known === undefined) this.#known.clear();
    this.#known.set(address, { words, cell });
    return cell;
  }
}
