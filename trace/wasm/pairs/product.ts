/**
 * Sums of one or two products of pairs, reduced and settled, in doubles alone.
 *
 * A column is summed up in two doubles. `high` starts at C = 1.5 · 2^103 + 2^100 (or at −C), where doubles are
 * multiples of 2^51. A fused multiply-add adds the part of a·b that is such a multiple, and what `high` grew by is
 * exact. A second one gives the rest, a·b less that growth: an integer of at most 2^50, which is added to `low`.
 *
 * Reduction folds. Column k < 4, cut to 51 bits, stands for its content times 2^(51k), and 2^(51k) is 2^(51·4) times
 * 2^(−51(4−k)). So it is multiplied by the residue of that power, and added to the columns from 4 on. Nothing waits for
 * the column before. Column 4 is cancelled by a multiple of the modulus, as Montgomery does it.
 *
 * Every double that is used is exact. This is not left to reasoning about each sum: sums carry bounds while code is
 * made, in units of 2^50, and a sum that might be longer than 53 bits is an error then (sums.ts).
 */
import { type Code, type Locals, wasm } from "../assembler.ts";
import { inverse } from "../modular.ts";
import { type Constants, centred, LIMB_BITS, LIMBS, limbsOf, type PairField } from "./limbs.ts";
import { simd } from "./simd.ts";
import { LIMB_BOUND, type Part, type Sums } from "./sums.ts";

/** A pair as the code that computes each of its five limb vectors. */
type Pair = readonly Code[];

const { get, set } = wasm;
const at = <T>(list: readonly T[], i: number): T => list[i] as T;

const LIMB = 2 ** LIMB_BITS;
/** Sums of up to 5 · 2^100 leave it above 2^103. Those above 3 · 2^100 may lift it above 2^104. */
const C = 1.5 * 2 ** 103 + 2 ** 100;
const MOST_DOWN = 5;
const MOST_UP = 3;
/** The last limb of an operand, whose value is at most 1.05 moduli. */
const TOP_BOUND = 0.8;
/** Statements of one product before those of another follow; measured. */
const MIXED = 5;
/** Columns below this one are folded. */
const FOLDED = LIMBS - 1;
const LAST = 2 * LIMBS - 1;
/** Most moduli that a result is away from 0 before it is settled. */
const MOST_MODULI = 3;

/** A column of products: how far `high` and `low` may be from their start. */
interface Column {
  high: number;
  low: number;
  readonly highBound: number;
  readonly lowBound: number;
  /** The sign of C in `high`. */
  readonly sign: 1 | -1;
}
interface Term {
  readonly a: Code;
  readonly b: Code;
  /** In units of 2^50 for each of the two. */
  readonly bound: number;
}

/** Σ a·b − Σ minus, of which `factors` are one or two. The same list of limbs twice is squared. */
export interface Product {
  readonly into: readonly number[];
  readonly factors: readonly (readonly [Pair, Pair])[];
  readonly minus?: readonly Pair[];
}

/** Code for products in one function. */
export class Products {
  readonly #field: PairField;
  readonly #constants: Constants;
  readonly #sums: Sums;
  readonly #locals: Locals;
  /** Operands, each limb of which is used five times. */
  readonly #operands: (readonly number[])[] = [];
  #used = 0;
  readonly #folds: readonly (readonly number[])[];

  constructor(field: PairField, locals: Locals, sums: Sums) {
    this.#field = field;
    this.#constants = field.constants;
    this.#sums = sums;
    this.#locals = locals;
    const { modulus } = field;
    this.#folds = Array.from({ length: FOLDED }, (_, k) =>
      limbsOf(centred(inverse(1n << BigInt(LIMB_BITS * (FOLDED - k)), modulus), modulus)),
    );
  }

  /**
   * Σ a·b − Σ minus, settled, for each of some results. They must not need each other, but one may
   * replace another's operand. Their instructions are mixed, so that the processor works at one while another waits.
   */
  multiply(products: readonly Product[]): Code {
    this.#sums.reset();
    this.#used = 0;
    const lists = products.map((product) => this.#statements(product));
    const longest = Math.max(...lists.map(({ length }) => length));
    return Array.from({ length: Math.ceil(longest / MIXED) }, (_, i) =>
      lists.flatMap((list) => list.slice(MIXED * i, MIXED * (i + 1))),
    );
  }

  #statements({ into, factors, minus = [] }: Product): Code[] {
    const sums = this.#sums;
    const code: Code[] = [];
    const held = (pair: Pair): Pair => {
      const index = this.#used++;
      const locals = this.#operands[index] ?? this.#locals.several("v128", LIMBS);
      this.#operands[index] = locals;
      code.push(...pair.map((limb, i) => set(at(locals, i), limb)));
      return locals.map(get);
    };
    const rows = factors.map(([a, b]) => {
      const left = held(a);
      if (a === b) return { left, right: left, doubled: held(left.map((limb) => simd.add(limb, limb))) };
      return { left, right: held(b), doubled: null };
    });
    const product = (k: number): Column[] =>
      rows.map(({ left, right, doubled }, row) => {
        const terms: Term[] = [];
        for (let i = Math.max(0, k - LIMBS + 1); i <= Math.min(k, LIMBS - 1); i++) {
          const j = k - i;
          const [first, second] = [i, j].map((place) => (place === LIMBS - 1 ? TOP_BOUND : LIMB_BOUND));
          const bound = (first as number) * (second as number);
          if (doubled === null) terms.push({ a: at(left, i), b: at(right, j), bound });
          else if (i === j) terms.push({ a: at(left, i), b: at(left, i), bound });
          else if (i < j) terms.push({ a: at(left, i), b: at(doubled, j), bound: 2 * bound });
        }
        return this.#column(code, terms, row === 0 ? 1 : -1);
      });
    const folds: Part[] = [];
    let carries: Part[] = [];
    let before: Column[] = [];
    for (let k = 0; k < FOLDED; k++) {
      const columns = product(k);
      const parts = [...columns.map(lowOf), ...this.#carried(before), ...carries];
      const cut = sums.cut(code, parts);
      folds.push(cut.rest);
      carries = cut.carries;
      before = columns;
    }
    const folded = (k: number, last?: Part): Column => {
      const terms = folds.map((part, j) => this.#fixed(part, at(at(this.#folds, j), k - FOLDED)));
      if (last !== undefined) terms.push(this.#fixed(last, at(this.#field.reduction.limbs, k - FOLDED)));
      return this.#column(code, terms, factors.length === 1 ? -1 : 1);
    };
    // Column 4 and its multiple of the modulus.
    const own = product(FOLDED);
    const ownRest = sums.cut(code, [...own.map(lowOf), ...this.#carried(before), ...carries]);
    const four = folded(FOLDED);
    const low = sums.total(code, [ownRest.rest, lowOf(four)]);
    const factor = this.#factor(code, low);
    const cancelled = this.#column(code, [this.#fixed(factor, at(this.#field.reduction.limbs, 0))], four.sign, four);
    // What is left in it is a multiple of 2^51.
    const cleared = sums.total(code, [ownRest.rest, lowOf(cancelled)]);
    carries = [...ownRest.carries, { ...cleared, times: 1 / LIMB, bound: cleared.bound / LIMB }];
    before = [...own, cancelled];
    // The columns of the result.
    const upper: { parts: Part[]; carries: Part[] }[] = [];
    for (let k = LIMBS; k < LAST; k++) {
      const columns = [...product(k), folded(k, factor)];
      const less = minus.map((pair) => negated(at(pair, k - LIMBS)));
      upper.push({ parts: [...columns.map(lowOf), ...this.#carried(before), ...less], carries });
      carries = [];
      before = columns;
    }
    const top = sums.total(code, [...this.#carried(before), ...minus.map((pair) => negated(at(pair, LIMBS - 1)))]);
    const { limbs: modulus, ratio } = this.#field.reduction;
    const times = sums.rounded(code, top, ratio, MOST_MODULI);
    const timed = (i: number): Part => ({
      value: times.value,
      times: -at(modulus, i),
      bound: times.bound * Math.abs(at(modulus, i)),
    });
    let fromBelow: readonly Part[] = [];
    const finish = (i: number, parts: readonly Part[]): void => {
      const limb = sums.total(code, parts);
      if (limb.bound > LIMB_BOUND) throw new RangeError(`a limb of ${limb.bound} units`);
      code.push(set(at(into, i), limb.value));
    };
    upper.forEach(({ parts, carries: given }, i) => {
      const cut = sums.cut(code, parts, timed(i));
      finish(i, [cut.rest, ...fromBelow, ...given]);
      fromBelow = cut.carries;
    });
    // Less its multiple of the modulus, the value is about half of the modulus.
    finish(LIMBS - 1, [{ ...top, bound: 1 / 2 }, { ...timed(LIMBS - 1), bound: 0 }, ...fromBelow]);
    return code;
  }

  /** A limb times a constant. */
  #fixed(part: Part, constant: number): Term {
    return { a: part.value, b: this.#constants.double(constant), bound: (part.bound * Math.abs(constant)) / 2 ** 50 };
  }

  /** Adds up products of limbs, from C on or from another column on. */
  #column(code: Code[], terms: readonly Term[], sign: 1 | -1, from?: Column): Column {
    const sums = this.#sums;
    let [high, low] = [from?.high, from?.low];
    let [highBound, lowBound] = [from?.highBound ?? 0, from?.lowBound ?? 0];
    for (const { a, b, bound } of terms.toSorted((one, other) => one.bound - other.bound)) {
      const was = high === undefined ? this.#constants.double(sign * C) : get(high);
      const next = sums.local();
      code.push(set(next, simd.multiplyAdd(a, b, was)));
      const [grown, rest] = [sums.local(), sums.local()];
      code.push(set(grown, simd.subtract(was, get(next))));
      code.push(set(rest, simd.multiplyAdd(a, b, get(grown))));
      if (low === undefined) low = rest;
      else {
        const sum = sums.local();
        code.push(set(sum, simd.add(get(low), get(rest))));
        low = sum;
      }
      high = next;
      highBound += bound;
      // Above 2^104 doubles are multiples of 2^52, and rests of 2^51.
      lowBound += highBound > MOST_UP ? 2 : 1;
    }
    if (highBound > MOST_DOWN) throw new RangeError(`a column of ${highBound} is too high`);
    return { high: high as number, low: low as number, highBound, lowBound, sign };
  }

  /** The high parts of columns, in the next column. */
  #carried(columns: readonly Column[]): Part[] {
    const scale = this.#constants.double(1 / LIMB);
    const left = [...columns];
    const parts: Part[] = [];
    for (let column = left.shift(); column !== undefined; column = left.shift()) {
      const other = left.findIndex(({ sign }) => sign !== column?.sign);
      if (other < 0) {
        const bound = column.highBound / 2;
        const moved = simd.multiplyAdd(get(column.high), scale, this.#constants.double((-column.sign * C) / LIMB));
        parts.push({ value: moved, bound });
        continue;
      }
      // The two starts cancel.
      const [second] = left.splice(other, 1) as [Column];
      const bound = (column.highBound + second.highBound) / 2;
      parts.push({ value: simd.add(get(column.high), get(second.high)), bound, times: 1 / LIMB });
    }
    return parts;
  }

  /** The factor of the modulus that cancels a column: at most 2^50. */
  #factor(code: Code[], low: Part): Part {
    const sums = this.#sums;
    const { negativeInverse } = this.#field.reduction;
    const bound = (low.bound * Math.abs(negativeInverse)) / 2 ** 50;
    if (bound > MOST_UP) throw new RangeError("the last column is too long");
    const [high, factor] = [sums.local(), sums.local()];
    const times = this.#constants.double(negativeInverse);
    const start = this.#constants.double(C);
    code.push(set(high, simd.multiplyAdd(low.value, times, start)));
    code.push(set(factor, simd.multiplyAdd(low.value, times, simd.subtract(start, get(high)))));
    return { value: get(factor), bound: 1 };
  }
}

const negated = (limb: Code): Part => ({ value: limb, times: -1, bound: LIMB_BOUND });
const lowOf = ({ low, lowBound }: Column): Part => ({ value: get(low), bound: lowBound });
