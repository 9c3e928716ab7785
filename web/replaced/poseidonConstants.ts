/**
 * In place of trace/poseidon/constants.ts: the same constants, made as Poseidon's authors make them, by the Grain
 * generator. They are 340 kB of random numbers, which no packing makes smaller, and take a tenth of a second to make.
 */
import { FIELD } from "../../trace/layout.ts";
import { FULL, PARTIAL } from "../../trace/poseidon/memory.ts";

/** Bits of an element. */
const BITS = 254;
const STATE = 80;
const TAPS = [62, 51, 38, 23, 13, 0] as const;
/** Bits that are thrown away at first. */
const WARM_UP = 160;
/** Bits that are made at once: none of them depends on another. */
const WORD = 16;
/** Bits of what the register begins with. */
const WIDTHS = [2, 4, 12, 12, 10, 10];

export function constantsOf(inputs: number): { readonly C: bigint[]; readonly M: bigint[][] } {
  const t = inputs + 1;
  const partial = PARTIAL[inputs - 1] as number;
  const grain = new Grain(t, partial);
  const C = Array.from({ length: t * (FULL + partial) }, () => grain.below(FIELD));
  const points = grain.distinct(2 * t);
  const M = points.slice(0, t).map((x) => points.slice(t).map((y) => x + y));
  return { C, M: inverses(M) };
}

/**
 * A shift register whose output is thinned by itself. It is worked through 16 bits at a time, the first one highest.
 */
class Grain {
  /** The last 80 bits. */
  readonly #words = new Uint16Array(STATE / WORD);
  #oldest = 0;
  /** Thinned bits that are yet to be taken. */
  #ready = 0;
  #count = 0;

  constructor(t: number, partial: number) {
    // A prime field, x to a power, and the sizes.
    const described = [1, 0, BITS, t, FULL, partial].map((value, i) => value.toString(2).padStart(WIDTHS[i] ?? 0, "0"));
    const text = described.join("").padEnd(STATE, "1");
    for (const i of this.#words.keys()) this.#words[i] = Number.parseInt(text.slice(WORD * i, WORD * (i + 1)), 2);
    for (let i = 0; i < WARM_UP; i += WORD) this.#next();
  }

  /** A number below a bound: those that are not are thrown away. */
  below(bound: bigint): bigint {
    for (;;) {
      const value = this.#number();
      if (value < bound) return value;
    }
  }

  /** Elements, all different. */
  distinct(count: number): bigint[] {
    for (;;) {
      const values = Array.from({ length: count }, () => this.#number() % FIELD);
      if (new Set(values).size === count) return values;
    }
  }

  #number(): bigint {
    let digits = "0x";
    for (let left = BITS; left > 0; ) {
      const bits = left % WORD || WORD;
      digits += this.#take(bits)
        .toString(16)
        .padStart(WORD / 4, "0");
      left -= bits;
    }
    return BigInt(digits);
  }

  /** Of each pair of bits, the second, if the first is 1. */
  #take(bits: number): number {
    while (this.#count < bits) {
      const word = this.#next();
      for (let at = WORD - 2; at >= 0; at -= 2) {
        const pair = (word >>> at) & 3;
        if (pair < 2) continue;
        this.#ready = (this.#ready << 1) | (pair & 1);
        this.#count++;
      }
    }
    this.#count -= bits;
    const taken = this.#ready >>> this.#count;
    this.#ready &= (1 << this.#count) - 1;
    return taken;
  }

  #next(): number {
    let made = 0;
    for (let i = 0; i < TAPS.length; i++) made ^= this.#from(TAPS[i] as number);
    this.#words[this.#oldest] = made;
    this.#oldest = (this.#oldest + 1) % this.#words.length;
    return made & 0xffff;
  }

  /** 16 bits from a place on. */
  #from(bit: number): number {
    const word = this.#oldest + (bit >>> 4);
    const here = this.#words[word % this.#words.length] as number;
    const after = this.#words[(word + 1) % this.#words.length] as number;
    return ((here << (bit & 15)) | (after >>> (WORD - (bit & 15)))) & 0xffff;
  }
}

/** The inverse of each, by one inversion for all. */
function inverses(matrix: bigint[][]): bigint[][] {
  const values = matrix.flat().map((value) => value % FIELD);
  const before: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    before.push(product);
    product = (product * value) % FIELD;
  }
  let rest = power(product, FIELD - 2n);
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i] as bigint;
    values[i] = (rest * (before[i] as bigint)) % FIELD;
    rest = (rest * value) % FIELD;
  }
  return matrix.map((row, i) => row.map((_, j) => values[i * row.length + j] as bigint));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; square = (square * square) % FIELD, left >>= 1n)
    if (left & 1n) result = (result * square) % FIELD;
  return result;
}
