/** Scalars cut into signed digits, for sums of multiples of points. */
import { FIELD_ORDER } from "../../curve/bn254.ts";

const WORDS = 8;
/** Bits of the shorter of a scalar below the field order and its negative. */
const LONGEST = 253;
/** Wider windows have more buckets than a core's cache holds. Waiting for them costs more than they save: measured. */
const WIDEST = 14;

/**
 * Cost of a bucket and a line of buckets after the points are in them, in affine additions. A line's additions are
 * Jacobian.
 */
const PER_BUCKET = 2;
const PER_LINE = 16;
/** Cost of visiting a bucket that stays empty, in the same unit. */
const PER_SLOT = 0.05;
/** Cost of a window that has points at all: the inversions of batches that are not full. */
const PER_WINDOW = 1000;

const ORDER = Uint32Array.from({ length: WORDS }, (_, i) => Number((FIELD_ORDER >> BigInt(32 * i)) & 0xffffffffn));
/** Above this highest word a scalar exceeds half the field order, so its negative is shorter. */
const HALF_TOP = (ORDER[WORDS - 1] as number) >>> 1;

/** Some bits of all scalars. */
export interface Window {
  readonly start: number;
  readonly bits: number;
  /** Estimated number of additions. */
  readonly cost: number;
}

/** The nonzero scalars, each with its point. */
export class Digits {
  /** References of the points (see groupBy.ts), negated where the scalar is replaced by its negative. */
  readonly references: Uint32Array;
  /**
   * The windows, the lowest first. A window of `bits` bits, from the bit `start` on, has digits between −2^(bits−1) and
   * 2^(bits−1).
   */
  readonly windows: readonly Window[];
  readonly #scalars: Uint32Array;
  /** Which scalars have references. */
  readonly #kept: Uint32Array;

  /**
   * @param scalars eight 32-bit words each, little-endian, below the field order
   * @param reference the reference of the i-th scalar's point; 0 to leave it out
   */
  constructor(scalars: Uint32Array, reference: (i: number) => number) {
    const count = scalars.length / WORDS;
    const references = new Uint32Array(count);
    const indices = new Uint32Array(count);
    const negative = new Uint32Array(WORDS);
    // Number of scalars of each bit length.
    const lengths = new Uint32Array(LONGEST + 1);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const length = bitLength(scalars, WORDS * i);
      if (length === 0) continue;
      const point = reference(i);
      if (point === 0) continue;
      const negate = isLong(scalars, WORDS * i);
      if (negate) subtractFromOrder(scalars, WORDS * i, negative);
      const shorter = negate ? bitLength(negative, 0) : length;
      lengths[shorter] = (lengths[shorter] as number) + 1;
      references[kept] = negate ? point ^ 1 : point;
      indices[kept++] = i;
    }
    this.references = references.subarray(0, kept);
    this.#kept = indices.subarray(0, kept);
    this.#scalars = scalars;
    this.windows = cheapest(lengths);
  }

  /**
   * The digits of some windows, from `first` to below `end`: those of each window one after the other, in the order of
   * `references`.
   */
  between(first: number, end: number): Int16Array {
    const windows = this.windows.slice(first, end).map(({ start, bits }) => {
      const half = start + bits === LONGEST + 1 ? 0 : 2 ** (bits - 1);
      return { word: start >> 5, shift: start & 31, across: (start & 31) + bits > 32, mask: 2 ** bits - 1, half };
    });
    const [scalars, kept] = [this.#scalars, this.#kept];
    const digits = new Int16Array(windows.length * kept.length);
    const bias = this.#bias();
    // One word more than a scalar has: the last digit may be read across its end.
    const words = new Uint32Array(WORDS + 1);
    for (let k = 0; k < kept.length; k++) {
      const at = WORDS * (kept[k] as number);
      const negate = isLong(scalars, at);
      if (negate) subtractFromOrder(scalars, at, words);
      let carry = 0;
      for (let w = 0; w < WORDS; w++) {
        const sum = ((negate ? words[w] : scalars[at + w]) as number) + (bias[w] as number) + carry;
        words[w] = sum;
        carry = sum > 0xffffffff ? 1 : 0;
      }
      let place = k;
      for (const { word, shift, across, mask, half } of windows) {
        let value = (words[word] as number) >>> shift;
        if (across) value |= (words[word + 1] as number) << (32 - shift);
        digits[place] = (value & mask) - half;
        place += kept.length;
      }
    }
    return digits;
  }

  /**
   * Half a window for every window but the last. It is added to the scalars. A digit is then its window's content minus
   * that half. No digit depends on the carry of the one below it, so any window can be read by itself.
   */
  #bias(): Uint32Array {
    const bias = new Uint32Array(WORDS);
    for (const { start } of this.windows.slice(1)) {
      const bit = start - 1;
      bias[bit >> 5] = (bias[bit >> 5] as number) | (1 << (bit & 31));
    }
    return bias;
  }
}

/** Whether a scalar's negative is shorter. */
const isLong = (words: Uint32Array, at: number): boolean => (words[at + WORDS - 1] as number) > HALF_TOP;

/** Bits of the number at word `at`; 0 for zero. */
function bitLength(words: Uint32Array, at: number): number {
  for (let w = WORDS - 1; w >= 0; w--) {
    const word = words[at + w] as number;
    if (word !== 0) return 32 * (w + 1) - Math.clz32(word);
  }
  return 0;
}

function subtractFromOrder(from: Uint32Array, at: number, into: Uint32Array): void {
  let borrow = 0;
  for (let w = 0; w < WORDS; w++) {
    const difference = (ORDER[w] as number) - (from[at + w] as number) - borrow;
    into[w] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
}

/** The windows that minimise the cost of points and buckets, for scalars of these lengths: all of about one width. */
function cheapest(lengths: Uint32Array): Window[] {
  // Number of scalars longer than each bit length.
  const longer = new Uint32Array(LONGEST + 1);
  for (let i = LONGEST - 1; i >= 0; i--) longer[i] = (longer[i + 1] as number) + (lengths[i + 1] as number);
  // One bit more than the scalars have, for the sign.
  const all = LONGEST + 1;
  let best: { windows: Window[]; total: number } = { windows: [], total: Number.POSITIVE_INFINITY };
  for (let count = Math.ceil(all / WIDEST); count <= all / 2; count++) {
    const starts = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * all) / count));
    const windows = starts.slice(0, -1).map((start, i): Window => {
      const bits = (starts[i + 1] as number) - start;
      const points = longer[start] as number;
      if (points === 0) return { start, bits, cost: 0 };
      const buckets = Math.min(2 ** (bits - 1), points);
      const lines = 2 ** Math.ceil(bits / 2);
      const cost = PER_WINDOW + points + PER_BUCKET * buckets + PER_LINE * lines + PER_SLOT * 2 ** (bits - 1);
      return { start, bits, cost };
    });
    const total = windows.reduce((sum, { cost }) => sum + cost, 0);
    if (total < best.total) best = { windows, total };
  }
  return best.windows;
}
