/** Ranges of transitions, found by what they cover. A run may have tens of thousands, and each mark asks for some. */

/** A range, both ends in it. */
export interface Range {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Ranges in their order. A search takes the logarithm of their number for each that it finds, however they overlap. */
export class Ranges<T extends Range> {
  readonly #items: readonly T[];
  /**
   * A binary tree over the ranges: the largest end below each node. The root is 1; a node has the children 2n, 2n+1.
   */
  readonly #ends: Float64Array;
  readonly #leaves: number;

  /** @param items in the order of their first transitions */
  constructor(items: readonly T[]) {
    this.#items = items;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, items.length)));
    this.#ends = new Float64Array(2 * this.#leaves).fill(Number.NEGATIVE_INFINITY);
    items.forEach(({ lastSeq }, i) => {
      this.#ends[this.#leaves + i] = lastSeq;
    });
    for (let node = this.#leaves - 1; node > 0; node--)
      this.#ends[node] = Math.max(this.#ends[2 * node] as number, this.#ends[2 * node + 1] as number);
  }

  /** The first one that covers a transition. */
  at(seq: number): T | undefined {
    return this.overlapping({ firstSeq: seq, lastSeq: seq }, 1)[0];
  }

  /** Those that have a transition in common with the range, the first ones of them. */
  overlapping({ firstSeq, lastSeq }: Range, most: number): T[] {
    const found: T[] = [];
    const search = (node: number, from: number, length: number): void => {
      if (found.length >= most || (this.#ends[node] as number) < firstSeq) return;
      const item = this.#items[from];
      if (item === undefined || item.firstSeq > lastSeq) return;
      if (length === 1) {
        found.push(item);
        return;
      }
      search(2 * node, from, length / 2);
      search(2 * node + 1, from + length / 2, length / 2);
    };
    search(1, 0, this.#leaves);
    return found;
  }
}
