/**
 * Affine additions of points, two lanes at a time: two additions in G1, the two components of coordinates in G2. Many
 * additions share one inversion, in three functions: the differences, their products, and from the inverse of the last
 * product backwards the sums.
 *
 * The layout of points and the other differences between the groups: pointGroups.ts.
 */
import { type Assembler, type Code, type Locals, wasm } from "../../../../trace/wasm/assembler.ts";
import { codes, type Pair, PairCode } from "../../../../trace/wasm/pairs/field.ts";
import { bitsOf, type Constants, PAIR, PairField } from "../../../../trace/wasm/pairs/limbs.ts";
import { advance, loop } from "../../../../trace/wasm/pairs/loops.ts";
import { simd } from "../../../../trace/wasm/pairs/simd.ts";
import { loadWords, storeWords } from "../../../../trace/wasm/pairs/words.ts";
import { BASE_PRIME } from "../../../curve/bn254.ts";
import type { GroupName } from "../../../keys/fixedBase.ts";
import { pointGroup } from "./pointGroups.ts";

/** Bytes of a point in the lanes' form. */
export const LANE_POINT = { g1: PAIR, g2: 2 * PAIR } as const;
/** Additions in a step. */
export const STEP = { g1: 2, g2: 1 } as const;

const { get, set, i32, add32, sub32 } = wasm;
const subtract = (a: Pair, b: Pair): Pair => a.map((limb, i) => simd.subtract(limb, b[i] as Code));
const swapped = (limb: Code): Code => simd.cross(limb, limb);

/** Adds the functions of a group. Numbers of steps must be above 0. */
export function addPoints(module: Assembler, constants: Constants, name: GroupName): void {
  const group = pointGroup(name, constants);
  const over = new PairField(BASE_PRIME, constants);
  const field = (locals: Locals): PairCode => new PairCode(over, locals);

  // (left, right, out, steps): right.x − left.x.
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

  // (points, out, steps): 2y.
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

  // (values, before, total, steps): the products of all values before each, and of all.
  module.add(`${name}_products`, 4, ([values, before, total, steps] = [], locals) => {
    const code = field(locals);
    const [product, value] = [code.pair(), code.pair()];
    return [
      code.prologue,
      code.constant(1n, name === "g1" ? 1n : 0n).map((limb, i) => set(product[i] as number, limb)),
      loop(steps as number, [
        code.store(codes(product), get(before as number)),
        code.load(value, get(values as number)),
        group.multiply(code, product, codes(product), codes(value)),
        advance([values as number, before as number], PAIR),
      ]),
      code.store(codes(product), get(total as number)),
    ];
  });

  for (const tangent of [false, true]) addSums(module, tangent);

  /**
   * (left, right, target, values, before, inverse, steps): left ± right, or 2 left, as if left had no sign; the result
   * has left's sign. The pointers are behind the lists' ends. `inverse` is that of the product of all values. A target
   * may be its left operand.
   *
   * Factors are settled, at most 0.51 moduli, or a difference of two such, at most 1.02. The largest results before
   * settling are in G2: x, 0.378 · 1.02² + 0.5 + 2 · 0.51 = 1.92, and y, 0.378 · 2 · 0.51 · 1.02 + 0.5 + 0.51 = 1.41.
   */
  function addSums(to: Assembler, tangent: boolean): void {
    to.add(`${name}_${tangent ? "tangents" : "chords"}`, 7, (parameters, locals) => {
      const [left, right, target, values, before, inverse, steps] = parameters as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const code = field(locals);
      const [px, py, qx, qy] = [code.pair(), code.pair(), code.pair(), code.pair()];
      const [rest, slope, x, sign] = [code.pair(), code.pair(), code.pair(), locals.one("v128")];
      const numerator = tangent
        ? [
            group.square(code, x, px, []),
            code.settle(
              qy,
              codes(x).map((limb) => simd.add(limb, limb)),
            ),
            code.settle(
              qy,
              codes(qy).map((limb, i) => simd.add(limb, get(x[i] as number))),
            ),
          ]
        : [
            set(sign, simd.xor(group.signs(left), group.signs(right))),
            qy.map((local, i) => set(local, simd.subtract(simd.xor(get(local), get(sign)), get(py[i] as number)))),
          ];
      return [
        code.prologue,
        code.load(rest, get(inverse)),
        loop(steps, [
          advance([left, right, target], -group.list),
          advance([values, before], -PAIR),
          group.load(px, py, left, locals),
          group.load(qx, qy, right, locals),
          code.load(x, get(before)),
          group.multiply(code, slope, codes(rest), codes(x)),
          code.load(x, get(values)),
          group.multiply(code, rest, codes(rest), codes(x)),
          numerator,
          group.multiply(code, slope, codes(slope), codes(qy)),
          group.square(code, x, slope, [codes(px), codes(qx)]),
          group.multiply(code, py, codes(slope), subtract(codes(px), codes(x)), [codes(py)]),
          group.store(x, py, target, locals),
        ]),
      ];
    });
  }

  // (pair, out, product): out is the inverse of each of the two elements in G1, of the one in G2. The product of its
  // lanes, or its norm, is 0 if there is no inverse.
  module.add(`${name}_invert`, 3, ([pair, out, product] = [], locals) => {
    const code = field(locals);
    const [value, norm, power] = [code.pair(), code.pair(), code.pair()];
    const bit = locals.one("i32");
    const bits = constants.table([...(BASE_PRIME - 2n).toString(2)].map(BigInt));
    const other = codes(value).map(swapped);
    return [
      code.prologue,
      code.load(value, get(pair as number)),
      name === "g1"
        ? code.multiply(norm, [[codes(value), other]])
        : code.multiply(norm, [
            [codes(value), codes(value)],
            [other, other],
          ]),
      code.store(codes(norm), get(product as number)),
      code.constant(1n).map((limb, i) => set(power[i] as number, limb)),
      // Fermat: to the power of the prime less 2, from its highest bit down.
      set(bit, i32(bits.address)),
      wasm.repeat(
        [
          code.multiply(power, [[codes(power), codes(power)]]),
          wasm.when(wasm.load32(get(bit), 0), code.multiply(power, [[codes(power), codes(norm)]])),
          set(bit, add32(get(bit), i32(16))),
        ],
        sub32(get(bit), i32(bits.end)),
      ),
      name === "g1"
        ? code.multiply(value, [[codes(power), other]])
        : code.multiply(value, [
            [codes(power), codes(value).map((limb) => simd.xor(limb, constants.vector(0n, bitsOf(-0))))],
          ]),
      code.store(codes(value), get(out as number)),
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
