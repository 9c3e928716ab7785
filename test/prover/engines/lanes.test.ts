/** The lanes' arithmetic against integers: at the bounds of its operands, and on random elements. */
import { beforeAll, describe, expect, test } from "vitest";
import { BASE_PRIME, FIELD_ORDER, inverse, modulo, power } from "../../../prover/curve/bn254.ts";
import { joinPairs, loadPairs, stepBytes, toOddPoints } from "../../../prover/engines/wasm/laneTransform.ts";
import { Lanes } from "../../../prover/engines/wasm/simd/instance.ts";
import { lanesModule } from "../../../prover/engines/wasm/simd/module.ts";
import { integerBytes, readInteger } from "../../../prover/formats/binfile.ts";
import { rootOfUnity } from "../../../prover/keys/qap.ts";
import { Assembler, type Code, wasm } from "../../../trace/wasm/assembler.ts";
import { isExact } from "../../../trace/wasm/pairs/exact.ts";
import { codes, PairCode } from "../../../trace/wasm/pairs/field.ts";
import {
  Constants,
  centred,
  LIMB_BITS,
  LIMBS,
  limbsOf,
  PAIR,
  PairField,
  RADIX,
} from "../../../trace/wasm/pairs/limbs.ts";
import { advance, loop } from "../../../trace/wasm/pairs/loops.ts";
import { simd } from "../../../trace/wasm/pairs/simd.ts";
import { loadWords, storeWords } from "../../../trace/wasm/pairs/words.ts";
import { Random } from "../../lib/random.ts";

const { get, add32, i32 } = wasm;

/** Functions over lists of pairs: every operand's list is one after the other, the result's comes last. */
function fieldModule(modulus: bigint): WebAssembly.Module {
  const constants = new Constants();
  const field = new PairField(modulus, constants);
  const module = new Assembler();
  const add = (
    name: string,
    operands: number,
    body: (code: PairCode, out: number[], pairs: (readonly Code[])[]) => Code,
  ) =>
    module.add(name, operands + 2, (parameters, locals) => {
      const code = new PairCode(field, locals);
      const pointers = parameters.slice(0, -1);
      const [out, ...pairs] = pointers.map(() => code.pair()) as [number[], ...number[][]];
      return [
        code.prologue,
        loop(parameters.at(-1) as number, [
          pairs.map((pair, i) => code.load(pair, get(pointers[i] as number))),
          body(code, out, pairs.map(codes)),
          code.store(codes(out), get(pointers.at(-1) as number)),
          advance(pointers, PAIR),
        ]),
      ];
    });
  const zip = (a: readonly Code[], b: readonly Code[], operation: (a: Code, b: Code) => Code): Code[] =>
    a.map((limb, i) => operation(limb, b[i] as Code));
  add("multiply", 2, (code, out, [a, b]) => code.multiply(out, [[a as Code[], b as Code[]]]));
  add("combine", 6, (code, out, pairs) => {
    const [a, b, c, d, e, f] = pairs as Code[][] as [Code[], Code[], Code[], Code[], Code[], Code[]];
    return code.multiply(
      out,
      [
        [a, b],
        [c, d],
      ],
      [e, f],
    );
  });
  add("sum", 2, (code, out, [a, b]) => code.settle(out, zip(a as Code[], b as Code[], simd.add)));
  add("difference", 2, (code, out, [a, b]) => code.settle(out, zip(a as Code[], b as Code[], simd.subtract)));
  module.add("load", 2, ([words, out] = [], locals) => {
    const code = new PairCode(field, locals);
    const pair = code.pair();
    return [
      code.prologue,
      loadWords(code, pair, get(words as number), add32(get(words as number), i32(32))),
      code.store(codes(pair), get(out as number)),
    ];
  });
  for (const form of ["plain", "montgomery"] as const) {
    module.add(form, 2, ([at, words] = [], locals) => {
      const code = new PairCode(field, locals);
      const pair = code.pair();
      return [
        code.prologue,
        code.load(pair, get(at as number)),
        storeWords(code, codes(pair), get(words as number), add32(get(words as number), i32(32)), form),
      ];
    });
  }
  const data = constants.bytes();
  return new WebAssembly.Module(module.bytes(Math.ceil(data.length / 65536), data));
}

/** Elements as limbs, in pairs. */
class Elements {
  readonly #lanes: Lanes;
  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  put(elements: readonly (readonly number[])[]): number {
    const address = this.#lanes.alloc((elements.length / 2) * PAIR);
    const { doubles } = this.#lanes;
    elements.forEach((limbs, k) => {
      limbs.forEach((limb, i) => {
        doubles[address / 8 + (k >> 1) * 2 * LIMBS + 2 * i + (k & 1)] = limb;
      });
    });
    return address;
  }

  limbs(address: number, k: number): number[] {
    const { doubles } = this.#lanes;
    return Array.from(
      { length: LIMBS },
      (_, i) => doubles[address / 8 + (k >> 1) * 2 * LIMBS + 2 * i + (k & 1)] as number,
    );
  }
}

function valueIn(limbs: readonly number[]): bigint {
  let value = 0n;
  for (let i = LIMBS - 1; i >= 0; i--) value = (value << BigInt(LIMB_BITS)) + BigInt(limbs[i] as number);
  return value;
}

describe.each([
  ["base field", BASE_PRIME],
  ["scalar field", FIELD_ORDER],
])("%s", (_, modulus) => {
  let lanes: Lanes;
  let elements: Elements;
  const unscale = inverse(RADIX, modulus);
  beforeAll(() => {
    lanes = new Lanes(fieldModule(modulus));
    elements = new Elements(lanes);
  });

  const top = (moduli: number): number => Math.floor((moduli * Number(modulus)) / 2 ** 204);
  /**
   * The longest limbs of a settled element, or (2) of a narrowed sum of two; small, large and ordinary values. A carry
   * may have made a limb a little longer than 2^50.
   */
  const ends = (times: 1 | 2): number[][] => {
    const [most, last] = [2 ** 50 + 32, top(0.505 * times)];
    const signs = [0, 0b11111, 0b10101, 0b01111, 0b10000].map((bits) =>
      Array.from({ length: LIMBS }, (_, i) => (bits >> i) & 1),
    );
    return [
      ...signs.map((pattern) => pattern.map((sign, i) => (sign === 1 ? -1 : 1) * (i === LIMBS - 1 ? last : most))),
      ...signs
        .slice(0, 2)
        .map((pattern) => pattern.map((sign, i) => (sign === 1 ? -1 : 1) * (i === LIMBS - 1 ? last : most - 1))),
      ...[0n, 1n, -1n, modulus - 1n, modulus >> 1n, (modulus >> 1n) + 1n, RADIX].map((value) =>
        limbsOf(centred(value, modulus)),
      ),
    ];
  };
  const expectSettled = (limbs: readonly number[], expected: bigint): void => {
    const value = valueIn(limbs);
    if (modulo(value - expected, modulus) !== 0n) throw new Error(`${value} is not ${expected} modulo ${modulus}`);
    if (limbs.slice(0, -1).some((limb) => Math.abs(limb) > 2 ** 50 + 32)) throw new Error(`long limbs: ${limbs}`);
    if (100n * (value < 0n ? -value : value) > 51n * modulus) throw new Error(`${value} is too large`);
  };
  /** Calls a function on lists of elements of the same length, and gives its results' limbs. */
  const run = (name: string, ...lists: number[][][]): number[][] => {
    const mark = lanes.mark();
    const count = (lists[0] as number[][]).length;
    const out = lanes.alloc((count / 2) * PAIR);
    lanes.call(name)(...lists.map((list) => elements.put(list)), out, count / 2);
    const results = Array.from({ length: count }, (_, k) => elements.limbs(out, k));
    lanes.release(mark);
    return results;
  };

  test("products at the bounds", () => {
    const all = ends(2);
    const [a, b] = [all.flatMap((x) => all.map(() => x)), all.flatMap(() => all)];
    run("multiply", a, b).forEach((limbs, k) => {
      expectSettled(limbs, valueIn(a[k] as number[]) * valueIn(b[k] as number[]) * unscale);
    });
  });

  test("100,000 products of random elements, in both fields together", () => {
    const random = new Random(51);
    const limb = (most: number): number => Math.round((random.number(53) / 2 ** 52 - 1) * most);
    const list = (): number[][] =>
      Array.from({ length: 50_000 }, () =>
        Array.from({ length: LIMBS }, (_, i) => limb(i === LIMBS - 1 ? top(0.505) : 2 ** 50)),
      );
    const [a, b] = [list(), list()];
    run("multiply", a, b).forEach((limbs, k) => {
      expectSettled(limbs, valueIn(a[k] as number[]) * valueIn(b[k] as number[]) * unscale);
    });
  });

  test("two products less two elements, at the bounds", () => {
    const random = new Random(3);
    const [wide, narrow] = [ends(2), ends(1)];
    const pick = (from: number[][]): number[][] =>
      Array.from({ length: 2000 }, () => from[random.below(from.length)] as number[]);
    const lists = [...[0, 0, 0, 0].map(() => pick(wide)), ...[0, 0].map(() => pick(narrow))];
    run("combine", ...lists).forEach((limbs, k) => {
      const [a, b, c, d, e, f] = lists.map((list) => valueIn(list[k] as number[])) as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      expectSettled(limbs, (a * b + c * d) * unscale - e - f);
    });
  });

  test("sums and differences at the bounds; only 0 has limbs that are all 0", () => {
    const all = ends(1);
    const [a, b] = [all.flatMap((x) => all.map(() => x)), all.flatMap(() => all)];
    run("sum", a, b).forEach((limbs, k) => {
      expectSettled(limbs, valueIn(a[k] as number[]) + valueIn(b[k] as number[]));
    });
    run("difference", a, b).forEach((limbs, k) => {
      const difference = valueIn(a[k] as number[]) - valueIn(b[k] as number[]);
      expectSettled(limbs, difference);
      expect(limbs.every((limb) => limb === 0)).toBe(modulo(difference, modulus) === 0n);
    });
  });

  test("words are read at any value below 2^256, and written as least residues", () => {
    const random = new Random(9);
    const values = [0n, 1n, modulus - 1n, modulus, modulus >> 1n, (modulus >> 1n) + 1n, (1n << 256n) - 1n, 1n << 255n];
    for (let i = 0; i < 200; i++) values.push(random.bits(256));
    const [words, pair] = [lanes.alloc(64), lanes.alloc(PAIR)];
    for (let k = 0; k < values.length; k += 2) {
      const two = values.slice(k, k + 2);
      lanes.bytes.set(Buffer.concat(two.map(integerBytes)), words);
      lanes.call("load")(words, pair);
      for (const [form, scale] of [
        ["montgomery", 1n << 256n],
        ["plain", 1n],
      ] as const) {
        lanes.call(form)(pair, words);
        two.forEach((value, i) => {
          const expected = modulo(value * inverse(1n << 256n, modulus) * scale, modulus);
          expect(readInteger(Buffer.from(lanes.bytes.subarray(words, words + 64)), 32 * i, 32)).toBe(expected);
        });
      }
    }
  });
});

test("without fused multiply-add there are no lanes", () => {
  const separate = (a: Code, b: Code, c: Code): Code => [a, b, 0xfd, 0xf2, 0x01, c, 0xfd, 0xf0, 0x01];
  expect(isExact(separate)).toBe(false);
  const missing = (a: Code, b: Code, c: Code): Code => [a, b, c, 0xfd, 0xff, 0x7f];
  expect(isExact(missing)).toBe(false);
});

describe("polynomials", () => {
  const random = new Random(12);
  const vector = (count: number): bigint[] => Array.from({ length: count }, () => random.bits(300) % FIELD_ORDER);
  const wordsOf = (values: readonly bigint[]): Uint8Array => Buffer.concat(values.map(integerBytes));
  /** The values at the odd powers of the root of the double domain, from those at its even ones. */
  function atOddPoints(values: readonly bigint[]): bigint[] {
    const count = values.length;
    const odd = rootOfUnity(Math.log2(count) + 1);
    const evaluate = (coefficients: readonly bigint[], x: bigint): bigint =>
      coefficients.reduceRight((sum, coefficient) => (sum * x + coefficient) % FIELD_ORDER, 0n);
    const share = inverse(BigInt(count), FIELD_ORDER);
    const coefficients = values.map(
      (_, k) => (share * evaluate(values, power(inverse(odd, FIELD_ORDER), BigInt(2 * k), FIELD_ORDER))) % FIELD_ORDER,
    );
    return values.map((_, k) => evaluate(coefficients, power(odd, BigInt(2 * k + 1), FIELD_ORDER)));
  }

  test.each([1, 2, 4, 8, 64])("A·B − C of %i rows", (count) => {
    const lanes = new Lanes(lanesModule() as WebAssembly.Module);
    const [a, b] = [vector(count), vector(count)];
    const shared = (bytes: Uint8Array): SharedArrayBuffer => {
      const buffer = new SharedArrayBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      return buffer;
    };
    const both = (values: readonly bigint[]): { rows: SharedArrayBuffer; odd: SharedArrayBuffer } => {
      const montgomery = values.map((value) => (value << 256n) % FIELD_ORDER);
      const pairs = loadPairs(lanes, wordsOf(montgomery), count);
      const copy = () => shared(lanes.bytes.slice(pairs, pairs + stepBytes(count)));
      const rows = copy();
      toOddPoints(lanes, pairs, count);
      return { rows, odd: copy() };
    };
    const [A, B] = [both(a), both(b)];
    const result = new SharedArrayBuffer(32 * count);
    joinPairs(lanes, {
      ...{ kind: "quotient", domainSize: count, result },
      ...{ rowsA: A.rows, rowsB: B.rows, oddA: A.odd, oddB: B.odd },
    });
    const c = atOddPoints(a.map((value, i) => (value * (b[i] as bigint)) % FIELD_ORDER));
    const [oddA, oddB] = [atOddPoints(a), atOddPoints(b)];
    const expected = c.map((value, i) => modulo((oddA[i] as bigint) * (oddB[i] as bigint) - value, FIELD_ORDER));
    expect(c.map((_, i) => readInteger(Buffer.from(result), 32 * i, 32))).toEqual(expected);
  });
});
