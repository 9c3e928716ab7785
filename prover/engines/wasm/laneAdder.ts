/** Point additions in lanes. They share one inversion. */

import { LIMB_BITS, LIMBS, PAIR } from "../../../trace/wasm/pairs/limbs.ts";
import type { WasmFunction } from "../../curve/bn128Wasm.ts";
import { BASE_PRIME, modulo } from "../../curve/bn254.ts";
import type { GroupName } from "../../keys/fixedBase.ts";
import type { Adder } from "./pointSpace.ts";
import type { Lanes } from "./simd/instance.ts";
import { LANE_POINT, STEP } from "./simd/points.ts";

const FUNCTIONS = ["differences", "doubles", "products", "invert", "chords", "tangents"] as const;

type Functions = { readonly [name in (typeof FUNCTIONS)[number]]: WasmFunction };

export class LaneAdder implements Adder {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly target: Uint32Array;
  readonly #lanes: Lanes;
  readonly #group: GroupName;
  readonly #spare: number;
  /**
   * The values to invert, and the products of the values before each; the product of all, its inverse, and a number
   * that is 0 if there is no inverse, with room behind it.
   */
  readonly #values: number;
  readonly #before: number;
  readonly #total: number;
  readonly #inverse: number;
  readonly #norm: number;
  readonly #functions: Functions;

  /**
   * @param most most additions at a time
   * @param spare two points with different x and a place for a third: they fill up a step if the number of additions is
   *   odd
   */
  constructor(lanes: Lanes, group: GroupName, most: number, spare: number) {
    this.#lanes = lanes;
    this.#group = group;
    this.#spare = spare;
    const steps = Math.ceil(most / STEP[group]);
    const entries = steps * STEP[group];
    const lists = [0, 0, 0].map(() => lanes.alloc(4 * entries));
    const pairs = [2 * steps, 2 * steps, 2, 2, 2].map((count) => lanes.alloc(count * PAIR));
    [this.#values, this.#before, this.#total, this.#inverse, this.#norm] = pairs as [
      number,
      number,
      number,
      number,
      number,
    ];
    const { buffer } = lanes.bytes;
    [this.left, this.right, this.target] = lists.map((at) => new Uint32Array(buffer, at, entries)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    this.#functions = Object.fromEntries(FUNCTIONS.map((name) => [name, lanes.call(`${group}_${name}`)])) as Functions;
  }

  add(count: number): readonly number[] {
    if (this.#addAll("chords", count)) return [];
    // Some points are equal or opposite. These rare cases are done one by one.
    const { left, right, target } = this;
    const tangents: number[] = [];
    const cancelled: number[] = [];
    let chords = 0;
    for (let k = 0; k < count; k++) {
      if (this.#differs(k)) {
        left[chords] = left[k] as number;
        right[chords] = right[k] as number;
        target[chords] = target[k] as number;
        chords++;
      } else if (this.#cancels(left[k] as number, right[k] as number)) cancelled.push(k);
      else tangents.push(left[k] as number, target[k] as number);
    }
    this.#addAll("chords", chords);
    for (let k = 0; 2 * k < tangents.length; k++) {
      left[k] = right[k] = tangents[2 * k] as number;
      target[k] = tangents[2 * k + 1] as number;
    }
    this.#addAll("tangents", tangents.length / 2);
    return cancelled;
  }

  /** Returns false and adds nothing if some points have the same x. */
  #addAll(kind: "chords" | "tangents", count: number): boolean {
    if (count === 0) return true;
    const group = this.#group;
    const steps = Math.ceil(count / STEP[group]);
    for (let k = count; k < steps * STEP[group]; k++) {
      this.left[k] = this.#spare;
      this.right[k] = this.#spare + LANE_POINT[group];
      this.target[k] = this.#spare + 2 * LANE_POINT[group];
    }
    const [left, right, target] = [this.left, this.right, this.target].map((list) => list.byteOffset) as [
      number,
      number,
      number,
    ];
    const [values, before, inverse] = [this.#values, this.#before, this.#inverse];
    const call = this.#functions;
    if (kind === "chords") call.differences(left, right, values, 2 * steps);
    else call.doubles(left, values, 2 * steps);
    call.products(values, before, this.#total, steps);
    call.invert(this.#total, inverse, this.#norm);
    if (this.#isZero(this.#norm, 16)) return false;
    const [list, pairs] = [4 * steps * STEP[group], 2 * steps * PAIR];
    call[kind](left + list, right + list, target + list, values + pairs, before + pairs, inverse, steps);
    return true;
  }

  /** Whether the k-th of the values to invert is nonzero. */
  #differs(k: number): boolean {
    if (this.#group === "g1") return !this.#isZero(this.#values + (k >> 1) * PAIR + 8 * (k & 1), 16);
    return !this.#isZero(this.#values + k * PAIR, 8);
  }

  /**
   * Whether a settled element is 0: it is exactly if all its limbs are. In G2 it checks the limbs of both lanes, which
   * are 8 bytes apart.
   */
  #isZero(address: number, stride: 8 | 16): boolean {
    const limbs = this.#lanes.doubles;
    for (let i = 0; i < PAIR / stride; i++) if (limbs[(address + stride * i) / 8] !== 0) return false;
    return true;
  }

  /** Whether two points with the same x are opposite. */
  #cancels(a: number, b: number): boolean {
    const [p, q] = [a - (a & 1), b - (b & 1)];
    // y's limbs: in G1 each follows one of x, in G2 they follow them all.
    const places = this.#group === "g1" ? [8] : [PAIR, PAIR + 8];
    const same = places.every((at) => modulo(this.#value(p + at) - this.#value(q + at), BASE_PRIME) === 0n);
    return same === ((a ^ b) & 1) > 0;
  }

  #value(address: number): bigint {
    let value = 0n;
    for (let i = LIMBS - 1; i >= 0; i--) {
      value = (value << BigInt(LIMB_BITS)) + BigInt(this.#lanes.doubles[address / 8 + 2 * i] as number);
    }
    return value;
  }
}
