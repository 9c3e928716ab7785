/** Points added in the lanes of the engine's own module. */

import { PAIR } from "../../../trace/wasm/pairs/limbs.ts";
import type { Bn128, WasmFunction } from "../../curve/bn128Wasm.ts";
import { type GroupName, POINT_SIZE } from "../../keys/fixedBase.ts";
import { LaneAdder } from "./laneAdder.ts";
import type { Adder, PointSpace, ReadPoints } from "./pointSpace.ts";
import type { Lanes } from "./simd/instance.ts";
import { LANE_POINT } from "./simd/points.ts";

/** Points that are read at a time, before they are brought into the lanes' form: 1 MB. */
const CHUNK = { g1: 16384, g2: 8192 } as const;

export class LanePoints implements PointSpace {
  readonly size: number;
  readonly #lanes: Lanes;
  readonly #group: GroupName;
  readonly #wasm: Bn128;
  /** Room for a point in wasmcurves' memory. */
  readonly #plain: number;
  /** Two points that can be added, and a place for their sum. */
  readonly #spare: number;
  readonly #load: WasmFunction;
  readonly #store: WasmFunction;

  constructor(lanes: Lanes, wasm: Bn128, group: GroupName) {
    this.size = LANE_POINT[group];
    this.#lanes = lanes;
    this.#group = group;
    this.#wasm = wasm;
    this.#plain = wasm.alloc(POINT_SIZE[group]);
    this.#spare = this.alloc(3);
    // The two points only need different x, and the first one's y must not be 0.
    const first = this.#spare / 8;
    lanes.doubles.fill(0, first, first + (2 * this.size) / 8).fill(1, first, first + 2);
    if (group === "g2") lanes.doubles[first + PAIR / 8] = 1;
    this.#load = lanes.call(`${group}_load`);
    this.#store = lanes.call(`${group}_store`);
  }

  alloc(points: number): number {
    return this.#lanes.alloc(points * this.size);
  }

  mark(): number {
    return this.#lanes.mark();
  }

  release(mark: number): void {
    this.#lanes.release(mark);
  }

  load(count: number, read: ReadPoints): number {
    const [size, chunk] = [POINT_SIZE[this.#group], CHUNK[this.#group]];
    const address = this.alloc(count);
    const mark = this.mark();
    const words = this.#lanes.alloc(Math.min(chunk, count) * size);
    for (let first = 0; first < count; first += chunk) {
      const some = Math.min(chunk, count - first);
      read(this.#lanes.bytes, words, some * size, first * size);
      this.#load(words, address + first * this.size, (some * this.size) / PAIR);
    }
    this.release(mark);
    return address;
  }

  isZero(address: number): boolean {
    const limbs = this.#lanes.doubles;
    for (let i = address / 8; i < (address + this.size) / 8; i++) if (limbs[i] !== 0) return false;
    return true;
  }

  copy(from: number, to: number): void {
    this.#lanes.bytes.copyWithin(to, from, from + this.size);
  }

  plain(address: number): number {
    const size = POINT_SIZE[this.#group];
    const mark = this.mark();
    const words = this.#lanes.alloc(size);
    this.#store(address, words, this.size / PAIR);
    this.#wasm.bytes.set(this.#lanes.bytes.subarray(words, words + size), this.#plain);
    this.release(mark);
    return this.#plain;
  }

  adder(most: number): Adder {
    return new LaneAdder(this.#lanes, this.#group, most, this.#spare);
  }
}
