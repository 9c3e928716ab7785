/**
 * The permutations that there are: one in integers, for all numbers of inputs; and where the processor can do it, a
 * faster one in pairs of doubles for some. They give the same.
 */
import { isExact } from "../wasm/pairs/exact.ts";
import { MAX_INPUTS, MEMORY, WORD } from "./memory.ts";
import { moduleBytes, pairModuleBytes } from "./module.ts";
import { PAIR_MEMORY, PAIRED, permuteName } from "./pairs/memory.ts";

/** A permutation for one number of inputs. */
export interface Permutation {
  /** The lanes before and after it, 256 bits each, lowest first. */
  readonly words: BigUint64Array;
  /** Permutes one word more than there are inputs, and leaves the first `outs` lanes in their place. */
  readonly permute: (outs: number) => void;
}

type Run = (...args: number[]) => void;

/** By number of inputs. */
const made = new Map<number, Permutation>();
let scalar: WebAssembly.Exports | undefined;

/** The permutation for 1 to 16 inputs that is used here. */
export function permutationOf(inputs: number): Permutation {
  const known = made.get(inputs);
  if (known !== undefined) return known;
  for (const each of PAIRED.includes(inputs) && isExact() ? inPairs() : [inIntegers(inputs)]) {
    made.set(each.inputs, each);
  }
  return made.get(inputs) as Permutation;
}

/** In integers. */
export function inIntegers(inputs: number): Permutation & { inputs: number } {
  scalar ??= instance(moduleBytes());
  const permute = scalar.permute as Run;
  return { inputs, words: wordsOf(scalar, MEMORY.words), permute: (outs) => permute(inputs, outs) };
}

/** In pairs, for those numbers of inputs that have it. */
function inPairs(): (Permutation & { inputs: number })[] {
  const exports = instance(pairModuleBytes());
  const words = wordsOf(exports, PAIR_MEMORY.words);
  return PAIRED.map((inputs) => ({ inputs, words, permute: exports[permuteName(inputs)] as Run }));
}

const instance = (bytes: Uint8Array<ArrayBuffer>): WebAssembly.Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;

const wordsOf = ({ memory }: WebAssembly.Exports, at: number): BigUint64Array =>
  new BigUint64Array((memory as WebAssembly.Memory).buffer, at, ((MAX_INPUTS + 1) * WORD) / 8);
