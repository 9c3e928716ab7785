/**
 * Sums of points by group, in affine form. Every group is added up as a tree. The additions of one level, over
 * thousands of groups, share one inversion, so an addition costs six multiplications, compared with eleven in mixed
 * coordinates.
 */
import type { Grouped } from "./groupBy.ts";
import type { Adder, PointSpace } from "./pointSpace.ts";

/** Points added up together: enough to share an inversion, few enough that their data stays in a core's caches. */
const BLOCK = 8192;

/** Memory and lists for adding up one block: room for `most` additions at a time. */
class Block {
  readonly sums: number;
  readonly sumsEnd: number;
  readonly adder: Adder;
  /** Index in `references` for the sum of each addition of a level. */
  readonly slot: Uint32Array;
  /** The points still to add, group after group; the groups, and the number of points left in each. */
  readonly references: Uint32Array;
  readonly group: Uint32Array;
  readonly size: Uint32Array;
  /** Groups with points left, and sums placed in scratch memory. */
  open = 0;
  placed = 0;

  constructor(space: PointSpace, points: number) {
    const most = Math.ceil(points / 2);
    this.sums = space.alloc(most);
    this.sumsEnd = this.sums + most * space.size;
    this.slot = new Uint32Array(most);
    this.references = new Uint32Array(points);
    this.group = new Uint32Array(most);
    this.size = new Uint32Array(most);
    this.adder = space.adder(most);
  }
}

/** The addition of the points in one memory. */
export class GroupSums {
  readonly #space: PointSpace;

  constructor(space: PointSpace) {
    this.#space = space;
  }

  /**
   * The sum of every group, as references. They point to an operand if one point is left, otherwise to memory allocated
   * here, which the caller releases. May grow the memory.
   */
  sum({ references, starts }: Grouped): Uint32Array {
    const groups = starts.length - 1;
    const sums = new Uint32Array(groups);
    // Room for a block, or for everything if that is less. A group larger than a block is a block by itself.
    let largest = Math.min(BLOCK, references.length);
    let several = 0;
    for (let g = 0; g < groups; g++) {
      const size = (starts[g + 1] as number) - (starts[g] as number);
      if (size > largest) largest = size;
      if (size > 1) several++;
    }
    const places = { next: this.#space.alloc(several) };
    const mark = this.#space.mark();
    const block = new Block(this.#space, largest);
    for (let g = 0; g < groups; ) {
      let filled = 0;
      block.open = 0;
      block.placed = 0;
      for (; g < groups; g++) {
        const [start, end] = [starts[g] as number, starts[g + 1] as number];
        const size = end - start;
        if (size === 1) sums[g] = references[start] as number;
        if (size <= 1) continue;
        if (filled > 0 && filled + size > BLOCK) break;
        block.references.set(references.subarray(start, end), filled);
        filled += size;
        block.group[block.open] = g;
        block.size[block.open] = size;
        block.open++;
      }
      while (block.open > 0) {
        const cancelled = block.adder.add(this.#pairUp(block));
        for (const k of cancelled) block.references[block.slot[k] as number] = 0;
        if (cancelled.length > 0) dropZeros(block);
        this.#settle(block, sums, places);
      }
    }
    this.#space.release(mark);
    return sums;
  }

  /** Makes additions of neighbours in every group; an odd last point waits for the next level. Returns their number. */
  #pairUp(block: Block): number {
    const { references, slot, size: sizes } = block;
    const { left, right, target } = block.adder;
    let [count, from, to] = [0, 0, 0];
    for (let k = 0; k < block.open; k++) {
      const size = sizes[k] as number;
      for (let i = 1; i < size; i += 2) {
        const first = references[from + i - 1] as number;
        let address = first - (first & 1);
        // The next sum overwrites a partial sum. Any other address is the caller's operand.
        if (address < block.sums || address >= block.sumsEnd) {
          address = block.sums + block.placed * this.#space.size;
          block.placed++;
        }
        left[count] = first;
        right[count] = references[from + i] as number;
        target[count] = address;
        slot[count] = to;
        count++;
        // −p − q is −(p + q): the sum has the left one's sign.
        references[to++] = address + (first & 1);
      }
      if (size & 1) references[to++] = references[from + size - 1] as number;
      sizes[k] = (size + 1) >> 1;
      from += size;
    }
    return count;
  }

  /** Takes the groups out of the block that have one point left or none. */
  #settle(block: Block, sums: Uint32Array, places: { next: number }): void {
    const { references, group, size: sizes } = block;
    let [open, from, to] = [0, 0, 0];
    for (let k = 0; k < block.open; k++) {
      const size = sizes[k] as number;
      const first = references[from] as number;
      if (size === 1) {
        const address = first - (first & 1);
        const own = address < block.sums || address >= block.sumsEnd;
        sums[group[k] as number] = own ? first : places.next + (first & 1);
        if (!own) {
          this.#space.copy(address, places.next);
          places.next += this.#space.size;
        }
      } else if (size > 1) {
        for (let i = 0; i < size; i++) references[to++] = references[from + i] as number;
        group[open] = group[k] as number;
        sizes[open] = size;
        open++;
      }
      from += size;
    }
    block.open = open;
  }
}

/** Takes the references that have become 0 out of a block. */
function dropZeros(block: Block): void {
  const { references, size: sizes } = block;
  let [from, to] = [0, 0];
  for (let k = 0; k < block.open; k++) {
    const size = sizes[k] as number;
    const begin = to;
    for (let i = from; i < from + size; i++) {
      const reference = references[i] as number;
      if (reference !== 0) references[to++] = reference;
    }
    sizes[k] = to - begin;
    from += size;
  }
}
