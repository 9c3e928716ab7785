/** Scalars cut into signed digits, for sums of multiples of points. */
import { FIELD_ORDER } from "../../curve/bn254.ts";

const WORDS = 8;
/** One word more than a scalar has, so that the last digit may be read across its end. */
const STRIDE = WORDS + 1;
/** Bits of the shorter of a scalar below the field order and its negative. */
const LONGEST = 253;
/** Windows wider than this need more memory than they save time. */
const WIDEST = 16;

/**
 * Cost of a bucket and a line of buckets after the points are in them, in affine additions. A line's additions are
 * Jacobian.
 */
const PER_BUCKET = 2;
const PER_LINE = 16;
/** Cost of visiting a bucket that stays empty, in the same unit. */
const PER_SLOT = 0.05;
/** Cost of a window that has points at all: the inversions of its levels. */
const PER_WINDOW = 1000;

const ORDER = Uint32Array.from({ length: WORDS }, (_, i) => Number((FIELD_ORDER >> BigInt(32 * i)) & 0xffffffffn));
/** Above this highest word a scalar exceeds half the field order, so its negative is shorter. */
const HALF_TOP = (ORDER[WORDS - 1] as number) >>> 1;

/** The nonzero scalars, each with its point. */
export class Digits {
  /** References of the points (see groupBy.ts), negated where the scalar was replaced by its negative. */
  readonly references: Uint32Array;
  /** Bits of a digit. A digit lies between −2^(bits−1) and 2^(bits−1). */
  readonly bits: number;
  /** Estimated number of additions for each digit's window, the lowest digit first. */
  readonly costs: readonly number[];
  readonly #words: Uint32Array;

  /**
   * @param scalars eight 32-bit words each, little-endian, below the field order
   * @param reference the reference of the i-th scalar's point; 0 to leave it out
   */
  constructor(scalars: Uint32Array, reference: (i: number) => number) {
    const count = scalars.length / WORDS;
    const references = new Uint32Array(count);
    const words = new Uint32Array(count * STRIDE);
    // Number of scalars of each bit length.
    const lengths = new Uint32Array(LONGEST + 1);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const length = bitLength(scalars, WORDS * i);
      if (length === 0) continue;
      const point = reference(i);
      if (point === 0) continue;
      const at = kept * STRIDE;
      const negate = (scalars[WORDS * i + WORDS - 1] as number) > HALF_TOP;
      if (negate) subtractFromOrder(scalars, WORDS * i, words, at);
      else for (let w = 0; w < WORDS; w++) words[at + w] = scalars[WORDS * i + w] as number;
      const shorter = negate ? bitLength(words, at) : length;
      lengths[shorter] = (lengths[shorter] as number) + 1;
      references[kept] = negate ? point ^ 1 : point;
      kept++;
    }
    this.references = references.subarray(0, kept);
    const best = cheapest(lengths);
    this.bits = best.bits;
    this.costs = best.costs;
    this.#words = words;
    this.#addBias(kept);
  }

  /** The digits of one window, in the order of `references`. */
  window(index: number, into: Int32Array): void {
    const { bits, costs } = this;
    const words = this.#words;
    const half = index === costs.length - 1 ? 0 : 2 ** (bits - 1);
    const mask = 2 ** bits - 1;
    const first = (index * bits) >> 5;
    const shift = (index * bits) & 31;
    for (let i = 0; i < this.references.length; i++) {
      const at = i * STRIDE + first;
      let value = (words[at] as number) >>> shift;
      if (shift + bits > 32) value |= (words[at + 1] as number) << (32 - shift);
      into[i] = (value & mask) - half;
    }
  }

  /**
   * Adds half a window to every window but the last. A digit is then its window's content minus that half. No digit
   * depends on the carry of the one below it, so any window can be read by itself.
   */
  #addBias(count: number): void {
    const bias = new Uint32Array(WORDS);
    for (let window = 0; window < this.costs.length - 1; window++) {
      const bit = window * this.bits + this.bits - 1;
      bias[bit >> 5] = (bias[bit >> 5] as number) | (1 << (bit & 31));
    }
    const words = this.#words;
    for (let i = 0; i < count; i++) {
      let carry = 0;
      for (let w = 0; w < WORDS; w++) {
        const sum = (words[i * STRIDE + w] as number) + (bias[w] as number) + carry;
        words[i * STRIDE + w] = sum;
        carry = sum > 0xffffffff ? 1 : 0;
      }
    }
  }
}

/** Bits of the number at word `at`; 0 for zero. */
function bitLength(words: Uint32Array, at: number): number {
  for (let w = WORDS - 1; w >= 0; w--) {
    const word = words[at + w] as number;
    if (word !== 0) return 32 * (w + 1) - Math.clz32(word);
  }
  return 0;
}

function subtractFromOrder(from: Uint32Array, at: number, into: Uint32Array, to: number): void {
  let borrow = 0;
  for (let w = 0; w < WORDS; w++) {
    const difference = (ORDER[w] as number) - (from[at + w] as number) - borrow;
    into[to + w] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
}

/** The width of digits that minimises the cost of points and buckets, for scalars of these lengths. */
function cheapest(lengths: Uint32Array): { bits: number; costs: number[] } {
  // Number of scalars longer than each bit length.
  const longer = new Uint32Array(LONGEST + 1);
  for (let i = LONGEST - 1; i >= 0; i--) longer[i] = (longer[i + 1] as number) + (lengths[i + 1] as number);
  let best = { bits: 0, costs: [] as number[], total: Number.POSITIVE_INFINITY };
  for (let bits = 2; bits <= WIDEST; bits++) {
    // One bit more than the scalars have, for the sign.
    const windows = Math.ceil((LONGEST + 1) / bits);
    const lines = 2 ** Math.ceil(bits / 2);
    const costs = Array.from({ length: windows }, (_, window) => {
      const points = longer[window * bits] as number;
      if (points === 0) return 0;
      const buckets = Math.min(2 ** (bits - 1), points);
      return PER_WINDOW + points + PER_BUCKET * buckets + PER_LINE * lines + PER_SLOT * 2 ** (bits - 1);
    });
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    if (total < best.total) best = { bits, costs, total };
  }
  return best;
}
