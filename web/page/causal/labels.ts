/** Texts of transitions, asked for in pieces as they come into sight. */
import type { Label } from "../../work/history/columns.ts";

/** Transitions of a piece. */
const PIECE = 128;
/** Pieces that are kept. */
const KEPT = 256;

export class Labels {
  readonly #ask: (from: number, to: number) => Promise<readonly Label[]>;
  readonly #onMore: () => void;
  /** By number of the piece; empty while it is on its way. */
  readonly #pieces = new Map<number, readonly Label[]>();

  /** @param onMore told when texts arrive */
  constructor(ask: (from: number, to: number) => Promise<readonly Label[]>, onMore: () => void) {
    this.#ask = ask;
    this.#onMore = onMore;
  }

  /** The texts of a transition; undefined until they are there. */
  of(seq: number): Label | undefined {
    const piece = Math.floor((seq - 1) / PIECE);
    const known = this.#pieces.get(piece);
    if (known === undefined) void this.#fetch(piece);
    return known?.[(seq - 1) % PIECE];
  }

  async #fetch(piece: number): Promise<void> {
    this.#pieces.set(piece, []);
    for (const old of this.#pieces.keys()) {
      if (this.#pieces.size <= KEPT) break;
      this.#pieces.delete(old);
    }
    this.#pieces.set(piece, await this.#ask(piece * PIECE + 1, (piece + 1) * PIECE));
    this.#onMore();
  }
}
