/** The memory of the permutation in pairs: what its caller and its assembler share. */
import { ELEMENT, PAIR } from "../../wasm/pairs/limbs.ts";
import { MAX_INPUTS, PARTIAL, WORD } from "../memory.ts";

/** Numbers of inputs with tables: those of a log's digest, of a record's leaf, and of a node. Others are rare. */
export const PAIRED: readonly number[] = [4, 13, MAX_INPUTS];

/** Pages of 64 KiB. */
export const PAGES = 4;
/** Bytes for the constants of the code, at the beginning of the memory. */
export const CONSTANTS = 4_096;
/** Lanes and one more, which fills the last pair. */
const LANES = MAX_INPUTS + 2;

let end = CONSTANTS;
const place = (bytes: number): number => {
  const at = end;
  end += bytes;
  return at;
};

export const PAIR_MEMORY = {
  /** The lanes before and after, as words. */
  words: place(LANES * WORD),
  /** The lanes one after the other. */
  lanes: place(LANES * ELEMENT),
  others: place(LANES * ELEMENT),
  /** Pairs of y(k) and x(k) = y(k)^5, up to the last partial round. */
  history: place((Math.max(...PARTIAL) + 1) * PAIR),
  tables: end,
} as const;

/** The name of the function that permutes, by its number of inputs. */
export const permuteName = (inputs: number): string => `permute${inputs}`;
