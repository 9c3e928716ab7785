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
import { type Code, type Locals, wasm } from "../assembler.ts";
import { BIAS, CARRIED_BIAS, Columns, D, type Pair, startsOf } from "./columns.ts";
import { bitsOf, type Constants, centred, LIMB_BITS, LIMBS, limbsOf, type PairField, RADIX } from "./limbs.ts";
import { simd } from "./simd.ts";

export { BIAS, CARRIED_BIAS, D, type Pair };

const LIMB = 2 ** LIMB_BITS;
const { get, set } = wasm;
const at = <T>(list: readonly T[], i: number): T => list[i] as T;

/** The limbs in locals. */
export const codes = (locals: readonly number[]): Pair => locals.map(get);

/** Code over one field within one function. `prologue` must precede the function's loops. */
export class PairCode {
  readonly field: PairField;
  readonly locals: Locals;
  readonly #constants: Constants;
  readonly #operands: (readonly number[])[] = [];
  readonly #columns: Columns;
  /** Scratch. */
  readonly #times: number;
  readonly #shifted: number;

  constructor(field: PairField, locals: Locals) {
    this.field = field;
    this.locals = locals;
    this.#constants = field.constants;
    this.#columns = new Columns(field, locals);
    this.#times = locals.one("v128");
    this.#shifted = locals.one("v128");
  }

  /** Holds what every product needs. */
  get prologue(): Code {
    return this.#columns.prologue;
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
    const columns = this.#columns;
    const begun = new Set<number>();
    const starts = startsOf(terms.length, minus.length);
    const addTo = (k: number, value: Code): Code => {
      if (begun.has(k)) return columns.add(k, value);
      begun.add(k);
      return columns.set(k, simd.addIntegers(value, this.#constants.vector(at(starts, k))));
    };
    const addColumn = (k: number): void => {
      for (const [a, b] of terms) {
        for (let i = Math.max(0, k - LIMBS + 1); i <= Math.min(k, LIMBS - 1); i++)
          code.push(columns.addProduct(at(a, i), at(b, k - i), k, addTo));
      }
    };
    addColumn(0);
    addColumn(1);
    // Columns of the product are summed up while the processor waits for the factor.
    const meanwhile = (round: number): Code => {
      const from = code.length;
      for (const next of at([[2], [3], [4], [5, 6], [7, 8]], round)) addColumn(next);
      return code.splice(from);
    };
    code.push(columns.reduce(meanwhile, addTo));
    return [code, minus.map((pair) => columns.subtract(pair)), columns.settle(into)];
  }

  /**
   * The same for products that a loop adds up, over a start.
   *
   * @param start the columns to begin with: those of `startsOf(terms)`, and the lower ones of a pair to add that is not
   *   divided by 2^255 yet
   * @param terms the loop. It calls `add` with pairs in locals; at most 17 pairs in all, of which one is at most half
   *   of the modulus
   */
  sum(into: readonly number[], start: readonly Code[], terms: (add: (a: Pair, b: Pair) => Code) => Code): Code {
    const columns = this.#columns;
    const add = (a: Pair, b: Pair): Code => a.map((x, i) => b.map((y, j) => columns.addProduct(x, y, i + j)));
    return [start.map((value, k) => columns.set(k, value)), terms(add), columns.reduce(), columns.settle(into)];
  }

  /** A sum of two settled pairs, or their difference, settled. */
  settle(into: readonly number[], pair: Pair): Code {
    const [times, shifted] = [this.#times, this.#shifted];
    const double = (value: number): Code => this.#constants.double(value);
    const whole = (a: Code, b: Code): Code => simd.subtract(simd.multiplyAdd(a, b, double(D)), double(D));
    const { limbs: modulus, ratio } = this.field.reduction;
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
}
