/**
 * Sums of coefficients times wires, two products at a time. Coefficients come as the key has them, c · 2^512 for c. A
 * wire's element is its value a quarter as large as a plain one, so that a product is c · wire · 2^255.
 */
import { type Assembler, wasm } from "../../../../trace/wasm/assembler.ts";
import { codes, PairCode } from "../../../../trace/wasm/pairs/field.ts";
import { type Constants, ELEMENT, PairField } from "../../../../trace/wasm/pairs/limbs.ts";
import { advance, loop } from "../../../../trace/wasm/pairs/loops.ts";
import { simd } from "../../../../trace/wasm/pairs/simd.ts";
import { loadRaw } from "../../../../trace/wasm/pairs/words.ts";
import { FIELD_ORDER, inverse } from "../../../curve/bn254.ts";

const { get, set, add32, i32, load32 } = wasm;
const WORD = 32;

/** Adds the functions. Numbers of steps must be above 0. */
export function addMatrix(module: Assembler, constants: Constants): void {
  const field = new PairField(FIELD_ORDER, constants);

  // (words, out, steps): two values and their elements, one after the other.
  module.add("fr_wires", 3, ([words, out, steps] = [], locals) => {
    const code = new PairCode(field, locals);
    const pair = code.pair();
    return loop(steps as number, [
      loadRaw(code, pair, get(words as number), add32(get(words as number), i32(WORD))),
      // value · 2^253: the product's 2^255 less the coefficient's 2^512, times what a product is divided by.
      code.multiply(pair, [[codes(pair), code.constant(inverse(4n, FIELD_ORDER))]]),
      pair.map((local, i) => [
        simd.storeLane(get(out as number), 8 * i, get(local), 0),
        simd.storeLane(get(out as number), ELEMENT + 8 * i, get(local), 1),
      ]),
      advance([words as number], 2 * WORD),
      advance([out as number], 2 * ELEMENT),
    ]);
  });

  // (terms, out, steps): two products, one after the other. A step's terms are the addresses of two coefficients, and
  // of two elements.
  module.add("fr_terms", 3, ([terms, out, steps] = [], locals) => {
    const code = new PairCode(field, locals);
    const [pair, wires] = [code.pair(), code.pair()];
    const address = (i: number) => load32(get(terms as number), 4 * i);
    const [low, high] = locals.several("i32", 2) as [number, number];
    return loop(steps as number, [
      loadRaw(code, pair, address(0), address(1)),
      set(low, address(2)),
      set(high, address(3)),
      wires.map((local, i) => set(local, simd.loadHigh(get(high), 8 * i, simd.loadLow(get(low), 8 * i)))),
      code.multiply(pair, [[codes(pair), codes(wires)]]),
      pair.map((local, i) => [
        simd.storeLane(get(out as number), 8 * i, get(local), 0),
        simd.storeLane(get(out as number), ELEMENT + 8 * i, get(local), 1),
      ]),
      advance([terms as number], 16),
      advance([out as number], 2 * ELEMENT),
    ]);
  });

  // (rows, products, count): adds each product to the element, a lane of a vector, at its row's address.
  module.add("fr_rows", 3, ([rows, products, count] = [], locals) => {
    const code = new PairCode(field, locals);
    const sum = code.pair();
    const row = locals.one("i32");
    return loop(count as number, [
      set(row, load32(get(rows as number), 0)),
      code.settle(
        sum,
        sum.map((_, i) => simd.add(simd.loadLow(get(row), 16 * i), simd.loadLow(get(products as number), 8 * i))),
      ),
      sum.map((local, i) => simd.storeLane(get(row), 16 * i, get(local), 0)),
      advance([rows as number], 4),
      advance([products as number], ELEMENT),
    ]);
  });
}
