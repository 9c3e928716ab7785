/**
 * Sums of points by group, in affine form. Every group is added up as a tree; the additions of one level, over thousands of
 * groups, share one inversion, so that an addition costs six multiplications where mixed coordinates take eleven.
 */
import type { Bn128, WasmFunction } from "../../keys/bn128.ts";
import { type GroupName, POINT_SIZE } from "../../keys/fixedBase.ts";
import type { Grouped } from "./groupBy.ts";
import { type BatchInverse, batchInverseOf } from "./inverses.ts";

/** Points added up together: few enough that they, their inverses and their sums stay in a core's second-level cache. */
const BLOCK = 8192;

const CHORD = 0;
const TANGENT = 1;
const CANCELLED = 2;

/** Memory and lists for adding up one block: room for `most` additions at a time. */
class Block {
  readonly sums: number;
  readonly sumsEnd: number;
  readonly inverses: number;
  readonly scratch: number;
  /** Operands of the additions of a level, where each sum goes, its index in `references`, and its kind. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly target: Uint32Array;
  readonly slot: Uint32Array;
  readonly kind: Uint8Array;
  /** The points still to be added, group after group; which groups those are, and how many points each has left. */
  readonly references: Uint32Array;
  readonly group: Uint32Array;
  readonly size: Uint32Array;
  /** Groups with points left, and sums placed in scratch memory. */
  open = 0;
  placed = 0;

  constructor(wasm: Bn128, points: number, pointSize: number) {
    const most = Math.ceil(points / 2);
    this.sums = wasm.alloc(most * pointSize);
    this.sumsEnd = this.sums + most * pointSize;
    this.inverses = wasm.alloc((most * pointSize) / 2);
    this.scratch = wasm.alloc(most * 32);
    wasm.reserve((most + 1) * 32);
    this.left = new Uint32Array(most);
    this.right = new Uint32Array(most);
    this.target = new Uint32Array(most);
    this.slot = new Uint32Array(most);
    this.kind = new Uint8Array(most);
    this.references = new Uint32Array(points);
    this.group = new Uint32Array(most);
    this.size = new Uint32Array(most);
  }
}

/** The addition of one of the two groups on one WebAssembly instance. */
export class GroupSums {
  readonly #wasm: Bn128;
  /** Bytes of a coordinate, and of an affine point. */
  readonly #coordinate: number;
  readonly #point: number;
  readonly #temporary: number;
  readonly #add: WasmFunction;
  readonly #sub: WasmFunction;
  readonly #mul: WasmFunction;
  readonly #square: WasmFunction;
  readonly #isZero: WasmFunction;
  readonly #equal: WasmFunction;
  readonly #copy: WasmFunction;
  readonly #copyPoint: WasmFunction;
  readonly #batchInverse: BatchInverse;

  constructor(wasm: Bn128, group: GroupName) {
    const field = group === "g1" ? "f1m" : "f2m";
    this.#wasm = wasm;
    this.#point = POINT_SIZE[group];
    this.#coordinate = this.#point / 2;
    this.#temporary = wasm.alloc(2 * this.#coordinate);
    this.#add = wasm.call(`${field}_add`);
    this.#sub = wasm.call(`${field}_sub`);
    this.#mul = wasm.call(`${field}_mul`);
    this.#square = wasm.call(`${field}_square`);
    this.#isZero = wasm.call(`${field}_isZero`);
    this.#equal = wasm.call(`${field}_eq`);
    this.#copy = wasm.call(`${field}_copy`);
    this.#copyPoint = wasm.call(`${group}m_copyAffine`);
    this.#batchInverse = batchInverseOf(wasm, group);
  }

  /**
   * The sum of every group, as references: into the operands where one point is left, otherwise into memory allocated here,
   * which the caller releases. May grow the memory.
   */
  sum({ references, starts }: Grouped): Uint32Array {
    const groups = starts.length - 1;
    const sums = new Uint32Array(groups);
    // Room for a block, or for everything if that is less; a group larger than a block is one by itself.
    let largest = Math.min(BLOCK, references.length);
    let several = 0;
    for (let g = 0; g < groups; g++) {
      const size = (starts[g + 1] as number) - (starts[g] as number);
      if (size > largest) largest = size;
      if (size > 1) several++;
    }
    const places = { next: this.#wasm.alloc(several * this.#point) };
    const mark = this.#wasm.mark();
    const block = new Block(this.#wasm, largest, this.#point);
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
        const cancelled = this.#addLevel(block, this.#pairUp(block));
        if (cancelled) dropZeros(block);
        this.#settle(block, sums, places);
      }
    }
    this.#wasm.release(mark);
    return sums;
  }

  /** Makes additions of neighbours in every group; an odd last point waits for the next level. Returns how many. */
  #pairUp(block: Block): number {
    const { references, left, right, target, slot, size: sizes } = block;
    let [count, from, to] = [0, 0, 0];
    for (let k = 0; k < block.open; k++) {
      const size = sizes[k] as number;
      for (let i = 1; i < size; i += 2) {
        const first = references[from + i - 1] as number;
        let address = first - (first & 1);
        // A partial sum is overwritten by the next one, anything else is an operand of the caller's.
        if (address < block.sums || address >= block.sumsEnd) {
          address = block.sums + block.placed * this.#point;
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

  /** Does the additions of a level. True if some gave the point at infinity; their references are 0 then. */
  #addLevel(block: Block, count: number): boolean {
    const { left, right, target, slot, kind, inverses } = block;
    const [coordinate, sub, isZero] = [this.#coordinate, this.#sub, this.#isZero];
    let cancelled = false;
    for (let k = 0; k < count; k++) {
      const [a, b] = [left[k] as number, right[k] as number];
      const inverse = inverses + k * coordinate;
      const p = a - (a & 1);
      const q = b - (b & 1);
      sub(q, p, inverse);
      kind[k] = CHORD;
      if (isZero(inverse)) {
        const same = this.#equal(p + coordinate, q + coordinate) === 1;
        if (same === ((a ^ b) & 1) > 0) {
          kind[k] = CANCELLED;
          block.references[slot[k] as number] = 0;
          cancelled = true;
        } else {
          kind[k] = TANGENT;
          this.#add(p + coordinate, p + coordinate, inverse);
        }
      }
    }
    // (Zeros, of the cancelled ones, are passed over.)
    this.#batchInverse(inverses, count, block.scratch);
    for (let k = 0; k < count; k++) {
      if (kind[k] === CANCELLED) continue;
      const [a, b] = [left[k] as number, right[k] as number];
      const tangent = kind[k] === TANGENT;
      this.#addOne(
        a - (a & 1),
        b - (b & 1),
        inverses + k * coordinate,
        target[k] as number,
        ((a ^ b) & 1) > 0,
        tangent,
      );
    }
    return cancelled;
  }

  /** p ± q into target, which may be p; `inverse` is 1/(q.x − p.x), for a tangent 1/(2·p.y). */
  #addOne(p: number, q: number, inverse: number, target: number, minus: boolean, tangent: boolean): void {
    const slope = this.#temporary;
    const x = this.#temporary + this.#coordinate;
    const y = p + this.#coordinate;
    const negated = minus && !tangent;
    if (tangent) {
      this.#square(p, x);
      this.#add(x, x, slope);
      this.#add(slope, x, slope);
    } else if (minus) {
      // The negated slope: its square is the same, and the last difference turns round.
      this.#add(q + this.#coordinate, y, slope);
    } else {
      this.#sub(q + this.#coordinate, y, slope);
    }
    this.#mul(slope, inverse, slope);
    this.#square(slope, x);
    this.#sub(x, p, x);
    this.#sub(x, q, x);
    // The inverse is used up: its place takes what is multiplied by the slope.
    if (negated) this.#sub(x, p, inverse);
    else this.#sub(p, x, inverse);
    this.#mul(slope, inverse, slope);
    this.#sub(slope, y, target + this.#coordinate);
    this.#copy(x, target);
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
          this.#copyPoint(address, places.next);
          places.next += this.#point;
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
