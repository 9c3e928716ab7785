/** Filled buckets against sums in the field, for points with a known multiple of the generator. */
import { beforeAll, describe, expect, test } from "vitest";
import { bn128Module } from "../../../prover/curve/bn128Module.ts";
import { Bn128 } from "../../../prover/curve/bn128Wasm.ts";
import { FIELD_ORDER, modulo } from "../../../prover/curve/bn254.ts";
import { BucketFill } from "../../../prover/engines/wasm/bucketFill.ts";
import { GroupSums } from "../../../prover/engines/wasm/bucketSums.ts";
import { LanePoints } from "../../../prover/engines/wasm/lanePoints.ts";
import type { PointSpace } from "../../../prover/engines/wasm/pointSpace.ts";
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

const SPACES: { readonly [name: string]: (wasm: Bn128, group: GroupName) => PointSpace } = {
  lanes: (wasm, group) => new LanePoints(new Lanes(lanesModule() as WebAssembly.Module), wasm, group),
  calls: (wasm, group) => new CalledPoints(wasm, group),
};

const BUCKETS = 65;
/** A point's digit by sort. A batch has nine additions here. */
const DIGITS: { readonly [sort: string]: (i: number, random: Random) => number } = {
  random: (_, random) => random.below(2 * BUCKETS - 1) - (BUCKETS - 1),
  "all in one bucket": () => 3,
  "mostly in one bucket, of either sign": (i, random) => (i % 5 > 0 ? 2 * (i % 2) - 1 : random.below(BUCKETS)),
  "each bucket in turn, so that all additions of a batch fit": (i) => 1 + (i % (BUCKETS - 1)),
  zeros: () => 0,
};
/** A point's multiple of the generator by sort: equal and opposite ones meet in a bucket. */
const POINTS: { readonly [sort: string]: (i: number, random: Random) => bigint } = {
  different: (_, random) => 1n + (random.bits(300) % (FIELD_ORDER - 1n)),
  equal: () => 5n,
  "equal and opposite": (i) => (i % 3 === 0 ? 7n : FIELD_ORDER - 7n),
};

describe.each([
  ["g1", "lanes", 900],
  ["g2", "lanes", 400],
  ["g1", "calls", 300],
  ["g2", "calls", 150],
] as const)("in %s, by %s", (group, kind, count) => {
  test.each(Object.keys(DIGITS))("digits: %s", (sort) => {
    const wasm = new Bn128(module);
    const generator = new FixedBase(wasm, group, 6);
    const space = (SPACES[kind] as (typeof SPACES)[string])(wasm, group);
    const fill = new BucketFill(space, new GroupSums(space));
    const random = new Random(count);
    for (const [points, multiple] of Object.entries(POINTS)) {
      const logs = Array.from({ length: count }, (_, i) => multiple(i, random));
      const digits = Int16Array.from(logs, (_, i) => (DIGITS[sort] as (typeof DIGITS)[string])(i, random));
      const bytes = generator.multiply(new Uint8Array(Buffer.concat(logs.map(integerBytes))));
      const mark = space.mark();
      const start = space.load(count, (memory, address, size, offset) =>
        memory.set(bytes.subarray(offset, offset + size), address),
      );
      const references = Uint32Array.from(logs, (_, i) => start + i * space.size);
      const found = fill.fill(references, digits, BUCKETS);
      const expected = new Array<bigint>(BUCKETS).fill(0n);
      digits.forEach((digit, i) => {
        const signed = digit < 0 ? -(logs[i] as bigint) : (logs[i] as bigint);
        const bucket = Math.abs(digit);
        if (bucket > 0) expected[bucket] = modulo((expected[bucket] as bigint) + signed, FIELD_ORDER);
      });
      expected.forEach((sum, bucket) => {
        const reference = found[bucket] as number;
        expect(reference === 0, `${points}, bucket ${bucket}`).toBe(sum === 0n);
        if (reference === 0) return;
        const negated = (reference & 1) === 1;
        const point = wasm.take(space.plain(reference - (reference & 1)), POINT_SIZE[group]);
        const least = generator.multiply(integerBytes(negated ? FIELD_ORDER - sum : sum));
        expect(Buffer.from(point).equals(least), `${points}, bucket ${bucket}`).toBe(true);
      });
      space.release(mark);
    }
  });
});
