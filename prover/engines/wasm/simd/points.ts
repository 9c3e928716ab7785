/**
 * Affine additions of points, two lanes at a time: two additions in G1, the two components of coordinates in G2. Many
 * additions share one inversion, in three functions: the differences, their products, and from the inverse of the last
 * product backwards the sums.
 *
 * The layout of points and the other differences between the groups: pointGroups.ts.
 */
import { type Assembler, type Callee, type Code, type Locals, wasm } from "../../../../trace/wasm/assembler.ts";
import { codes, type Pair, PairCode, type Product } from "../../../../trace/wasm/pairs/field.ts";
import { bitsOf, type Constants, PAIR, PairField } from "../../../../trace/wasm/pairs/limbs.ts";
import { advance, loop } from "../../../../trace/wasm/pairs/loops.ts";
import { simd } from "../../../../trace/wasm/pairs/simd.ts";
import { loadWords, storeWords } from "../../../../trace/wasm/pairs/words.ts";
import { BASE_PRIME } from "../../../curve/bn254.ts";
import type { GroupName } from "../../../keys/fixedBase.ts";
import { pointGroup } from "./pointGroups.ts";

/** Bytes of a point in the lanes' form. */
export const LANE_POINT = { g1: PAIR, g2: 2 * PAIR } as const;
/** Additions in a step of both chains. */
export const STEP = { g1: 4, g2: 2 } as const;

const { get, set, i32, add32 } = wasm;
const subtract = (a: Pair, b: Pair): Pair => a.map((limb, i) => simd.subtract(limb, b[i] as Code));
const swapped = (limb: Code): Code => simd.cross(limb, limb);

/**
 * Adds the functions of a group. Numbers of steps must be above 0.
 * @param inverse (x, r): r = 1 / x in the base field, 32 bytes each
 */
export function addPoints(module: Assembler, constants: Constants, name: GroupName, inverse: Callee): void {
  const group = pointGroup(name, constants);
  const over = new PairField(BASE_PRIME, constants);
  const field = (locals: Locals): PairCode => new PairCode(over, locals);

  // (left, right, out, count): right.x − left.x.
  module.add(`${name}_differences`, 4, ([left, right, out, steps] = [], locals) => {
    const code = field(locals);
    const [p, q] = [code.pair(), code.pair()];
    return loop(steps as number, [
      group.load(p, null, left as number, locals),
      group.load(q, null, right as number, locals),
      code.settle(p, subtract(codes(q), codes(p))),
      code.store(codes(p), get(out as number)),
      advance([left as number, right as number], group.list),
      advance([out as number], PAIR),
    ]);
  });

  // (points, out, count): 2y.
  module.add(`${name}_doubles`, 3, ([points, out, steps] = [], locals) => {
    const code = field(locals);
    const [x, y] = [code.pair(), code.pair()];
    return loop(steps as number, [
      group.load(x, y, points as number, locals),
      code.settle(
        y,
        codes(y).map((limb) => simd.add(limb, limb)),
      ),
      code.store(codes(y), get(out as number)),
      advance([points as number], group.list),
      advance([out as number], PAIR),
    ]);
  });

  // (values, before, totals, steps): the products of all values before each, and of all. Even steps and odd ones make
  // two chains, so that the processor works at one product while it waits for the other.
  module.add(`${name}_products`, 4, ([values, before, totals, steps] = [], locals) => {
    const code = field(locals);
    const chains = [0, PAIR].map((offset) => ({ offset, product: code.pair(), value: code.pair() }));
    return [
      code.prologue,
      chains.map(({ product }) =>
        code.constant(1n, name === "g1" ? 1n : 0n).map((limb, i) => set(product[i] as number, limb)),
      ),
      loop(steps as number, [
        chains.map(({ offset, product, value }) => [
          code.store(codes(product), get(before as number), offset),
          code.load(value, get(values as number), offset),
        ]),
        code.together(...chains.map(({ product, value }) => group.product(product, codes(product), codes(value)))),
        advance([values as number, before as number], 2 * PAIR),
      ]),
      chains.map(({ offset, product }) => code.store(codes(product), get(totals as number), offset)),
    ];
  });

  for (const tangent of [false, true]) addSums(module, tangent);

  /**
   * (left, right, target, values, before, inverses, steps): left ± right, or 2 left, as if left had no sign; the result
   * has left's sign. The pointers are behind the lists' ends. `inverses` are those of the two chains' products. A
   * target may be its left operand. Two steps are done at once, one of each chain.
   *
   * Factors are settled, at most 0.51 moduli, or a difference of two such, at most 1.02. The largest results before
   * settling are in G2: x, 0.378 · 1.02² + 1.01 + 2 · 0.51 = 2.43, and y, 0.378 · 2 · 0.51 · 1.02 + 1.01 + 0.51 = 1.91.
   */
  function addSums(to: Assembler, tangent: boolean): void {
    to.add(`${name}_${tangent ? "tangents" : "chords"}`, 7, (parameters, locals) => {
      const [left, right, target, values, before, inverses, steps] = parameters as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const code = field(locals);
      const chain = (at: number) => {
        const [px, py, qx, qy] = [code.pair(), code.pair(), code.pair(), code.pair()];
        const [rest, slope, x, sign] = [code.pair(), code.pair(), code.pair(), locals.one("v128")];
        return { px, py, qx, qy, rest, slope, x, sign, list: at * group.list, pair: at * PAIR };
      };
      const chains = [chain(0), chain(1)];
      const each = (make: (one: (typeof chains)[number]) => Code): Code => chains.map(make);
      const together = (make: (one: (typeof chains)[number]) => Product): Code => code.together(...chains.map(make));
      /** Squares of both chains. */
      const squares = (make: (one: (typeof chains)[number]) => [Code, Product]): Code => {
        const made = chains.map(make);
        return [made.map(([first]) => first), code.together(...made.map(([, square]) => square))];
      };
      const numerators = tangent
        ? [
            squares(({ x, px }) => group.square(code, x, px, [])),
            each(({ qy, x }) => [
              code.settle(
                qy,
                codes(x).map((limb) => simd.add(limb, limb)),
              ),
              code.settle(
                qy,
                codes(qy).map((limb, i) => simd.add(limb, get(x[i] as number))),
              ),
            ]),
          ]
        : each(({ sign, list, qy, py }) => [
            set(sign, simd.xor(group.signs(left, list), group.signs(right, list))),
            code.narrow(
              qy,
              qy.map((local, i) => simd.subtract(simd.xor(get(local), get(sign)), get(py[i] as number))),
            ),
          ]);
      return [
        code.prologue,
        each(({ rest, pair }) => code.load(rest, get(inverses), pair)),
        loop(steps, [
          advance([left, right, target], -2 * group.list),
          advance([values, before], -2 * PAIR),
          each(({ x, qx, pair }) => [code.load(qx, get(before), pair), code.load(x, get(values), pair)]),
          code.together(
            ...chains.map(({ slope, rest, qx }) => group.product(slope, codes(rest), codes(qx))),
            ...chains.map(({ rest, x }) => group.product(rest, codes(rest), codes(x))),
          ),
          each(({ px, py, qx, qy, list }) => [
            group.load(px, py, left, locals, list),
            group.load(qx, qy, right, locals, list),
          ]),
          numerators,
          together(({ slope, qy }) => group.product(slope, codes(slope), codes(qy))),
          squares(({ x, slope, px, qx }) => group.square(code, x, slope, [codes(px), codes(qx)])),
          each(({ px, x }) => code.narrow(px, subtract(codes(px), codes(x)))),
          together(({ py, slope, px }) => group.product(py, codes(slope), codes(px), [codes(py)])),
          each(({ x, py, list }) => group.store(x, py, target, locals, list)),
        ]),
      ];
    });
  }

  // (totals, out, product): out are the inverses of the two chains' totals: of each of two elements in G1, of one in
  // G2. The product of the lanes, or the norm, is 0 if there is no inverse. Behind it is room for its words.
  module.add(`${name}_invert`, 3, ([totals, out, product] = [], locals) => {
    const code = field(locals);
    const [even, odd] = [code.pair(), code.pair()];
    const [value, norm] = [code.pair(), code.pair()];
    const [own, other, root] = [codes(value), codes(value).map(swapped), codes(norm)];
    const words = (lane: number): Code => add32(get(product as number), i32(PAIR + 32 * lane));
    return [
      code.prologue,
      code.load(even, get(totals as number)),
      code.load(odd, get(totals as number), PAIR),
      code.together(group.product(value, codes(even), codes(odd))),
      name === "g1"
        ? code.multiply(norm, [[own, other]])
        : code.multiply(norm, [
            [own, own],
            [other, other],
          ]),
      code.store(root, get(product as number)),
      // The same number is in both lanes.
      storeWords(code, root, words(0), words(1), "plain"),
      wasm.call(inverse, words(0), words(0)),
      loadWords(code, norm, words(0), words(0), "plain"),
      name === "g1"
        ? code.multiply(value, [[root, other]])
        : code.multiply(value, [[root, own.map((limb) => simd.xor(limb, constants.vector(0n, bitsOf(-0))))]]),
      code.together(group.product(even, own, codes(even)), group.product(odd, own, codes(odd))),
      // Each chain's inverse is that of both, times the other chain.
      code.store(codes(odd), get(out as number)),
      code.store(codes(even), get(out as number), PAIR),
    ];
  });

  // (words, out, count): points from the form in files.
  module.add(`${name}_load`, 3, ([words, out, count] = [], locals) => {
    const code = field(locals);
    const pair = code.pair();
    return [
      code.prologue,
      loop(count as number, [
        loadWords(code, pair, get(words as number), add32(get(words as number), i32(32))),
        code.store(codes(pair), get(out as number)),
        advance([words as number], 64),
        advance([out as number], PAIR),
      ]),
    ];
  });

  // (pairs, words, count): the reverse.
  module.add(`${name}_store`, 3, ([pairs, words, count] = [], locals) => {
    const code = field(locals);
    const pair = code.pair();
    return [
      code.prologue,
      loop(count as number, [
        code.load(pair, get(pairs as number)),
        storeWords(code, codes(pair), get(words as number), add32(get(words as number), i32(32)), "montgomery"),
        advance([pairs as number], PAIR),
        advance([words as number], 64),
      ]),
    ];
  });
}
