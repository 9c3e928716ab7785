/**
 * A prime field of 254 bits in pairs: two elements, one in each lane of vectors of doubles, are multiplied in lockstep.
 * An element is five limbs of 51 bits, lowest first, and stands for value · 2^255 (Montgomery's form).
 *
 * Limbs are signed integers in doubles. Two fused multiply-adds, which round once, split a product into halves without
 * error (N. Emmart's method): product.ts adds the halves up in doubles, columns.ts as integers.
 *
 * Bounds. An element is *settled* if its value is at most 0.51 times the modulus either way, and limbs 0 to 3 are at
 * most 2^50 + 32 either way, the 32 from carries; limb 4 then is below 2^49, because the modulus is 0.378 · 2^255.
 * Every element in memory is settled. A sum or difference of two settled elements has limbs of twice the length. It is
 * narrowed or settled before it is multiplied.
 */
import { type Code, type Locals, wasm } from "../assembler.ts";
import { BIAS, CARRIED_BIAS, Columns, D, type Pair } from "./columns.ts";
import { bitsOf, type Constants, centred, LIMBS, limbsOf, type PairField, RADIX } from "./limbs.ts";
import { type Product, Products } from "./product.ts";
import { simd } from "./simd.ts";
import { LIMB_BOUND, Sums } from "./sums.ts";

export { BIAS, CARRIED_BIAS, D, type Pair, type Product };

const { get, set } = wasm;
const at = <T>(list: readonly T[], i: number): T => list[i] as T;

/** The limbs in locals. */
export const codes = (locals: readonly number[]): Pair => locals.map(get);

/** Code over one field within one function. `prologue` must precede the function's loops. */
export class PairCode {
  readonly field: PairField;
  readonly locals: Locals;
  readonly #constants: Constants;
  readonly #columns: Columns;
  readonly #sums: Sums;
  readonly #products: Products;

  constructor(field: PairField, locals: Locals) {
    this.field = field;
    this.locals = locals;
    this.#constants = field.constants;
    this.#columns = new Columns(field, locals);
    this.#sums = new Sums(this.#constants, locals);
    this.#products = new Products(field, locals, this.#sums);
  }

  /** Holds what every product needs. */
  get prologue(): Code {
    return this.#columns.prologue;
  }

  pair(): number[] {
    return this.locals.several("v128", LIMBS);
  }

  /** Loads a pair into locals. */
  load(into: readonly number[], address: Code, offset = 0): Code {
    return into.map((local, i) => set(local, simd.load(address, offset + 16 * i)));
  }

  /** The same element in both lanes; any integer stands for its residue. */
  constant(low: bigint, high = low): Pair {
    const [a, b] = [low, high].map((value) => limbsOf(centred(value * RADIX, this.field.modulus))) as [
      number[],
      number[],
    ];
    return a.map((limb, i) => this.#constants.vector(bitsOf(limb), bitsOf(at(b, i))));
  }

  store(pair: Pair, address: Code, offset = 0): Code {
    return pair.map((limb, i) => simd.store(address, offset + 16 * i, limb));
  }

  /**
   * Σ a·b of the factors − Σ minus, settled.
   *
   * One or two products; all operands have limbs of at most 2^50. The same list of limbs twice is squared. The values
   * must satisfy 0.378 · Σ |a·b| + 1.01 + Σ |minus| ≤ 3.5, counted in moduli.
   */
  multiply(into: readonly number[], factors: readonly (readonly [Pair, Pair])[], minus: readonly Pair[] = []): Code {
    return this.#products.multiply([{ into, factors, minus }]);
  }

  /** Several such results that do not need each other: this takes less time than one after the other. */
  together(...products: readonly Product[]): Code {
    return this.#products.multiply(products);
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

  /**
   * A sum of two settled pairs, or their difference, settled.
   * @param most moduli that the value is away from 0 at most; limbs but the last are at most 2^51
   */
  settle(into: readonly number[], pair: Pair, most = 2): Code {
    const { limbs: modulus, ratio } = this.field.reduction;
    const sums = this.#sums;
    sums.reset();
    const code: Code[] = [];
    const limbs = pair.map((limb) => sums.hold(code, limb, 2 * LIMB_BOUND));
    const times = sums.rounded(code, at(limbs, LIMBS - 1), ratio, most);
    const less = limbs.map((limb, i) => {
      const bound = (most * Math.abs(at(modulus, i))) / 2 ** 50;
      const multiple = { value: times.value, times: -at(modulus, i), bound };
      // What is left is half of the modulus.
      if (i === LIMBS - 1)
        return sums.total(code, [
          { ...limb, bound: 1 / 2 },
          { ...multiple, bound: 0 },
        ]);
      return sums.total(code, [limb, multiple]);
    });
    sums.narrow(code, less, into);
    return code;
  }

  /** A sum of two settled pairs, or their difference: the same value, with limbs that may be multiplied. */
  narrow(into: readonly number[], pair: Pair): Code {
    const sums = this.#sums;
    sums.reset();
    const code: Code[] = [];
    sums.narrow(
      code,
      pair.map((limb) => sums.hold(code, limb, 2 * LIMB_BOUND)),
      into,
    );
    return code;
  }
}
