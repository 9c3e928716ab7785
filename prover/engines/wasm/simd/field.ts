/**
 * A prime field of 254 bits in pairs: two elements, one in each lane of vectors of doubles, are multiplied in lockstep.
 * An element is five limbs of 51 bits, lowest first, and stands for value · 2^255 (Montgomery's form).
 *
 * Limbs are signed integers in doubles. Two fused multiply-adds, which round once, split a product into halves without
 * error (N. Emmart's method). With C = 1.5 · 2^103, whose last place is 2^51, high = ab + C rounds ab to a multiple of
 * 2^51. With D = 1.5 · 2^52, low = ab + (C + D − high) is the rest, in places of 1. |ab| ≤ 2^102 keeps high between
 * 2^103 and 2^104. The rest is at most 2^50, which keeps low between 2^52 and 2^53. Within these ranges the bits of a
 * double, read as an integer, count places. So the halves are summed up as integers, with C's and D's bits subtracted
 * beforehand.
 *
 * Bounds. An element is *settled* if its value is at most 0.51 times the modulus either way, and limbs 0 to 3 are at
 * most 2^50 either way; limb 4 then is below 2^49, because the modulus is 0.378 · 2^255. Every element in memory is
 * settled. A sum or difference of two settled elements has limbs of at most 2^51. It may be multiplied with another
 * such sum without being settled.
 */
import { type Code, type Locals, wasm } from "../../../../trace/wasm/assembler.ts";
import {
  bitsOf,
  type Constants,
  centred,
  LIMB_BITS,
  LIMBS,
  limbsOf,
  MASK,
  type PairField,
  RADIX,
  type Reduction,
} from "./limbs.ts";
import { simd } from "./simd.ts";

const LIMB = 2 ** LIMB_BITS;
const COLUMNS = 2 * LIMBS;
const C = 1.5 * 2 ** 103;
export const D = 1.5 * 2 ** 52;
/**
 * Makes columns positive, so that a logical shift divides them. Columns are sums of less than 2^6 halves of at most
 * 2^51.
 */
export const BIAS = 1n << 60n;
export const CARRIED_BIAS = BIAS >> BigInt(LIMB_BITS);
/** Added to a column before the mask, subtracted after it. The limb then lies between −2^50 and 2^50. */
const HALF = BigInt(LIMB / 2);
/** Rounds of the reduction that use a multiple of the modulus which is −1 in its lowest limb. */
const DIRECT = 3;

/** A pair as the code that computes each of its five limb vectors. */
export type Pair = readonly Code[];

const { get, set } = wasm;
/** The limbs in locals. */
export const codes = (locals: readonly number[]): Pair => locals.map(get);
const at = <T>(list: readonly T[], i: number): T => list[i] as T;

/** Code over one field within one function. `prologue` must precede the function's loops. */
export class PairCode {
  readonly field: PairField;
  readonly locals: Locals;
  readonly #constants: Constants;
  readonly #reduction: Reduction;
  readonly #operands: (readonly number[])[] = [];
  readonly #columns: readonly number[];
  readonly #high: number;
  readonly #factor: number;
  readonly #c: number;
  readonly #cd: number;

  constructor(field: PairField, locals: Locals) {
    this.field = field;
    this.locals = locals;
    this.#constants = field.constants;
    this.#reduction = field.reduction;
    this.#columns = locals.several("v128", COLUMNS);
    [this.#high, this.#factor, this.#c, this.#cd] = [0, 0, 0, 0].map(() => locals.one("v128")) as [
      number,
      number,
      number,
      number,
    ];
  }

  /** Holds the two constants that every product of limbs needs. */
  get prologue(): Code {
    return [set(this.#c, this.#constants.double(C)), set(this.#cd, this.#constants.double(C + D))];
  }

  pair(): number[] {
    return this.locals.several("v128", LIMBS);
  }

  /** Loads a pair into locals. */
  load(into: readonly number[], address: Code): Code {
    return into.map((local, i) => set(local, simd.load(address, 16 * i)));
  }

  /** The same element in both lanes; any integer stands for its residue. */
  constant(low: bigint, high = low): Pair {
    const [a, b] = [low, high].map((value) => limbsOf(centred(value * RADIX, this.field.modulus))) as [
      number[],
      number[],
    ];
    return a.map((limb, i) => this.#constants.vector(bitsOf(limb), bitsOf(at(b, i))));
  }

  store(pair: Pair, address: Code): Code {
    return pair.map((limb, i) => simd.store(address, 16 * i, limb));
  }

  /**
   * Σ a·b of the factors − Σ minus, settled.
   *
   * Every product of limbs must be at most 2^102. The values must satisfy 0.378 · Σ |a·b| + 0.5 + Σ |minus| ≤ 2.4,
   * counted in moduli: then limb 4 of the result is below 2^51 before it is settled.
   */
  multiply(into: readonly number[], factors: readonly (readonly [Pair, Pair])[], minus: readonly Pair[] = []): Code {
    const code: Code[] = [];
    let used = 0;
    // Each limb is used five times, so it is computed beforehand.
    const held = (pair: Pair): Pair => {
      const locals = this.#operands[used++] ?? this.pair();
      this.#operands[used - 1] = locals;
      code.push(pair.map((limb, i) => set(at(locals, i), limb)));
      return codes(locals);
    };
    const terms = factors.map(([a, b]) => [held(a), held(b)] as const);
    const begun = new Set<number>();
    const start = this.#starts(terms.length, minus.length);
    const column = (k: number): Code => get(at(this.#columns, k));
    const addTo = (k: number, value: Code): Code => {
      const sum = simd.addIntegers(value, begun.has(k) ? column(k) : at(start, k));
      begun.add(k);
      return set(at(this.#columns, k), sum);
    };
    const addProduct = (a: Code, b: Code, k: number): void => {
      const high = get(this.#high);
      code.push(
        set(this.#high, simd.multiplyAdd(a, b, get(this.#c))),
        addTo(k + 1, high),
        addTo(k, simd.multiplyAdd(a, b, simd.subtract(get(this.#cd), high))),
      );
    };
    const addColumn = (k: number): void => {
      for (const [a, b] of terms) {
        for (let i = Math.max(0, k - LIMBS + 1); i <= Math.min(k, LIMBS - 1); i++)
          addProduct(at(a, i), at(b, k - i), k);
      }
    };
    const factor = get(this.#factor);
    const { direct, limbs: modulus } = this.#reduction;
    addColumn(0);
    addColumn(1);
    for (let k = 0; k < LIMBS; k++) {
      code.push(set(this.#factor, this.#reducing(k)));
      // Columns of the product are summed up while the processor waits for the factor.
      for (const next of at([[2], [3], [4], [5, 6], [7, 8]], k)) addColumn(next);
      if (k < DIRECT) code.push(addTo(k + 1, simd.shiftRight(column(k), LIMB_BITS)));
      const limbs = k < DIRECT ? direct : modulus;
      for (let j = k < DIRECT ? 1 : 0; j < limbs.length; j++) {
        addProduct(factor, this.#constants.double(at(limbs, j)), k + j);
        if (j === 0) code.push(addTo(k + 1, simd.shiftRight(column(k), LIMB_BITS)));
      }
    }
    for (const pair of minus) {
      for (let i = 0; i < LIMBS; i++) {
        const k = LIMBS + i;
        const bits = simd.add(at(pair, i), this.#constants.double(D));
        code.push(set(at(this.#columns, k), simd.subtractIntegers(column(k), bits)));
      }
    }
    return [code, this.#settleColumns(into)];
  }

  /** A sum of two settled pairs, or their difference, settled. */
  settle(into: readonly number[], pair: Pair): Code {
    const [times, shifted] = [this.#factor, this.#high];
    const double = (value: number): Code => this.#constants.double(value);
    const whole = (a: Code, b: Code): Code => simd.subtract(simd.multiplyAdd(a, b, double(D)), double(D));
    const { limbs: modulus, ratio } = this.#reduction;
    return [
      pair.map((limb, i) => set(at(into, i), limb)),
      set(times, whole(get(at(into, LIMBS - 1)), double(ratio))),
      into.map((local, i) => set(local, simd.multiplyAdd(get(times), double(-at(modulus, i)), get(local)))),
      into
        .slice(0, -1)
        .map((local, i) => [
          set(shifted, whole(get(local), double(1 / LIMB))),
          set(local, simd.multiplyAdd(get(shifted), double(-LIMB), get(local))),
          set(at(into, i + 1), simd.add(get(at(into, i + 1)), get(shifted))),
        ]),
    ];
  }

  /**
   * The factor of the modulus, or of its multiple, that cancels column k: between −2^50 and 2^50. The multiple is −1 in
   * its lowest limb, so there the factor is the column itself. It is as long as six limbs. In the first three rounds,
   * the part it adds to the value is lost below the modulus (2^50 · 2^50 · 2^102 / 2^255 = 2^-53 of it).
   */
  #reducing(k: number): Code {
    const double = (value: number): Code => this.#constants.double(value);
    const low = simd.and(get(at(this.#columns, k)), this.#constants.vector(MASK));
    const exponent = this.#constants.vector(bitsOf(2 ** 52));
    if (k < DIRECT) return simd.subtract(simd.or(low, exponent), double(2 ** 52 + 2 ** 50));
    const inverseOf = double(this.#reduction.negativeInverse);
    return [
      set(this.#factor, simd.subtract(simd.or(low, exponent), double(2 ** 52))),
      set(this.#high, simd.multiplyAdd(get(this.#factor), inverseOf, get(this.#c))),
      simd.subtract(
        simd.multiplyAdd(get(this.#factor), inverseOf, simd.subtract(get(this.#cd), get(this.#high))),
        double(D),
      ),
    ];
  }

  /** Initial value of every column: the bits to subtract again, and the biases. */
  #starts(terms: number, minus: number): Code[] {
    // Every row of five products of limbs puts one low half into each of five columns, and the high halves one column
    // higher.
    const rows = Array.from({ length: LIMBS }, (_, i) => [
      ...Array<number>(terms).fill(i),
      i < DIRECT ? i + 1 : i,
    ]).flat();
    const halves = (k: number): number => rows.filter((first) => first <= k && k < first + LIMBS).length;
    const [bitsOfC, bitsOfD] = [bitsOf(C), bitsOf(D)];
    return Array.from({ length: COLUMNS }, (_, k) => {
      const [reduced, last] = [k < LIMBS, k === COLUMNS - 1];
      let start = -BigInt(halves(k)) * bitsOfD - BigInt(halves(k - 1)) * bitsOfC;
      if (!reduced) start += BigInt(minus) * bitsOfD;
      if (last) return start + bitsOfD;
      start += BIAS;
      if (k > 0) start -= CARRIED_BIAS;
      if (k < DIRECT || !reduced) start += HALF;
      // A multiple of the modulus is still to come.
      if (!reduced) start -= bitsOfD;
      return start;
    }).map((start) => this.#constants.vector(start));
  }

  /** From the upper columns to a settled pair. */
  #settleColumns(into: readonly number[]): Code {
    const double = (value: number): Code => this.#constants.double(value);
    const upper = this.#columns.slice(LIMBS);
    const [top, times] = [this.#high, this.#factor];
    const { limbs: modulus, ratio } = this.#reduction;
    const minus = (i: number): Code => double(-at(modulus, i));
    const exponent = this.#constants.vector(bitsOf(2 ** 52));
    return [
      set(top, simd.subtract(get(at(upper, LIMBS - 1)), double(D))),
      set(times, simd.subtract(simd.multiplyAdd(get(top), double(ratio), double(D)), double(D))),
      upper.slice(0, -1).map((column, i) => {
        const sum = simd.addIntegers(get(column), simd.multiplyAdd(get(times), minus(i), double(D)));
        return set(column, i === 0 ? sum : simd.addIntegers(sum, simd.shiftRight(get(at(upper, i - 1)), LIMB_BITS)));
      }),
      upper.slice(0, -1).map((column, i) => {
        const low = simd.or(simd.and(get(column), this.#constants.vector(MASK)), exponent);
        return set(at(into, i), simd.subtract(low, double(2 ** 52 + 2 ** 50)));
      }),
      set(
        at(into, LIMBS - 1),
        simd.add(
          simd.multiplyAdd(get(times), minus(LIMBS - 1), get(top)),
          simd.subtract(
            simd.or(simd.shiftRight(get(at(upper, LIMBS - 2)), LIMB_BITS), exponent),
            double(2 ** 52 + Number(CARRIED_BIAS)),
          ),
        ),
      ),
    ];
  }
}
