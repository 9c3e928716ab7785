/**
 * BN254's scalar field in WebAssembly. An element is nine limbs of 29 bits, 32 bits each in memory, lowest first. It
 * stands for value · 2^261 (Montgomery's form). Only the last limb may be longer: elements are below 3 times the order,
 * not reduced below the order.
 *
 * A sum of products is reduced only once. 64 bits hold 64 products of two limbs. A column of a product has at most nine
 * of them, and its reduction nine more. Five products of elements also fit where limbs of two thirds are added before
 * they are multiplied (3 · 2^60 a column). After five, carries are propagated.
 */
import { FIELD } from "../layout.ts";
import { type Callee, type Code, type Functions, type Locals, wasm } from "../wasm/assembler.ts";
import { ELEMENT, LIMB_BITS, LIMBS, limbsOf, WORD } from "./memory.ts";

const MASK = 2 ** LIMB_BITS - 1;
export const COLUMNS = 2 * LIMBS;
/** Products of elements that are summed up before carries are propagated. */
const ROOM = 5;
const MODULUS = limbsOf(FIELD);
/** −1 / order modulo 2^29: the order is 1 + 2^28 modulo 2^29. */
const NEGATIVE_INVERSE = 2 ** 28 - 1;

const { get, set, i32, i64, add, mul, and, or, shiftLeft, shiftRight, loadLimb, storeLimb } = wasm;
const sum = (terms: readonly Code[]): Code => terms.reduce((a, b) => add(a, b));
const limb = (value: Code): Code => and(value, i64(MASK));
const carry = (value: Code): Code => shiftRight(value, i64(LIMB_BITS));

/** Loads an element's limbs. */
export function load(limbs: readonly number[], at: number): Code {
  return limbs.map((local, i) => set(local, loadLimb(get(at), 4 * i)));
}

/** `bits` bits of the 256-bit number at an address, from `bit` on. Bits beyond the number are 0. */
export function bitsFrom(at: Code, bit: number, bits: number): Code {
  const [word, from] = [Math.floor(bit / 64), bit % 64];
  const low = shiftRight(wasm.loadI64(at, 8 * word), i64(from));
  const across = from + bits > 64 && word < WORD / 8 - 1;
  const high = shiftLeft(wasm.loadI64(at, 8 * word + 8), i64(64 - from));
  return and(across ? or(low, high) : low, i64(2 ** bits - 1));
}

/** Stores limbs of `bits` bits each as a number of 256 bits. */
export function storePacked(limbs: readonly Code[], bits: number, at: Code): Code {
  return Array.from({ length: WORD / 8 }, (_, word) => {
    const parts = limbs.flatMap((value, i): Code[] => {
      const shift = bits * i - 64 * word;
      if (shift <= -bits || shift >= 64) return [];
      return [shift < 0 ? shiftRight(value, i64(-shift)) : shiftLeft(value, i64(shift))];
    });
    return wasm.storeI64(
      at,
      8 * word,
      parts.reduce((a, b) => or(a, b)),
    );
  });
}

/** Moves each column's bits above 29 to the next column, up to the last. */
export function propagate(columns: readonly number[]): Code {
  return columns
    .slice(0, -1)
    .map((column, i) => [
      set(columns[i + 1] as number, add(get(columns[i + 1] as number), carry(get(column)))),
      set(column, limb(get(column))),
    ]);
}

/**
 * Divides 18 columns by 2^261 modulo the order. The result is in columns 9 to 17, whose carries are not yet propagated.
 */
export function reduce(columns: readonly number[], factor: number): Code {
  const column = (i: number): number => columns[i] as number;
  const modulus = (i: number): Code => i64(MODULUS[i] as number);
  const code: Code[] = [];
  for (let i = 0; i < LIMBS; i++) {
    code.push(set(factor, limb(mul(get(column(i)), i64(NEGATIVE_INVERSE)))));
    const rest = carry(add(get(column(i)), mul(get(factor), modulus(0))));
    code.push(set(column(i + 1), sum([get(column(i + 1)), mul(get(factor), modulus(1)), rest])));
    for (let j = 2; j < LIMBS; j++) {
      code.push(set(column(i + j), add(get(column(i + j)), mul(get(factor), modulus(j)))));
    }
  }
  return code;
}

/** Divides 18 columns by 2^261 modulo the order, and stores the result. */
function reduceTo(out: number, columns: readonly number[], factor: number): Code {
  const column = (i: number): number => columns[i] as number;
  const code: Code[] = [reduce(columns, factor)];
  for (let i = LIMBS; i < COLUMNS - 1; i++) {
    code.push(storeLimb(get(out), 4 * (i - LIMBS), limb(get(column(i)))));
    code.push(set(column(i + 1), add(get(column(i + 1)), carry(get(column(i))))));
  }
  code.push(storeLimb(get(out), ELEMENT - 4, get(column(COLUMNS - 1))));
  return code;
}

/** Column k of the product of two elements. */
export function productColumn(a: readonly number[], b: readonly number[], k: number): Code {
  const terms: Code[] = [];
  for (let i = Math.max(0, k - b.length + 1); i <= Math.min(k, a.length - 1); i++) {
    terms.push(mul(get(a[i] as number), get(b[k - i] as number)));
  }
  return sum(terms);
}

/**
 * Sums of products multiply by thirds (Karatsuba). With a = a0 + a1 z + a2 z^2 and b likewise, six products of thirds
 * or of sums of two of them take 54 products of limbs in place of 81. Combining them is linear, so it is done once for
 * several terms.
 */
const THIRD = LIMBS / 3;
const BLOCKS = [[0], [1], [2], [0, 1], [0, 2], [1, 2]];

/** Adds the product of a sum of thirds of x with the same sum of thirds of y to the five columns of a block. */
function addBlock(
  block: readonly number[],
  thirds: readonly number[],
  x: readonly number[],
  y: readonly number[],
  locals: Locals,
): Code {
  const sums = (limbs: readonly number[], code: Code[]): number[] =>
    Array.from({ length: THIRD }, (_, i) => {
      const parts = thirds.map((third) => limbs[THIRD * third + i] as number);
      if (parts.length === 1) return parts[0] as number;
      const local = locals.one("i64");
      code.push(set(local, sum(parts.map(get))));
      return local;
    });
  const code: Code[] = [];
  const [left, right] = [sums(x, code), sums(y, code)];
  return [code, block.map((column, k) => set(column, add(get(column), productColumn(left, right, k))))];
}

/** Adds the blocks' values to the columns. */
function collect(blocks: readonly (readonly number[])[], columns: readonly number[]): Code {
  const coefficients = [
    [1, 0, 0, 0, 0, 0],
    [-1, -1, 0, 1, 0, 0],
    [-1, 1, -1, 0, 1, 0],
    [0, -1, -1, 0, 0, 1],
    [0, 0, 1, 0, 0, 0],
  ];
  return coefficients.map((row, shift) =>
    Array.from({ length: 2 * THIRD - 1 }, (_, k) => {
      const column = columns[THIRD * shift + k] as number;
      return row.flatMap((sign, i) => {
        if (sign === 0) return [];
        const value = get((blocks[i] as number[])[k] as number);
        return [set(column, (sign > 0 ? add : wasm.subtract)(get(column), value))];
      });
    }),
  );
}

/** The functions on elements. All arguments are addresses, except for counts. */
export interface Arithmetic {
  /** (a, b, out): the product. */
  multiply: Callee;
  /** (a, out): the square. */
  square: Callee;
  /**
   * (start, a, b, n, c, d, m, out): start + the sum of n products of a's and b's elements and m of c's and d's; n > 0.
   */
  dot: Callee;
  /** (words, out): limbs of a word, as they are. */
  unpack: Callee;
  /** (element, words): the limbs of an element, as a word. */
  pack: Callee;
}

export function addArithmetic(module: Functions): Arithmetic {
  const multiply = module.add("multiply", 3, ([a, b, out], locals) => {
    const [x, y, columns] = operands(locals);
    return [
      load(x, a as number),
      load(y, b as number),
      columns.slice(0, -1).map((column, k) => set(column, productColumn(x, y, k))),
      reduceTo(out as number, columns, locals.one("i64")),
    ];
  });

  const square = module.add("square", 2, ([a, out], locals) => {
    const [x, twice, columns] = operands(locals);
    const column = (k: number): Code => {
      const terms: Code[] = k % 2 === 0 ? [mul(get(x[k / 2] as number), get(x[k / 2] as number))] : [];
      for (let i = Math.max(0, k - LIMBS + 1); 2 * i < k; i++) {
        terms.push(mul(get(twice[i] as number), get(x[k - i] as number)));
      }
      return sum(terms);
    };
    return [
      load(x, a as number),
      twice.map((local, i) => set(local, add(get(x[i] as number), get(x[i] as number)))),
      columns.slice(0, -1).map((local, k) => set(local, column(k))),
      reduceTo(out as number, columns, locals.one("i64")),
    ];
  });

  const dot = module.add("dot", 8, (parameters, locals) => {
    const [start, a, b, n, c, d, m, out] = parameters as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [x, y, columns] = operands(locals);
    const blocks = BLOCKS.map(() => locals.several("i64", 2 * THIRD - 1));
    const room = locals.one("i32");
    const advance = (pointer: number): Code => set(pointer, wasm.add32(get(pointer), i32(ELEMENT)));
    return [
      load(columns.slice(0, LIMBS), start),
      set(room, i32(ROOM)),
      wasm.repeat(
        [
          wasm.when(wasm.equalsZero(get(room)), [
            collect(blocks, columns),
            blocks.flat().map((column) => set(column, i64(0))),
            propagate(columns),
            set(room, i32(ROOM)),
          ]),
          load(x, a),
          load(y, b),
          BLOCKS.map((thirds, i) => addBlock(blocks[i] as number[], thirds, x, y, locals)),
          advance(a),
          advance(b),
          set(room, wasm.sub32(get(room), i32(1))),
          set(n, wasm.sub32(get(n), i32(1))),
          wasm.when(wasm.equalsZero(get(n)), [set(a, get(c)), set(b, get(d)), set(n, get(m)), set(m, i32(0))]),
        ],
        get(n),
      ),
      collect(blocks, columns),
      reduceTo(out, columns, locals.one("i64")),
    ];
  });

  const unpack = module.add("unpack", 2, ([words, out]) =>
    Array.from({ length: LIMBS }, (_, i) =>
      storeLimb(get(out as number), 4 * i, bitsFrom(get(words as number), LIMB_BITS * i, LIMB_BITS)),
    ),
  );

  const pack = module.add("pack", 2, ([element, words]) => {
    const limbs = Array.from({ length: LIMBS }, (_, i) => loadLimb(get(element as number), 4 * i));
    return storePacked(limbs, LIMB_BITS, get(words as number));
  });

  return { multiply, square, dot, unpack, pack };
}

function operands(locals: Locals): [number[], number[], number[]] {
  return [locals.several("i64", LIMBS), locals.several("i64", LIMBS), locals.several("i64", COLUMNS)];
}
