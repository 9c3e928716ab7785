/** Points added by wasmcurves' functions, one field operation a call: works on every processor. */
import type { Bn128, WasmFunction } from "../../curve/bn128Wasm.ts";
import { type GroupName, POINT_SIZE } from "../../keys/fixedBase.ts";
import { type BatchInverse, batchInverseOf } from "./inverses.ts";
import type { Adder, PointSpace, ReadPoints } from "./pointSpace.ts";

const CHORD = 0;
const TANGENT = 1;
const CANCELLED = 2;

export class CalledPoints implements PointSpace {
  readonly size: number;
  readonly #wasm: Bn128;
  readonly #coordinate: number;
  readonly #temporary: number;
  readonly #add: WasmFunction;
  readonly #sub: WasmFunction;
  readonly #mul: WasmFunction;
  readonly #square: WasmFunction;
  readonly #isZeroCoordinate: WasmFunction;
  readonly #equal: WasmFunction;
  readonly #copyCoordinate: WasmFunction;
  readonly #copyPoint: WasmFunction;
  readonly #isZeroPoint: WasmFunction;
  readonly #batchInverse: BatchInverse;

  constructor(wasm: Bn128, group: GroupName) {
    const field = group === "g1" ? "f1m" : "f2m";
    this.#wasm = wasm;
    this.size = POINT_SIZE[group];
    this.#coordinate = this.size / 2;
    this.#temporary = wasm.alloc(2 * this.#coordinate);
    this.#add = wasm.call(`${field}_add`);
    this.#sub = wasm.call(`${field}_sub`);
    this.#mul = wasm.call(`${field}_mul`);
    this.#square = wasm.call(`${field}_square`);
    this.#isZeroCoordinate = wasm.call(`${field}_isZero`);
    this.#equal = wasm.call(`${field}_eq`);
    this.#copyCoordinate = wasm.call(`${field}_copy`);
    this.#copyPoint = wasm.call(`${group}m_copyAffine`);
    this.#isZeroPoint = wasm.call(`${group}m_isZeroAffine`);
    this.#batchInverse = batchInverseOf(wasm, group);
  }

  alloc(points: number): number {
    return this.#wasm.alloc(points * this.size);
  }

  mark(): number {
    return this.#wasm.mark();
  }

  release(mark: number): void {
    this.#wasm.release(mark);
  }

  load(count: number, read: ReadPoints): number {
    const address = this.alloc(count);
    read(this.#wasm.bytes, address, count * this.size, 0);
    return address;
  }

  isZero(address: number): boolean {
    return this.#isZeroPoint(address) !== 0;
  }

  copy(from: number, to: number): void {
    this.#copyPoint(from, to);
  }

  plain(address: number): number {
    return address;
  }

  adder(most: number): Adder {
    const inverses = this.#wasm.alloc(most * this.#coordinate);
    const scratch = this.#wasm.alloc(most * 32);
    this.#wasm.reserve((most + 1) * 32);
    const [left, right, target] = [new Uint32Array(most), new Uint32Array(most), new Uint32Array(most)];
    const kind = new Uint8Array(most);
    const add = (count: number): number[] => {
      const cancelled: number[] = [];
      for (let k = 0; k < count; k++) {
        kind[k] = this.#difference(left[k] as number, right[k] as number, inverses + k * this.#coordinate);
        if (kind[k] === CANCELLED) cancelled.push(k);
      }
      // (Zeros, of the cancelled ones, are skipped.)
      this.#batchInverse(inverses, count, scratch);
      for (let k = 0; k < count; k++) {
        if (kind[k] === CANCELLED) continue;
        const [a, b] = [left[k] as number, right[k] as number];
        const [inverse, minus] = [inverses + k * this.#coordinate, ((a ^ b) & 1) > 0];
        this.#addOne(a - (a & 1), b - (b & 1), inverse, target[k] as number, minus, kind[k] === TANGENT);
      }
      return cancelled;
    };
    return { left, right, target, add };
  }

  /** Writes the value to invert for a sum, and returns the kind of sum. */
  #difference(a: number, b: number, out: number): number {
    const p = a - (a & 1);
    const q = b - (b & 1);
    this.#sub(q, p, out);
    if (!this.#isZeroCoordinate(out)) return CHORD;
    const same = this.#equal(p + this.#coordinate, q + this.#coordinate) === 1;
    if (same === ((a ^ b) & 1) > 0) return CANCELLED;
    this.#add(p + this.#coordinate, p + this.#coordinate, out);
    return TANGENT;
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
      // The negated slope: its square is the same, and the last difference changes sign.
      this.#add(q + this.#coordinate, y, slope);
    } else {
      this.#sub(q + this.#coordinate, y, slope);
    }
    this.#mul(slope, inverse, slope);
    this.#square(slope, x);
    this.#sub(x, p, x);
    this.#sub(x, q, x);
    // The inverse is no longer needed: its memory takes the factor of the slope.
    if (negated) this.#sub(x, p, inverse);
    else this.#sub(p, x, inverse);
    this.#mul(slope, inverse, slope);
    this.#sub(slope, y, target + this.#coordinate);
    this.#copyCoordinate(x, target);
  }
}
