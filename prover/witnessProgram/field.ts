/**
 * Faster bodies for the compiler's field functions that take most of a witness's time. Each has the same result as the
 * function it replaces. Numbers are 32 bytes, lowest first, below the order. Results may be written over operands.
 */
import { COLUMNS, productColumn } from "../../trace/poseidon/arithmetic.ts";
import { LIMBS } from "../../trace/poseidon/memory.ts";
import { type Body, wasm } from "../../trace/wasm/assembler.ts";
import { EXTRA_BITS, loadWords, storeReduced } from "./words.ts";

const { get, set, i64 } = wasm;

/**
 * (x, y, r): r = x · y / 2^256, the product of two in Montgomery's form. x · 2^5 · y / 2^261 is below 1.2 times the
 * order.
 */
export const multiply: Body = ([x, y, r], locals) => {
  const [a, b] = [locals.several("i64", LIMBS), locals.several("i64", LIMBS)];
  const columns = locals.several("i64", COLUMNS);
  return [
    loadWords(a, get(x as number), EXTRA_BITS),
    loadWords(b, get(y as number), 0),
    columns.slice(0, -1).map((column, k) => set(column, productColumn(a, b, k))),
    storeReduced(columns, get(r as number), locals),
  ];
};

/** (x, r): r = x / 2^256, out of Montgomery's form. */
export const fromMontgomery: Body = ([x, r], locals) => {
  const columns = locals.several("i64", COLUMNS);
  return [
    loadWords(columns.slice(0, LIMBS), get(x as number), EXTRA_BITS),
    columns.slice(LIMBS).map((column) => set(column, i64(0))),
    storeReduced(columns, get(r as number), locals),
  ];
};
