/**
 * Fourier transforms over the scalar field, two lanes at a time: step i holds elements i and i + n/2. Cutting
 * polynomials into halves turns values at the powers of a root into coefficients in bit-reversed order. Joining the
 * halves turns them into values again. So nothing needs reordering, and each block has one factor: the powers of the
 * root in bit-reversed order, one after the other.
 *
 * Everything in memory is settled. Factors are at most 1.02 moduli on one side, 0.51 on the other. The largest result
 * before settling is a·b − c, 0.378 · 0.51² + 0.5 + 0.51 = 1.11.
 */
import { type Assembler, type Code, type Locals, wasm } from "../../../../trace/wasm/assembler.ts";
import { codes, type Pair, PairCode } from "../../../../trace/wasm/pairs/field.ts";
import { type Constants, ELEMENT, PAIR, PairField } from "../../../../trace/wasm/pairs/limbs.ts";
import { advance, loop } from "../../../../trace/wasm/pairs/loops.ts";
import { simd } from "../../../../trace/wasm/pairs/simd.ts";
import { loadWords, storeWords } from "../../../../trace/wasm/pairs/words.ts";
import { FIELD_ORDER } from "../../../curve/bn254.ts";

const { get, set, i32, add32 } = wasm;
const zip = (a: Pair, b: Pair, operation: (a: Code, b: Code) => Code): Pair =>
  a.map((limb, i) => operation(limb, b[i] as Code));

/** Adds the functions. Numbers of steps and blocks must be above 0. */
export function addTransform(module: Assembler, constants: Constants): void {
  const field = new PairField(FIELD_ORDER, constants);
  const add = (
    name: string,
    parameters: number,
    body: (code: PairCode, parameters: number[], locals: Locals) => Code,
  ): void => {
    module.add(name, parameters, (numbers, locals) => {
      const code = new PairCode(field, locals);
      const made = body(code, numbers, locals);
      return [code.prologue, made];
    });
  };
  const five = (parameters: number[]): [number, number, number, number, number] =>
    parameters as [number, number, number, number, number];

  // (low, high, out, steps): 32-byte words, value · 2^256.
  add("fr_load", 4, (code, parameters) => {
    const [low, high, out, steps] = five(parameters);
    const pair = code.pair();
    return loop(steps, [
      loadWords(code, pair, get(low), get(high)),
      code.store(codes(pair), get(out)),
      advance([low, high], 32),
      advance([out], PAIR),
    ]);
  });

  // (pairs, low, high, steps): 32-byte words, the values as they are.
  add("fr_store", 4, (code, parameters) => {
    const [pairs, low, high, steps] = five(parameters);
    const pair = code.pair();
    return loop(steps, [
      code.load(pair, get(pairs)),
      storeWords(code, codes(pair), get(low), get(high), "plain"),
      advance([pairs], PAIR),
      advance([low, high], 32),
    ]);
  });

  // (from, factor, out, count): single elements times a pair. They may lie in earlier output.
  add("fr_multiples", 4, (code, parameters) => {
    const [from, factor, out, count] = five(parameters);
    const [element, times] = [code.pair(), code.pair()];
    return [
      code.load(times, get(factor)),
      loop(count, [
        element.map((local, i) => set(local, simd.loadBoth(get(from), 8 * i))),
        code.multiply(element, [[codes(element), codes(times)]]),
        element.map((local, i) => simd.storeLane(get(out), 8 * i, get(local), 0)),
        advance([from, out], ELEMENT),
      ]),
    ];
  });

  // (pairs, table, factor, steps): times the single elements of a table, the same for both lanes, and times a pair.
  add("fr_scale", 4, (code, parameters) => {
    const [pairs, table, factor, steps] = five(parameters);
    const [value, times, element] = [code.pair(), code.pair(), code.pair()];
    return [
      code.load(times, get(factor)),
      loop(steps, [
        code.load(value, get(pairs)),
        element.map((local, i) => set(local, simd.loadBoth(get(table), 8 * i))),
        code.multiply(value, [[codes(value), codes(times)]]),
        code.multiply(value, [[codes(value), codes(element)]]),
        code.store(codes(value), get(pairs)),
        advance([pairs], PAIR),
        advance([table], ELEMENT),
      ]),
    ];
  });

  // (a, b, steps) and (a, b, c, steps): a becomes a·b, or a·b − c.
  for (const [name, pointers] of [
    ["fr_products", 2],
    ["fr_remainders", 3],
  ] as const) {
    add(name, pointers + 1, (code, parameters) => {
      const operands = parameters.slice(0, pointers).map((pointer) => ({ pointer, pair: code.pair() }));
      const [a, b, ...minus] = operands.map(({ pair }) => codes(pair)) as [Pair, Pair, ...Pair[]];
      return loop(parameters[pointers] as number, [
        operands.map(({ pointer, pair }) => code.load(pair, get(pointer))),
        code.multiply((operands[0] as { pair: number[] }).pair, [[a, b]], minus),
        code.store(a, get(parameters[0] as number)),
        advance(parameters.slice(0, pointers), PAIR),
      ]);
    });
  }

  // (pairs, steps): the two lanes, a and b, become a + b and a − b.
  add("fr_cross", 2, (code, parameters) => {
    const [pairs, steps] = five(parameters);
    const pair = code.pair();
    return loop(steps, [
      code.load(pair, get(pairs)),
      code.settle(
        pair,
        codes(pair).map((limb) => {
          const swapped = simd.cross(limb, limb);
          return simd.blend(simd.add(limb, swapped), simd.subtract(swapped, limb));
        }),
      ),
      code.store(codes(pair), get(pairs)),
      advance([pairs], PAIR),
    ]);
  });

  // (pairs, half, blocks, low, high): the two halves of every block, `half` steps each. Its factors for the lanes are
  // at `low` and `high`.
  for (const name of ["fr_cut", "fr_join"] as const) {
    add(name, 5, (code, parameters, locals) => {
      const [pairs, half, blocks, low, high] = five(parameters);
      const [a, b, result, factor] = [code.pair(), code.pair(), code.pair(), code.pair()];
      const [other, steps] = [locals.one("i32"), locals.one("i32")];
      const sum = zip(codes(a), codes(b), simd.add);
      const difference = zip(codes(a), codes(b), simd.subtract);
      return loop(blocks, [
        factor.map((local, i) => set(local, simd.loadHigh(get(high), 8 * i, simd.loadLow(get(low), 8 * i)))),
        set(other, add32(get(pairs), wasm.mul32(get(half), i32(PAIR)))),
        set(steps, get(half)),
        loop(steps, [
          code.load(a, get(pairs)),
          code.load(b, get(other)),
          name === "fr_cut" ? code.multiply(b, [[codes(b), codes(factor)]]) : [],
          code.settle(result, sum),
          code.store(codes(result), get(pairs)),
          name === "fr_cut"
            ? code.settle(result, difference)
            : [code.narrow(result, difference), code.multiply(result, [[codes(result), codes(factor)]])],
          code.store(codes(result), get(other)),
          advance([pairs, other], PAIR),
        ]),
        set(pairs, get(other)),
        advance([low, high], ELEMENT),
      ]);
    });
  }
}
