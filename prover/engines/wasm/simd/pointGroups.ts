/**
 * How the points of the two groups lie in memory and in lanes, and how their coordinates are multiplied.
 *
 * A point takes 80 bytes in G1, x's limbs beside y's, and 160 in G2, x and then y, components side by side. Lists are
 * of 32-bit references (see groupBy.ts), two for a step in G1, one in G2.
 */
import { type Code, type Locals, wasm } from "../../../../trace/wasm/assembler.ts";
import { codes, type Pair, type PairCode, type Product } from "../../../../trace/wasm/pairs/field.ts";
import { bitsOf, type Constants, PAIR } from "../../../../trace/wasm/pairs/limbs.ts";
import { simd } from "../../../../trace/wasm/pairs/simd.ts";
import type { GroupName } from "../../../keys/fixedBase.ts";

const { get, set, i32, and32 } = wasm;

/** The differences between the two groups. */
export interface PointGroup {
  /** Bytes of the references of a step. */
  readonly list: number;
  product(into: readonly number[], a: Pair, b: Pair, minus?: readonly Pair[]): Product;
  /** Code that must precede a square, and the square. */
  square(field: PairCode, into: readonly number[], a: readonly number[], minus: readonly Pair[]): [Code, Product];
  /** Loads coordinates of the points of a step's references, `offset` bytes on; y only if requested. */
  load(x: readonly number[], y: readonly number[] | null, references: number, locals: Locals, offset?: number): Code;
  store(x: readonly number[], y: readonly number[], references: number, locals: Locals, offset?: number): Code;
  /** The signs of a step's references, for the sign bits of its doubles; the others' bits are 0. */
  signs(references: number, offset: number): Code;
}

const G1: PointGroup = {
  list: 8,
  product: (into, a, b, minus) => ({ into, factors: [[a, b]], ...(minus && { minus }) }),
  square: (_field, into, a, minus) => {
    const side = codes(a);
    return [[], { into, factors: [[side, side]], minus }];
  },
  load: (x, y, references, locals, offset = 0) => {
    const [first, second, pair] = [locals.one("i32"), locals.one("i32"), locals.one("v128")];
    return [
      set(first, and32(wasm.load32(get(references), offset), i32(-2))),
      set(second, and32(wasm.load32(get(references), offset + 4), i32(-2))),
      x.map((local, i) => {
        if (y === null) return set(local, simd.loadHigh(get(second), 16 * i, simd.loadLow(get(first), 16 * i)));
        return [
          set(pair, simd.load(get(first), 16 * i)),
          set(local, simd.load(get(second), 16 * i)),
          set(y[i] as number, simd.highs(get(pair), get(local))),
          set(local, simd.lows(get(pair), get(local))),
        ];
      }),
    ];
  },
  store: (x, y, references, locals, offset = 0) => {
    const [first, second] = [locals.one("i32"), locals.one("i32")];
    return [
      set(first, wasm.load32(get(references), offset)),
      set(second, wasm.load32(get(references), offset + 4)),
      x.map((local, i) => [
        simd.store(get(first), 16 * i, simd.lows(get(local), get(y[i] as number))),
        simd.store(get(second), 16 * i, simd.highs(get(local), get(y[i] as number))),
      ]),
    ];
  },
  signs: (references, offset) => simd.shiftLeft(simd.widen(simd.loadLow(get(references), offset)), 63),
};

/** (a0, a1) to (a0, a0), (a1, a1) and (a1, a0). */
const first = (limb: Code): Code => simd.lows(limb, limb);
const second = (limb: Code): Code => simd.highs(limb, limb);
const swapped = (limb: Code): Code => simd.cross(limb, limb);

function g2(constants: Constants): PointGroup {
  const negateLow = (limb: Code): Code => simd.xor(limb, constants.vector(bitsOf(-0), 0n));
  return {
    list: 4,
    // (a0 b0 − a1 b1, a0 b1 + a1 b0)
    product: (into, a, b, minus) => ({
      into,
      factors: [
        [a.map(first), b],
        [a.map(second), b.map((limb) => negateLow(swapped(limb)))],
      ],
      ...(minus && { minus }),
    }),
    // ((a0 + a1)(a0 − a1), 2 a0 a1)
    square: (field, into, a, minus) => {
      const [sum, other] = [field.pair(), field.pair()];
      const code = [
        field.narrow(
          sum,
          codes(a).map((limb) => simd.add(first(limb), swapped(limb))),
        ),
        field.narrow(
          other,
          codes(a).map((limb) => simd.blend(simd.subtract(limb, swapped(limb)), limb)),
        ),
      ];
      return [code, { into, factors: [[codes(sum), codes(other)]], minus }];
    },
    load: (x, y, references, locals, offset = 0) => {
      const point = locals.one("i32");
      return [
        set(point, and32(wasm.load32(get(references), offset), i32(-2))),
        x.map((local, i) => set(local, simd.load(get(point), 16 * i))),
        (y ?? []).map((local, i) => set(local, simd.load(get(point), PAIR + 16 * i))),
      ];
    },
    store: (x, y, references, locals, offset = 0) => {
      const point = locals.one("i32");
      return [
        set(point, wasm.load32(get(references), offset)),
        x.map((local, i) => simd.store(get(point), 16 * i, get(local))),
        y.map((local, i) => simd.store(get(point), PAIR + 16 * i, get(local))),
      ];
    },
    signs: (references, offset) => simd.shiftLeft(simd.widen(simd.loadWord(get(references), offset)), 63),
  };
}

/** The operations of a group. */
export function pointGroup(name: GroupName, constants: Constants): PointGroup {
  return name === "g1" ? G1 : g2(constants);
}
