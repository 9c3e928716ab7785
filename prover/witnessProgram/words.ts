/**
 * Converts 256-bit numbers from the compiler's form, four words of 64 bits, to nine limbs of 29 bits and back. With
 * such limbs a sum of products needs no carries (trace/poseidon/arithmetic.ts).
 */
import { bitsFrom, COLUMNS, propagate, reduce, storePacked } from "../../trace/poseidon/arithmetic.ts";
import { LIMB_BITS, LIMBS, limbsOf, RADIX } from "../../trace/poseidon/memory.ts";
import { type Code, type Locals, wasm } from "../../trace/wasm/assembler.ts";
import { FIELD_ORDER } from "../curve/bn254.ts";

const { get, set, i64, add, subtract, and, shiftLeft, shiftRightSigned, loadI64 } = wasm;
const MASK = 2 ** LIMB_BITS - 1;
const ORDER = limbsOf(FIELD_ORDER);
const TOP = LIMBS - 1;
/** Montgomery's form is value · 2^256 here, but reducing divides by 2^261. */
export const EXTRA_BITS = Math.log2(Number(RADIX >> 256n));

/**
 * The limbs of the number at an address, times 2^shift. The result must fit: shift is at most 5 for numbers below
 * 2^256.
 */
export function loadWords(limbs: readonly number[], at: Code, shift: number): Code {
  return limbs.map((local, i) => {
    const bit = LIMB_BITS * i - shift;
    if (bit < 0) return set(local, and(shiftLeft(loadI64(at, 0), i64(-bit)), i64(MASK)));
    return set(local, bitsFrom(at, bit, LIMB_BITS));
  });
}

/** Stores limbs of less than 2^29, except the last, as a residue. The number must be below twice the order. */
function storeResidue(limbs: readonly number[], at: Code, locals: Locals): Code {
  const less = locals.several("i64", LIMBS);
  const limb = (list: readonly number[], i: number): Code => get(list[i] as number);
  const order = (i: number): Code => i64(ORDER[i] as number);
  return [
    // The number rarely reaches the order, and cannot if its last limb is smaller.
    wasm.when(
      wasm.less(limb(limbs, TOP), order(TOP)),
      [],
      [
        less.map((local, i) => {
          const difference = subtract(limb(limbs, i), order(i));
          if (i === 0) return set(local, difference);
          const before = less[i - 1] as number;
          return [
            set(local, add(difference, shiftRightSigned(get(before), i64(LIMB_BITS)))),
            set(before, and(get(before), i64(MASK))),
          ];
        }),
        wasm.when(
          wasm.lessSigned(limb(less, TOP), i64(0)),
          [],
          limbs.map((local, i) => set(local, limb(less, i))),
        ),
      ],
    ),
    storePacked(limbs.map(get), LIMB_BITS, at),
  ];
}

/** Divides the number in 18 columns by 2^261 and stores the residue. The number must be below 2^261 times the order. */
export function storeReduced(columns: readonly number[], at: Code, locals: Locals): Code {
  const upper = columns.slice(COLUMNS - LIMBS);
  return [reduce(columns, locals.one("i64")), propagate(upper), storeResidue(upper, at, locals)];
}
