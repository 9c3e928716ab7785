/** Elements of a prime field in five limbs of 51 bits (see field.ts), and the constants that code over them needs. */
import { type Code, wasm } from "../assembler.ts";
import { inverse, modulo } from "../modular.ts";
import { simd } from "./simd.ts";

export const LIMBS = 5;
export const LIMB_BITS = 51;
export const RADIX = 1n << BigInt(LIMBS * LIMB_BITS);
/** Bytes of an element alone, and of a pair. In a pair, the limbs of the two elements alternate. */
export const ELEMENT = 8 * LIMBS;
export const PAIR = 2 * ELEMENT;
export const MASK = (1n << BigInt(LIMB_BITS)) - 1n;

/** The bits of a double. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Limbs of at most 2^50 either way. The last limb takes the rest. */
export function limbsOf(value: bigint, count = LIMBS): number[] {
  const limbs: number[] = [];
  let rest = value;
  while (limbs.length < count - 1) {
    const limb = BigInt.asIntN(LIMB_BITS, rest);
    limbs.push(Number(limb));
    rest = (rest - limb) >> BigInt(LIMB_BITS);
  }
  return [...limbs, Number(rest)];
}

/** The residue between −1/2 and 1/2 of the modulus. */
export function centred(value: bigint, modulus: bigint): bigint {
  const residue = modulo(value, modulus);
  return 2n * residue > modulus ? residue - modulus : residue;
}

/** Vectors that the code loads from the beginning of memory. As immediates they would be assembled at every use. */
export class Constants {
  readonly #words: bigint[] = [];
  readonly #places = new Map<string, number>();

  /** Loads both lanes, given as 64 bits each. */
  vector(low: bigint, high = low): Code {
    const [a, b] = [BigInt.asUintN(64, low), BigInt.asUintN(64, high)];
    const key = `${a} ${b}`;
    const place = this.#places.get(key) ?? 8 * this.#words.length;
    if (!this.#places.has(key)) {
      this.#places.set(key, place);
      this.#words.push(a, b);
    }
    return simd.load(wasm.i32(0), place);
  }

  double(value: number): Code {
    return this.vector(bitsOf(value));
  }

  /** The address of these words, 16 bytes apart. */
  table(words: readonly bigint[]): { address: number; end: number } {
    const address = 8 * this.#words.length;
    for (const word of words) this.#words.push(word, 0n);
    return { address, end: 8 * this.#words.length };
  }

  bytes(): Uint8Array {
    return new Uint8Array(BigUint64Array.from(this.#words).buffer);
  }
}

/** The data of a modulus for reduction. */
export interface Reduction {
  /** Limbs of the modulus, and of its multiple that is −1 modulo 2^51. */
  readonly limbs: readonly number[];
  readonly direct: readonly number[];
  /** −1 / modulus, modulo 2^51, between −2^50 and 2^50. */
  readonly negativeInverse: number;
  /** 2^204 / modulus: limb 4 times this is the value in moduli, within 2^-40. */
  readonly ratio: number;
}

function reductionBy(modulus: bigint): Reduction {
  const negativeInverse = BigInt.asIntN(LIMB_BITS, -inverse(modulus, 1n << BigInt(LIMB_BITS)));
  return {
    limbs: limbsOf(modulus),
    direct: limbsOf(modulus * negativeInverse, LIMBS + 1),
    negativeInverse: Number(negativeInverse),
    ratio: Number((1n << 360n) / modulus) / 2 ** 156,
  };
}

/** A field, for all functions over it in one module. */
export class PairField {
  readonly modulus: bigint;
  readonly constants: Constants;
  readonly reduction: Reduction;

  constructor(modulus: bigint, constants: Constants) {
    this.modulus = modulus;
    this.constants = constants;
    this.reduction = reductionBy(modulus);
  }
}
