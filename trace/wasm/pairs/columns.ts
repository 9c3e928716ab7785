/**
 * Sums of many products of pairs, in ten columns of 51 bits: what is added to them, and how they are reduced to a
 * settled pair. Columns are integers, which many halves of products may be added to. Poseidon uses this, where it sums
 * up in loops. The form of elements is described in field.ts, and one product or two in product.ts.
 *
 * With C = 1.5 · 2^103, whose last place is 2^51, high = ab + C rounds ab to a multiple of 2^51. With D = 1.5 · 2^52,
 * low = ab + (C + D − high) is the rest, in places of 1. |ab| ≤ 2^102 keeps high between 2^103 and 2^104. The rest is
 * at most 2^50, which keeps low between 2^52 and 2^53. Within these ranges the bits of a double, read as an integer,
 * count places. So the halves are summed up as integers, with C's and D's bits subtracted beforehand.
 */
import { type Code, type Locals, wasm } from "../assembler.ts";
import { bitsOf, type Constants, LIMB_BITS, LIMBS, MASK, type PairField, type Reduction } from "./limbs.ts";
import { simd } from "./simd.ts";

const LIMB = 2 ** LIMB_BITS;
export const COLUMNS = 2 * LIMBS;
const C = 1.5 * 2 ** 103;
export const D = 1.5 * 2 ** 52;
/**
 * Makes columns positive, so that a logical shift divides them. Columns are sums of less than 2^9 halves of at most
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
const at = <T>(list: readonly T[], i: number): T => list[i] as T;

/** Code over the columns of one function. */
export class Columns {
  readonly #constants: Constants;
  readonly #reduction: Reduction;
  readonly #columns: readonly number[];
  readonly #high: number;
  readonly #factor: number;
  readonly #c: number;
  readonly #cd: number;

  constructor({ constants, reduction }: PairField, locals: Locals) {
    this.#constants = constants;
    this.#reduction = reduction;
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

  /** Sets a column. */
  set(k: number, value: Code): Code {
    return set(at(this.#columns, k), value);
  }

  /** Adds integers to a column. */
  add(k: number, value: Code): Code {
    return this.set(k, simd.addIntegers(value, get(at(this.#columns, k))));
  }

  /** Adds the halves of a product of limbs to column k and the next. */
  addProduct(a: Code, b: Code, k: number): Code {
    const high = get(this.#high);
    return [
      set(this.#high, simd.multiplyAdd(a, b, get(this.#c))),
      this.add(k + 1, high),
      this.add(k, simd.multiplyAdd(a, b, simd.subtract(get(this.#cd), high))),
    ];
  }

  /** Makes the lower columns divisible by 2^255, by multiples of the modulus. */
  reduce(): Code {
    const factor = get(this.#factor);
    const { direct, limbs: modulus } = this.#reduction;
    const column = (k: number): Code => get(at(this.#columns, k));
    return Array.from({ length: LIMBS }, (_, k): Code => {
      const limbs = k < DIRECT ? direct : modulus;
      return [
        set(this.#factor, this.#reducing(k)),
        k < DIRECT ? this.add(k + 1, simd.shiftRight(column(k), LIMB_BITS)) : [],
        limbs.slice(k < DIRECT ? 1 : 0).map((limb, i) => {
          const j = k < DIRECT ? i + 1 : i;
          return [
            this.addProduct(factor, this.#constants.double(limb), k + j),
            j === 0 ? this.add(k + 1, simd.shiftRight(column(k), LIMB_BITS)) : [],
          ];
        }),
      ];
    });
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

  /** The upper columns as a settled pair. */
  settle(into: readonly number[]): Code {
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

/**
 * What every column begins with: the bits to subtract again, and the biases.
 * @param terms products of pairs that are added
 */
export function startsOf(terms: number): bigint[] {
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
    if (last) return start + bitsOfD;
    start += BIAS;
    if (k > 0) start -= CARRIED_BIAS;
    if (k < DIRECT || !reduced) start += HALF;
    // A multiple of the modulus is still to come.
    if (!reduced) start -= bitsOfD;
    return start;
  });
}
