/**
 * The layout shared by the WebAssembly, its tables and its caller: numbers of rounds, the form of elements, addresses.
 */

export const FULL = 8;
/** Partial rounds by number of inputs, from 1. */
export const PARTIAL = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
export const MAX_INPUTS = PARTIAL.length;

/** Limbs of an element, lowest first, 32 bits each in memory; an element stands for value · 2^261. */
export const LIMBS = 9;
export const LIMB_BITS = 29;
export const RADIX = 1n << BigInt(LIMBS * LIMB_BITS);
/** Bytes of an element. */
export const ELEMENT = 4 * LIMBS;
/** Bytes of a word outside: 256 bits, lowest byte first. */
export const WORD = 32;
/** Pages of 64 KiB: the tables of all numbers of inputs fit. */
export const PAGES = 8;

/** Limbs of a number below 2^261. */
export function limbsOf(value: bigint): number[] {
  const mask = (1n << BigInt(LIMB_BITS)) - 1n;
  return Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(LIMB_BITS * i)) & mask));
}

const MAX_LANES = MAX_INPUTS + 1;
const MAX_PARTIAL = Math.max(...PARTIAL);

let end = 0;
const place = (bytes: number): number => {
  const at = end;
  end += Math.ceil(bytes / 8) * 8;
  return at;
};

/** Addresses of the parts that do not depend on the number of inputs, in a memory of its own. */
export const MEMORY = {
  /** Addresses of the tables, 32 bits each, by number of inputs. */
  directory: place(4 * (MAX_INPUTS + 1)),
  /** Words in and out: the lanes before and after. */
  words: place(MAX_LANES * WORD),
  zero: place(ELEMENT),
  /** The number 1, not as an element: a product with it removes the factor 2^261. */
  plainOne: place(ELEMENT),
  /** 2^261: the number 1 as an element. */
  one: place(ELEMENT),
  /** 2^522: a product with it turns a number into an element. */
  square: place(ELEMENT),
  scratch: place(ELEMENT),
  lanes: place(MAX_LANES * ELEMENT),
  others: place(MAX_LANES * ELEMENT),
  /** y(0) up to y(partial), and their fifth powers. */
  y: place((MAX_PARTIAL + 1) * ELEMENT),
  x: place((MAX_PARTIAL + 1) * ELEMENT),
  /** Start of the tables. */
  tables: end,
} as const;

/** The same addresses for a memory that begins elsewhere. */
export type Places = { readonly [name in keyof typeof MEMORY]: number };
export const placesFrom = (base: number): Places =>
  Object.fromEntries(Object.entries(MEMORY).map(([name, address]) => [name, base + address])) as Places;

/**
 * A table: the permutation's data for t lanes, n = t − 1 inputs. It begins with the addresses of its parts, in this
 * order. Starts are the initial constants of sums of products: value · 2^522.
 */
export const PARTS = [
  /** 9 t starts: constants of rounds 0 to 3, of the results of `enter`, of the last three rounds, and zeros. */
  "starts",
  /** t × t, by rows. */
  "mix",
  /** t × t: gives y(0), and then the contributions of the state before the partial rounds to y(1) to y(n). */
  "enter",
  /** t factors of x(0) to x(k) in y(k+1), for k < n: the last k + 1 of them. */
  "early",
  /** n factors of the last y, and t of the last x. */
  "factorsOfY",
  "factorsOfX",
  /** One start for each partial round. */
  "partialStarts",
  /** n starts, n × n factors of the last y, n × n factors of the last x: lanes 1 to n after the partial rounds. */
  "leaveStarts",
  "leaveY",
  "leaveX",
] as const;
export type MemoryPart = (typeof PARTS)[number];
/** Bytes in front of the parts: t, partial rounds, addresses. */
export const HEADER = 4 * (2 + PARTS.length);
