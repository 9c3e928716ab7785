import { buildPoseidon } from "circomlibjs";
import * as lite from "poseidon-lite";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD } from "../../trace/layout.ts";
import { hash, hashLanes } from "../../trace/poseidon/index.ts";
import { ELEMENT, LIMB_BITS, LIMBS, MEMORY, RADIX } from "../../trace/poseidon/memory.ts";
import { moduleBytes } from "../../trace/poseidon/module.ts";
import { assemble } from "../../trace/poseidon/permutation.ts";
import { Random } from "../lib/random.ts";

const library = await buildPoseidon();
const ARITIES = Array.from({ length: 16 }, (_, i) => i + 1);

/** All lanes, by circomlibjs. */
function expected(capacity: bigint, inputs: readonly bigint[]): bigint[] {
  const lanes = library([...inputs], library.F.e(capacity), inputs.length + 1) as unknown as Uint8Array[];
  return lanes.map((lane) => library.F.toObject(lane) as bigint);
}

const EDGES = [0n, 1n, 2n ** 29n - 1n, 2n ** 232n - 1n, 2n ** 253n, FIELD / 2n, FIELD - 2n, FIELD - 1n];

describe.each(ARITIES)("of %i words", (arity) => {
  const random = new Random(arity);
  const word = (): bigint => (random.below(4) === 0 ? random.pick(EDGES) : random.bits(256) % FIELD);
  const words = (): bigint[] => Array.from({ length: arity }, word);

  test("equals circomlibjs in every lane, at any capacity", () => {
    for (let i = 0; i < 60; i++) {
      const [capacity, inputs] = [word(), words()];
      const lanes = expected(capacity, inputs);
      expect(hashLanes(capacity, inputs, arity + 1)).toEqual(lanes);
      expect(hash(capacity, inputs)).toBe(lanes[0]);
    }
  });

  test("equals circomlibjs if all words are at the edges of the field", () => {
    for (const edge of EDGES) {
      const inputs = new Array<bigint>(arity).fill(edge);
      expect(hashLanes(edge, inputs, arity + 1)).toEqual(expected(edge, inputs));
    }
  });

  test("equals poseidon-lite at capacity 0", () => {
    const poseidon = (lite as unknown as Record<string, (inputs: bigint[]) => bigint>)[`poseidon${arity}`];
    const inputs = words();
    expect(hash(0n, inputs)).toBe(poseidon?.(inputs));
  });

  test("gives the asked number of lanes", () => {
    const inputs = words();
    const all = hashLanes(7n, inputs, arity + 1);
    for (let lanes = 1; lanes <= arity; lanes++) expect(hashLanes(7n, inputs, lanes)).toEqual(all.slice(0, lanes));
  });
});

test("digests do not depend on earlier digests", () => {
  const inputs = Array.from({ length: 16 }, (_, i) => BigInt(i));
  const before = hash(3n, inputs);
  for (const arity of ARITIES) hashLanes(FIELD - 1n, new Array<bigint>(arity).fill(FIELD - 1n), arity + 1);
  expect(hash(3n, inputs)).toBe(before);
});

test("words outside the field are taken modulo its order, as circomlibjs does", () => {
  for (const value of [FIELD, FIELD + 5n, 2n ** 256n - 1n, 2n ** 300n, -1n, -FIELD, -(2n ** 300n)]) {
    const inside = ((value % FIELD) + FIELD) % FIELD;
    expect(hash(value, [value, 3n])).toBe(hash(inside, [inside, 3n]));
    expect(hash(inside, [value, 3n])).toBe(expected(inside, [inside, 3n])[0]);
  }
  for (const value of [FIELD + 5n, 2n ** 256n - 1n, 2n ** 300n, -1n]) {
    expect(hashLanes(value, [value, 3n], 3)).toEqual(expected(value, [value, 3n]));
  }
});

test("refuses other numbers of words and lanes", () => {
  for (const count of [0, 17]) {
    expect(() => hash(0n, new Array<bigint>(count).fill(0n))).toThrow(InvalidInputError);
  }
  for (const lanes of [0, 4, 1.5, -1, Number.NaN]) {
    expect(() => hashLanes(0n, [1n, 2n], lanes)).toThrow(InvalidInputError);
  }
});

test.each([1, 5, 6, 16, 33])("no column overflows in a sum of %i products of the longest limbs", (terms) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble()));
  const memory = new Uint32Array((exports.memory as WebAssembly.Memory).buffer);
  const limbs = Array.from({ length: LIMBS }, (_, i) => 2 ** (i < LIMBS - 1 ? LIMB_BITS : 24) - 1);
  const value = 2n ** 256n - 1n;
  const [a, b, start, out] = [MEMORY.tables, MEMORY.y, MEMORY.lanes, MEMORY.others];
  for (const at of [a, b]) for (let i = 0; i < terms; i++) memory.set(limbs, (at + i * ELEMENT) / 4);
  memory.set(limbs, start / 4);

  const second = Math.floor(terms / 3);
  (exports.dot as (...args: number[]) => void)(start, a, b, terms - second, b, a, second, out);
  const read = [...memory.subarray(out / 4, out / 4 + LIMBS)];
  const result = read.reduce((sum, limb, i) => sum + (BigInt(limb) << BigInt(LIMB_BITS * i)), 0n);
  expect((result * RADIX) % FIELD).toBe((value + BigInt(terms) * value * value) % FIELD);
});

test("the checked-in module is the one that the generator makes", () => {
  expect(Buffer.from(moduleBytes()).equals(assemble())).toBe(true);
});
