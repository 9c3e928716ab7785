/**
 * Many scalars times one point: the generator of G1 or of G2. A table holds the multiples for every window in affine
 * form. Thousands of scalars walk through the windows in lockstep, so that they share the inversions of affine
 * additions. An addition then costs six multiplications, compared with eleven in projective coordinates, and the result
 * is affine already.
 */

import type { Bn128, WasmFunction } from "../curve/bn128Wasm.ts";
import { BASE_PRIME, G1_GENERATOR, G2_GENERATOR } from "../curve/bn254.ts";
import { integerBytes } from "../formats/binfile.ts";

export type GroupName = "g1" | "g2";

/** Bytes of a scalar, and of an affine point of each group. */
export const SCALAR_SIZE = 32;
export const POINT_SIZE = { g1: 64, g2: 128 } as const;

/**
 * Scalars in lockstep: enough to make the cost of the one true inversion negligible, few enough to stay in the
 * processor's cache.
 */
const LOCKSTEP = 2048;
/** One bit more than the field order, for the carry of signed digits. */
const SCALAR_BITS = 255;

/** The window, in bits, that minimises the cost of table and additions for this number of scalars. */
export function windowFor(scalars: number): number {
  let best = { bits: 2, cost: Number.POSITIVE_INFINITY };
  for (let bits = 2; bits <= 16; bits++) {
    // A table entry costs about two and a half of the affine additions it saves.
    const cost = Math.ceil(SCALAR_BITS / bits) * (scalars + 2.5 * 2 ** (bits - 1));
    if (cost < best.cost) best = { bits, cost };
  }
  return best.bits;
}

/** 32-byte little-endian coordinates of a generator, in Montgomery form. */
function generatorBytes(group: GroupName): Uint8Array {
  const coordinates = group === "g1" ? G1_GENERATOR : G2_GENERATOR.flat();
  return Buffer.concat(coordinates.map((value) => integerBytes((value << 256n) % BASE_PRIME)));
}

/** The table for one group on one WebAssembly instance. */
export class FixedBase {
  readonly #wasm: Bn128;
  readonly #bits: number;
  readonly #windows: number;
  /** Bytes of a coordinate, and of an affine point. */
  readonly #coordinate: number;
  readonly #point: number;
  readonly #table: number;
  /** The running sums, the differences to invert, three temporaries. */
  readonly #sums: number;
  readonly #inverses: number;
  readonly #temporary: number;
  readonly #add: WasmFunction;
  readonly #sub: WasmFunction;
  readonly #mul: WasmFunction;
  readonly #square: WasmFunction;
  readonly #neg: WasmFunction;
  readonly #isZero: WasmFunction;
  readonly #copyCoordinate: WasmFunction;
  readonly #copyPoint: WasmFunction;
  readonly #batchInverse: WasmFunction;
  readonly #timesScalar: WasmFunction;
  readonly #toAffine: WasmFunction;

  constructor(wasm: Bn128, group: GroupName, windowBits: number) {
    const field = group === "g1" ? "f1m" : "f2m";
    this.#wasm = wasm;
    this.#bits = windowBits;
    this.#windows = Math.ceil(SCALAR_BITS / windowBits);
    this.#point = POINT_SIZE[group];
    this.#coordinate = this.#point / 2;
    this.#add = wasm.call(`${field}_add`);
    this.#sub = wasm.call(`${field}_sub`);
    this.#mul = wasm.call(`${field}_mul`);
    this.#square = wasm.call(`${field}_square`);
    this.#neg = wasm.call(`${field}_neg`);
    this.#isZero = wasm.call(`${field}_isZero`);
    this.#batchInverse = wasm.call(`${field}_batchInverse`);
    this.#copyCoordinate = wasm.call(`${field}_copy`);
    this.#copyPoint = wasm.call(`${group}m_copyAffine`);
    this.#timesScalar = wasm.call(`${group}m_timesScalarAffine`);
    this.#toAffine = wasm.call(`${group}m_toAffine`);
    this.#table = this.#makeTable(group);
    this.#sums = wasm.alloc(LOCKSTEP * this.#point);
    this.#inverses = wasm.alloc(LOCKSTEP * this.#coordinate);
    // Room for a projective point too, which the slow path needs.
    this.#temporary = wasm.alloc(3 * this.#coordinate);
    wasm.reserve((LOCKSTEP + 1) * this.#coordinate);
  }

  /**
   * The products, affine, Montgomery form, in the scalars' order; zero gives the point at infinity, all bytes zero.
   *
   * @param scalars 32 bytes each, little-endian, below the field order, not in Montgomery form
   */
  multiply(scalars: Uint8Array): Uint8Array<ArrayBuffer> {
    const count = scalars.byteLength / SCALAR_SIZE;
    const points = new Uint8Array(count * this.#point);
    for (let first = 0; first < count; first += LOCKSTEP) {
      const last = Math.min(count, first + LOCKSTEP);
      const part = scalars.subarray(first * SCALAR_SIZE, last * SCALAR_SIZE);
      this.#sum(part);
      points.set(this.#wasm.bytes.subarray(this.#sums, this.#sums + (last - first) * this.#point), first * this.#point);
    }
    return points;
  }

  /** Table of d · 2^(bits·w) · G for every window w and 0 < d ≤ 2^(bits−1). Signed digits need only these. */
  #makeTable(group: GroupName): number {
    const wasm = this.#wasm;
    const perWindow = 2 ** (this.#bits - 1);
    const jacobian = 3 * this.#coordinate;
    const table = wasm.alloc(this.#windows * perWindow * this.#point);
    const mark = wasm.mark();
    const base = wasm.put(generatorBytes(group));
    const chain = wasm.alloc(perWindow * jacobian);
    // Memory for batchToAffine: the inverses, and the running products of their computation.
    wasm.reserve(2 * (perWindow + 1) * this.#coordinate);
    const double = wasm.call(`${group}m_double`);
    const addMixed = wasm.call(`${group}m_addMixed`);
    const toJacobian = wasm.call(`${group}m_toJacobian`);
    const batchToAffine = wasm.call(`${group}m_batchToAffine`);
    for (let window = 0; window < this.#windows; window++) {
      toJacobian(base, chain);
      if (perWindow > 1) double(chain, chain + jacobian);
      for (let digit = 2; digit < perWindow; digit++) {
        addMixed(chain + (digit - 1) * jacobian, base, chain + digit * jacobian);
      }
      batchToAffine(chain, perWindow, table + window * perWindow * this.#point);
      // The next window's base is twice this one's last multiple.
      double(chain + (perWindow - 1) * jacobian, chain);
      this.#toAffine(chain, base);
    }
    wasm.release(mark);
    return table;
  }

  /** Leaves the products of up to LOCKSTEP scalars in `#sums`. */
  #sum(scalars: Uint8Array): void {
    const count = scalars.byteLength / SCALAR_SIZE;
    const [point, coordinate, half] = [this.#point, this.#coordinate, 2 ** (this.#bits - 1)];
    const carries = new Uint8Array(count);
    const started = new Uint8Array(count);
    const exceptions = new Set<number>();
    // The additions of one window: the index of the sum, and the table entry. The sign is in a list of its own.
    const who = new Uint32Array(count);
    const what = new Uint32Array(count);
    const minus = new Uint8Array(count);
    this.#wasm.bytes.fill(0, this.#sums, this.#sums + count * point);
    for (let window = 0; window < this.#windows; window++) {
      const table = this.#table + (window * half - 1) * point;
      let active = 0;
      for (let i = 0; i < count; i++) {
        let digit = bitsAt(scalars, i * SCALAR_SIZE, window * this.#bits, this.#bits) + (carries[i] as number);
        const negative = digit > half;
        carries[i] = negative ? 1 : 0;
        if (negative) digit = 2 * half - digit;
        if (digit === 0) continue;
        const entry = table + digit * point;
        const sum = this.#sums + i * point;
        if (started[i] === 0) {
          started[i] = 1;
          this.#copyPoint(entry, sum);
          if (negative) this.#neg(sum + coordinate, sum + coordinate);
          continue;
        }
        const difference = this.#inverses + active * coordinate;
        this.#sub(entry, sum, difference);
        // Same x: a doubling or a cancellation, which the formula below does not cover. Once in 2^250, so done slowly
        // and separately.
        if (this.#isZero(difference)) exceptions.add(i);
        who[active] = sum;
        what[active] = entry;
        minus[active] = negative ? 1 : 0;
        active++;
      }
      if (active === 0) continue;
      this.#batchInverse(this.#inverses, coordinate, active, this.#inverses, coordinate);
      for (let k = 0; k < active; k++) {
        this.#addAffine(who[k] as number, what[k] as number, this.#inverses + k * coordinate, minus[k] === 1);
      }
    }
    for (const i of exceptions) this.#multiplySlowly(scalars.subarray(i * SCALAR_SIZE, (i + 1) * SCALAR_SIZE), i);
  }

  /** sum ± entry into sum, given 1/(entry.x − sum.x). */
  #addAffine(sum: number, entry: number, inverse: number, minus: boolean): void {
    const y = sum + this.#coordinate;
    const slope = this.#temporary;
    const x3 = this.#temporary + this.#coordinate;
    // For a subtraction this is the negated slope: its square is the same, and the last difference changes sign.
    if (minus) this.#add(entry + this.#coordinate, y, slope);
    else this.#sub(entry + this.#coordinate, y, slope);
    this.#mul(slope, inverse, slope);
    this.#square(slope, x3);
    this.#sub(x3, entry, x3);
    this.#sub(x3, sum, x3);
    if (minus) this.#sub(x3, sum, sum);
    else this.#sub(sum, x3, sum);
    this.#mul(slope, sum, sum);
    this.#sub(sum, y, y);
    this.#copyCoordinate(x3, sum);
  }

  #multiplySlowly(scalar: Uint8Array, index: number): void {
    const mark = this.#wasm.mark();
    const address = this.#wasm.put(scalar);
    const entryOne = this.#table;
    this.#timesScalar(entryOne, address, SCALAR_SIZE, this.#temporary);
    this.#toAffine(this.#temporary, this.#sums + index * this.#point);
    this.#wasm.release(mark);
  }
}

/**
 * `size` ≤ 16 bits of the little-endian number at `offset`, from bit `from` up; beyond its 256 bits there are zeros.
 */
function bitsAt(bytes: Uint8Array, offset: number, from: number, size: number): number {
  const at = offset + (from >> 3);
  const end = offset + SCALAR_SIZE;
  let word = 0;
  for (let k = 2; k >= 0; k--) word = (word << 8) | (at + k < end ? (bytes[at + k] as number) : 0);
  return (word >>> (from & 7)) & (2 ** size - 1);
}
