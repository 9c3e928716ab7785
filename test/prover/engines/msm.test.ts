/** Sums of multiples against the same sum in the field, for points with a known multiple of the generator. */
import { beforeAll, describe, expect, test } from "vitest";
import { bn128Module } from "../../../prover/curve/bn128Module.ts";
import { Bn128 } from "../../../prover/curve/bn128Wasm.ts";
import { FIELD_ORDER } from "../../../prover/curve/bn254.ts";
import { groupBy } from "../../../prover/engines/wasm/groupBy.ts";
import { LanePoints } from "../../../prover/engines/wasm/lanePoints.ts";
import { MultiplePoints, windowsOf } from "../../../prover/engines/wasm/msm.ts";
import type { PointSpace, ReadPoints } from "../../../prover/engines/wasm/pointSpace.ts";
import { Digits } from "../../../prover/engines/wasm/signedWindows.ts";
import { Lanes } from "../../../prover/engines/wasm/simd/instance.ts";
import { lanesModule } from "../../../prover/engines/wasm/simd/module.ts";
import { CalledPoints } from "../../../prover/engines/wasm/wasmcurvesPoints.ts";
import { integerBytes } from "../../../prover/formats/binfile.ts";
import { FixedBase, type GroupName, POINT_SIZE } from "../../../prover/keys/fixedBase.ts";
import { Random } from "../../lib/random.ts";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await bn128Module();
});

const bytesOf = (values: readonly bigint[]): Uint8Array => new Uint8Array(Buffer.concat(values.map(integerBytes)));
const wordsOf = (values: readonly bigint[]): Uint32Array => new Uint32Array(bytesOf(values).buffer);
const element = (random: Random): bigint => random.bits(300) % FIELD_ORDER;

/** Scalars by sort; the i-th of a list. */
const SORTS: { readonly [sort: string]: (i: number, random: Random) => bigint } = {
  large: (_, random) => element(random),
  "zeros and ones": (i) => BigInt(i % 2),
  ones: () => 1n,
  "minus ones and zeros": (i) => (i % 3 === 0 ? 0n : FIELD_ORDER - 1n),
  "next to half the order": (i) => (FIELD_ORDER >> 1n) + BigInt((i % 5) - 2),
  "powers of two and one less": (i) => (1n << BigInt(i % 253)) - BigInt(i % 2),
  "mostly bits": (i, random) => (i % 9 === 0 ? element(random) : random.bits(1)),
};
/** The points' multiples of the generator by sort. */
const POINTS: { readonly [sort: string]: (i: number, random: Random) => bigint } = {
  different: (_, random) => element(random),
  "some at infinity": (i, random) => (i % 3 === 0 ? 0n : element(random)),
  "a few, repeated and negated": (i) => [7n, FIELD_ORDER - 7n, 9n][i % 3] as bigint,
};

const SPACES: { readonly [name: string]: (wasm: Bn128, group: GroupName) => PointSpace } = {
  lanes: (wasm, group) => new LanePoints(new Lanes(lanesModule() as WebAssembly.Module), wasm, group),
  calls: (wasm, group) => new CalledPoints(wasm, group),
};
/** Reads points from bytes. */
const reading =
  (points: Uint8Array): ReadPoints =>
  (bytes, address, size, offset) =>
    bytes.set(points.subarray(offset, offset + size), address);

describe.each([
  ["g1", "lanes", [0, 1, 2, 3, 17, 500]],
  ["g2", "lanes", [0, 1, 2, 3, 17, 300]],
  ["g1", "calls", [0, 1, 2, 3, 200]],
  ["g2", "calls", [2, 3, 100]],
] as const)("in %s, by %s", (group, space, counts) => {
  test.each([...counts])("%i points of every sort times scalars of every sort", (count) => {
    const wasm = new Bn128(module);
    const generator = new FixedBase(wasm, group, 6);
    const multiples = new MultiplePoints(wasm, group, (SPACES[space] as (typeof SPACES)[string])(wasm, group));
    const random = new Random(count);
    const start = wasm.mark();
    for (const [points, multiple] of Object.entries(POINTS)) {
      for (const [sort, scalar] of Object.entries(SORTS)) {
        const logs = Array.from({ length: count }, (_, i) => multiple(i, random));
        const scalars = Array.from({ length: count }, (_, i) => scalar(i, random));
        const read = reading(generator.multiply(bytesOf(logs)));
        const parts = 1 + random.below(4);
        const total = wasm.alloc(1.5 * POINT_SIZE[group]);
        wasm.call(`${group}m_zero`)(total);
        for (let index = 0; index < parts; index++) {
          const part = wasm.put(multiples.multiply(read, wordsOf(scalars), { index, of: parts }));
          wasm.call(`${group}m_add`)(total, part, total);
        }
        wasm.call(`${group}m_toAffine`)(total, total);
        const sum = logs.reduce((before, log, i) => (before + log * (scalars[i] as bigint)) % FIELD_ORDER, 0n);
        const expected = generator.multiply(integerBytes(sum));
        expect(Buffer.from(wasm.take(total, POINT_SIZE[group])).equals(expected), `${points}, ${sort}`).toBe(true);
        wasm.release(start);
      }
    }
  });
});

test.each(["lanes", "calls"])("more points in one bucket than a block holds, by %s", (space) => {
  const wasm = new Bn128(module);
  const multiples = new MultiplePoints(wasm, "g1", (SPACES[space] as (typeof SPACES)[string])(wasm, "g1"));
  const generator = new FixedBase(wasm, "g1", 8);
  const count = 9001;
  const logs = Array.from({ length: count }, (_, i) => BigInt(i + 1));
  const read = reading(generator.multiply(bytesOf(logs)));
  const result = wasm.put(multiples.multiply(read, wordsOf(logs.map(() => 3n)), { index: 0, of: 1 }));
  wasm.call("g1m_toAffine")(result, result);
  const expected = generator.multiply(integerBytes((3n * BigInt(count) * BigInt(count + 1)) / 2n));
  expect(Buffer.from(wasm.take(result, 64)).equals(expected)).toBe(true);
});

test("digits in their windows make the scalar or its negative", () => {
  const random = new Random(5);
  for (const count of [1, 40, 3000]) {
    const scalars = Array.from({ length: count }, (_, i) => {
      const sort = Object.values(SORTS)[i % Object.keys(SORTS).length];
      return sort?.(i, random) ?? 0n;
    });
    const digits = new Digits(wordsOf(scalars), (i) => 8 * (i + 1));
    const kept = digits.references.length;
    const sums = new Array<bigint>(kept).fill(0n);
    const all = digits.between(0, digits.windows.length);
    digits.windows.forEach(({ start, bits }, window) => {
      const values = all.subarray(window * kept, (window + 1) * kept);
      // Some windows alone have the same digits.
      expect(digits.between(window, window + 1)).toEqual(values);
      values.forEach((value, k) => {
        expect(Math.abs(value)).toBeLessThanOrEqual(2 ** (bits - 1));
        sums[k] = (sums[k] as bigint) + (BigInt(value) << BigInt(start));
      });
    });
    const seen = new Set<number>();
    digits.references.forEach((reference, k) => {
      const negated = (reference & 1) === 1;
      const i = (reference >> 3) - 1;
      seen.add(i);
      const sum = negated ? FIELD_ORDER - (sums[k] as bigint) : sums[k];
      expect(sum).toBe(scalars[i]);
    });
    scalars.forEach((scalar, i) => {
      expect(seen.has(i)).toBe(scalar !== 0n);
    });
  }
});

test("points left out have no digits", () => {
  const digits = new Digits(wordsOf([5n, 6n, 7n]), (i) => (i === 1 ? 0 : 8 * (i + 1)));
  expect([...digits.references]).toEqual([8, 24]);
});

test("every window belongs to exactly one part", () => {
  for (const costs of [[], [5], [1, 1, 1, 1, 1, 1, 1], [100, 1, 1, 0, 0], [0, 0, 0], [1, 100, 1, 50, 50]]) {
    for (const of of [1, 2, 3, 8]) {
      const taken = Array.from({ length: of }, (_, index) => windowsOf(costs, { index, of })).flatMap(([first, end]) =>
        Array.from({ length: end - first }, (_, i) => first + i),
      );
      expect(taken).toEqual([...costs.keys()]);
    }
  }
});

test("grouping keeps every reference, in order of the groups", () => {
  const { references, starts } = groupBy(Uint32Array.of(8, 16, 25, 32), Uint32Array.of(2, 0, 2, 3), 5);
  expect([...references]).toEqual([16, 8, 25, 32]);
  expect([...starts]).toEqual([0, 1, 1, 3, 4, 4]);
});
