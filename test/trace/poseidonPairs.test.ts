/** The permutation in pairs gives what the one in integers gives, word for word. */
import { describe, expect, test } from "vitest";
import { FIELD } from "../../trace/layout.ts";
import { hash, hashLanes } from "../../trace/poseidon/index.ts";
import { WORD } from "../../trace/poseidon/memory.ts";
import { pairModuleBytes } from "../../trace/poseidon/module.ts";
import { PAIR_MEMORY, PAIRED, permuteName } from "../../trace/poseidon/pairs/memory.ts";
import { assemblePairs } from "../../trace/poseidon/pairs/permutation.ts";
import { inIntegers, permutationOf } from "../../trace/poseidon/permutations.ts";
import { isExact } from "../../trace/wasm/pairs/exact.ts";
import { Random } from "../lib/random.ts";

const EDGES = [0n, 1n, 2n ** 51n - 1n, 2n ** 50n, 2n ** 204n - 1n, 2n ** 253n, FIELD / 2n, FIELD / 2n + 1n, FIELD - 1n];

/** All lanes, by a permutation over words of 256 bits. */
function lanes(words: BigUint64Array, permute: (outs: number) => void, state: readonly bigint[]): bigint[] {
  state.forEach((word, lane) => {
    for (let i = 0; i < 4; i++) words[4 * lane + i] = word >> BigInt(64 * i);
  });
  permute(state.length);
  return state.map((_, lane) => {
    const part = (i: number): bigint => (words[4 * lane + i] as bigint) << BigInt(64 * i);
    const word = part(0) | part(1) | part(2) | part(3);
    return word < FIELD ? word : word - FIELD;
  });
}

const exact = isExact();
const pairs = exact
  ? new WebAssembly.Instance(new WebAssembly.Module(pairModuleBytes())).exports
  : ({} as WebAssembly.Exports);

describe.runIf(exact).each(PAIRED)("of %i words", (inputs) => {
  const random = new Random(inputs);
  const single = inIntegers(inputs);
  const word = (): bigint => (random.below(4) === 0 ? random.pick(EDGES) : random.bits(256) % FIELD);
  const both = (state: readonly bigint[]): [bigint[], bigint[]] => {
    const words = new BigUint64Array(
      (pairs.memory as WebAssembly.Memory).buffer,
      PAIR_MEMORY.words,
      ((inputs + 1) * WORD) / 8,
    );
    return [
      lanes(words, pairs[permuteName(inputs)] as (outs: number) => void, state),
      lanes(single.words, single.permute, state),
    ];
  };

  test("random words and words at the edges of limbs give the same lanes", () => {
    for (let i = 0; i < 150; i++) {
      const [inPairs, inWords] = both(Array.from({ length: inputs + 1 }, word));
      expect(inPairs).toEqual(inWords);
    }
  });

  test("words that are all the same edge give the same lanes", () => {
    for (const edge of EDGES) {
      const [inPairs, inWords] = both(new Array<bigint>(inputs + 1).fill(edge));
      expect(inPairs).toEqual(inWords);
    }
  });
});

test("digests are those that earlier versions of this program computed", () => {
  const numbers = Array.from({ length: 16 }, (_, i) => BigInt(i + 1) ** 50n);
  expect(hash(1n, numbers.slice(0, 4))).toBe(
    7530252393834359364730196008563499174972883066324342871426486144408838811142n,
  );
  expect(hash(2n, numbers)).toBe(10472484465233498428947500400173377119962810159635251140955339260860878690703n);
  expect(hashLanes(2n, numbers, 17)[16]).toBe(
    8772605094199219737693794584333662688189699986181282638698538627185448626301n,
  );
});

test("other numbers of words are hashed in integers", () => {
  expect(permutationOf(3).words).toBe(permutationOf(3).words);
  expect(permutationOf(3).words.buffer).toBe(inIntegers(5).words.buffer);
});

test("the kept module is the one that the generator makes", () => {
  expect(Buffer.from(pairModuleBytes()).equals(assemblePairs())).toBe(true);
});
