/** Sums of multiples of points, Σ scalar·point: Pippenger's buckets, filled and emptied by affine additions. */
import type { Bn128, WasmFunction } from "../../curve/bn128Wasm.ts";
import { type GroupName, POINT_SIZE } from "../../keys/fixedBase.ts";
import { BucketFill } from "./bucketFill.ts";
import { GroupSums } from "./bucketSums.ts";
import { groupBy } from "./groupBy.ts";
import type { PointSpace, ReadPoints } from "./pointSpace.ts";
import { Digits, type Window } from "./signedWindows.ts";

/** One of `of` parts of the work on a sum: part `index` takes some of the digits' windows of all points. */
export interface WindowShare {
  readonly index: number;
  readonly of: number;
}

/** The multiplication for one of the two groups on one thread. */
export class MultiplePoints {
  readonly #wasm: Bn128;
  readonly #space: PointSpace;
  readonly #sums: GroupSums;
  readonly #buckets: BucketFill;
  /** Bytes of a Jacobian point. */
  readonly #jacobian: number;
  /** A running sum, Jacobian. */
  readonly #running: number;
  readonly #zero: WasmFunction;
  readonly #double: WasmFunction;
  readonly #add: WasmFunction;
  readonly #addMixed: WasmFunction;
  readonly #subMixed: WasmFunction;

  /** @param space where the group's points are added; wasmcurves' functions do the last step */
  constructor(wasm: Bn128, group: GroupName, space: PointSpace) {
    this.#wasm = wasm;
    this.#space = space;
    this.#jacobian = 1.5 * POINT_SIZE[group];
    this.#sums = new GroupSums(space);
    this.#buckets = new BucketFill(space, this.#sums);
    this.#running = wasm.alloc(this.#jacobian);
    this.#zero = wasm.call(`${group}m_zero`);
    this.#double = wasm.call(`${group}m_double`);
    this.#add = wasm.call(`${group}m_add`);
    this.#addMixed = wasm.call(`${group}m_addMixed`);
    this.#subMixed = wasm.call(`${group}m_subMixed`);
  }

  /**
   * A part of Σ scalar·point, in Jacobian coordinates and Montgomery form. The parts add up to the whole.
   *
   * @param read gives as many affine points as there are scalars, Montgomery form; infinity is zeros
   * @param scalars eight 32-bit words each, little-endian, below the field order
   */
  multiply(read: ReadPoints, scalars: Uint32Array, part: WindowShare): Uint8Array {
    const [mark, spaceMark] = [this.#wasm.mark(), this.#space.mark()];
    const points = this.#space.load(scalars.length / 8, read);
    const total = this.#wasm.alloc(this.#jacobian);
    const term = this.#wasm.alloc(this.#jacobian);
    const digits = new Digits(scalars, (i) => {
      const address = points + i * this.#space.size;
      return this.#space.isZero(address) ? 0 : address;
    });
    const { references, windows } = digits;
    const costs = windows.map(({ cost }) => cost);
    const [first, end] = windowsOf(costs, part);
    const values = digits.between(first, end);
    this.#zero(total);
    for (let window = end - 1; window >= first; window--) {
      const { bits } = windows[window] as Window;
      for (let i = 0; i < bits; i++) this.#double(total, total);
      const from = (window - first) * references.length;
      this.#sumOfWindow(references, values.subarray(from, from + references.length), bits, term);
      this.#add(total, term, total);
    }
    for (let i = windows[first]?.start ?? 0; i > 0; i--) this.#double(total, total);
    const result = this.#wasm.take(total, this.#jacobian);
    this.#space.release(spaceMark);
    this.#wasm.release(mark);
    return result;
  }

  /** Σ digit·point into `result`, Jacobian. */
  #sumOfWindow(references: Uint32Array, digits: Int16Array, bits: number, result: number): void {
    const [mark, spaceMark] = [this.#wasm.mark(), this.#space.mark()];
    const buckets = this.#buckets.fill(references, digits, 2 ** (bits - 1) + 1);
    // Bucket b = 2^low·row + column counts row times in one sum over 2^low and column times in another. Adding up whole
    // rows and columns leaves few points for the slow last step.
    const low = bits >> 1;
    const used = new Uint32Array(buckets.length);
    const indices = new Uint32Array(buckets.length);
    let full = 0;
    for (let b = 0; b < buckets.length; b++) {
      if (buckets[b] === 0) continue;
      used[full] = buckets[b] as number;
      indices[full++] = b;
    }
    const lines = (line: (bucket: number) => number, count: number): Uint32Array =>
      this.#sums.sum(groupBy(used.subarray(0, full), indices.subarray(0, full).map(line), count));
    const rows = lines((b) => b >> low, 2 ** (bits - 1 - low) + 1);
    this.#sumByIndex(rows, result);
    for (let i = 0; i < low; i++) this.#double(result, result);
    const columns = lines((b) => b & (2 ** low - 1), 2 ** low);
    const term = this.#wasm.alloc(this.#jacobian);
    this.#sumByIndex(columns, term);
    this.#add(result, term, result);
    this.#space.release(spaceMark);
    this.#wasm.release(mark);
  }

  /** Σ i·points[i] into `result`, Jacobian: every point is added once for each index up to its own. */
  #sumByIndex(points: Uint32Array, result: number): void {
    this.#zero(this.#running);
    this.#zero(result);
    for (let i = points.length - 1; i > 0; i--) {
      const reference = points[i] as number;
      if (reference !== 0) {
        const point = this.#space.plain(reference - (reference & 1));
        (reference & 1 ? this.#subMixed : this.#addMixed)(this.#running, point, this.#running);
      }
      this.#add(result, this.#running, result);
    }
  }
}

/** The windows, first and end, of a part: those whose middle lies in its share of the cost. */
export function windowsOf(costs: readonly number[], { index, of }: WindowShare): [first: number, end: number] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const parts: number[] = [];
  let before = 0;
  for (const cost of costs) {
    parts.push(Math.min(of - 1, Math.floor((of * (before + cost / 2)) / Math.max(total, 1))));
    before += cost;
  }
  const first = parts.indexOf(index);
  return first < 0 ? [0, 0] : [first, parts.lastIndexOf(index) + 1];
}
