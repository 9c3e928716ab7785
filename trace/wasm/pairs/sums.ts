/**
 * Sums of integers in doubles, with bounds that are known while code is made. A bound is in units of 2^50, so a double
 * holds 8 of them exactly.
 */
import { type Code, type Locals, wasm } from "../assembler.ts";
import { type Constants, LIMB_BITS } from "./limbs.ts";
import { simd } from "./simd.ts";

const { get, set } = wasm;
const LIMB = 2 ** LIMB_BITS;
const D = 1.5 * 2 ** 52;
const MOST = 8;
/** What is left when a sum is cut: the sum may have been rounded by 2 to find the carry. */
const REST_BOUND = 1 + 2 ** -48;
/** The limbs of settled pairs: a rest, and some carries. These are counts of limbs, so they are small. */
export const LIMB_BOUND = 1 + 2 ** -45;

/** Integers, one in each lane, that are at most `bound` · 2^50 either way. */
export interface Part {
  readonly value: Code;
  readonly bound: number;
  /** The part is this multiple of the value; it is multiplied when it is added. */
  readonly times?: number;
}

/** Code for sums in one function. */
export class Sums {
  readonly #constants: Constants;
  readonly #locals: Locals;
  readonly #free: number[] = [];
  #used = 0;

  constructor(constants: Constants, locals: Locals) {
    this.#constants = constants;
    this.#locals = locals;
  }

  /** Frees all locals. */
  reset(): void {
    this.#used = 0;
  }

  local(): number {
    const index = this.#used++;
    this.#free[index] ??= this.#locals.one("v128");
    return this.#free[index] as number;
  }

  /** The exact sum, which must fit. */
  total(code: Code[], parts: readonly Part[]): Part {
    const start = parts.findIndex(({ times }) => times === undefined);
    const others = parts.filter((_, i) => i !== start);
    let { value, bound } = parts[start] ?? { value: this.#constants.double(0), bound: 0 };
    for (const { value: more, times, bound: by } of others) {
      if (bound > 0) value = this.hold(code, value, bound).value;
      if (times === undefined) value = simd.add(value, more);
      else if (times === -1) value = simd.subtract(value, more);
      else value = simd.multiplyAdd(more, this.#constants.double(times), value);
      bound += by;
    }
    fits(bound);
    return this.hold(code, value, bound);
  }

  /**
   * Cuts a sum to 51 bits, signed: `rest`, and carries for the next column.
   *
   * The sum need not fit into a double. It is rounded only to find the carry. The carry is taken from one exact partial
   * sum, and then the other one is added, so that everything stays exact.
   *
   * @param late a part that is there later than the others
   */
  cut(code: Code[], given: readonly Part[], late?: Part): { rest: Part; carries: Part[] } {
    const carries: Part[] = [];
    const extra = late?.bound ?? 0;
    const lateParts = late === undefined ? [] : [late];
    for (let bins = this.#gather(code, given); ; ) {
      bins.sort((a, b) => b.bound - a.bound);
      const [longest, second, ...others] = bins as [Part, ...Part[]];
      if (second === undefined && longest.bound + extra <= MOST) {
        const whole = late === undefined ? longest : this.total(code, [longest, late]);
        return { rest: this.#cutOne(code, whole, carries), carries };
      }
      if (second !== undefined && others.length === 0 && second.bound + extra + REST_BOUND <= MOST) {
        const other = late === undefined ? second : this.total(code, [second, ...lateParts]);
        const carry = this.#carry(code, simd.add(longest.value, other.value), longest.bound + other.bound);
        carries.push(carry);
        return { rest: this.hold(code, simd.add(this.#less(longest, carry), other.value), REST_BOUND), carries };
      }
      bins = this.#gather(code, [this.#cutOne(code, longest, carries), ...bins.slice(1)]);
    }
  }

  /** The integer next to part · ratio, at most `most`. */
  rounded(code: Code[], part: Part, ratio: number, most: number): Part {
    const magic = this.#constants.double(D);
    const value = simd.subtract(simd.multiplyAdd(part.value, this.#constants.double(ratio), magic), magic);
    return this.hold(code, value, most / 2 ** 50);
  }

  /** Five limbs, each longer than those of settled pairs by a carry or two, as limbs of settled length. */
  narrow(code: Code[], limbs: readonly Part[], into: readonly number[]): void {
    let below: readonly Part[] = [];
    limbs.forEach((limb, i) => {
      const last = i === limbs.length - 1;
      const carries: Part[] = [];
      const rest = last ? limb : this.#cutOne(code, limb, carries);
      const { value, bound } = this.total(code, [rest, ...below]);
      if (!last && bound > LIMB_BOUND) throw new RangeError(`a limb of ${bound} units`);
      code.push(set(into[i] as number, value));
      below = carries;
    });
  }

  #carry(code: Code[], sum: Code, bound: number): Part {
    const magic = this.#constants.double(D);
    const count = simd.subtract(simd.multiplyAdd(sum, this.#constants.double(1 / LIMB), magic), magic);
    return this.hold(code, count, (bound / 2 + 1) / 2 ** 50);
  }

  #less(part: Part, carry: Part): Code {
    return simd.multiplyAdd(carry.value, this.#constants.double(-LIMB), part.value);
  }

  #cutOne(code: Code[], part: Part, carries: Part[]): Part {
    const carry = this.#carry(code, part.value, part.bound);
    carries.push(carry);
    return this.hold(code, this.#less(part, carry), REST_BOUND);
  }

  /** Adds parts up, as far as each sum fits. */
  #gather(code: Code[], parts: readonly Part[]): Part[] {
    const bins: Part[][] = [];
    const size = (bin: readonly Part[]): number => bin.reduce((sum, { bound }) => sum + bound, 0);
    for (const part of [...parts].sort((a, b) => b.bound - a.bound)) {
      const room = bins.find((bin) => size(bin) + part.bound <= MOST);
      if (room === undefined) bins.push([part]);
      else room.push(part);
    }
    return bins.map((bin) => this.total(code, bin));
  }

  /** Keeps a value in a local. */
  hold(code: Code[], value: Code, bound: number): Part {
    const local = this.local();
    code.push(set(local, value));
    return { value: get(local), bound };
  }
}

function fits(bound: number): void {
  if (bound > MOST) throw new RangeError(`a sum of ${bound} units is not exact`);
}
