/**
 * Poseidon over BN254 with circomlib's parameters, in its own WebAssembly (trace/poseidon/). The capacity lane can
 * start at a tag or continue from an earlier call, as in the circuit's template.
 */
import { InvalidInputError } from "../errors.ts";
import { FIELD } from "../layout.ts";
import { MAX_INPUTS } from "./memory.ts";
import { permutationOf } from "./permutations.ts";

type Words = BigUint64Array;

function setWord(words: Words, lane: number, word: bigint): void {
  let rest = word < 0n || word >= FIELD ? ((word % FIELD) + FIELD) % FIELD : word;
  const at = 4 * lane;
  // Storing takes the low 64 bits.
  words[at] = rest;
  for (let i = 1; i < 4; i++) {
    rest >>= 64n;
    words[at + i] = rest;
  }
}

function getWord(words: Words, lane: number): bigint {
  const part = (i: number): bigint => words[4 * lane + i] as bigint;
  const word = (((((part(3) << 64n) | part(2)) << 64n) | part(1)) << 64n) | part(0);
  return word < FIELD ? word : word - FIELD;
}

/** @returns the lanes afterwards, as words */
function run(capacity: bigint, inputs: readonly bigint[], lanes: number): Words {
  if (inputs.length < 1 || inputs.length > MAX_INPUTS) {
    throw new InvalidInputError("inputs", `${inputs.length} words, not 1 to ${MAX_INPUTS}`);
  }
  const { words, permute } = permutationOf(inputs.length);
  setWord(words, 0, capacity);
  for (let i = 0; i < inputs.length; i++) setWord(words, i + 1, inputs[i] as bigint);
  permute(lanes);
  return words;
}

/**
 * One call of the permutation over 1 to 16 words. Words outside the field are taken modulo its order.
 * @param capacity initial capacity lane: a tag, or the digest to continue from
 * @returns lane 0 of the state afterwards
 * @throws InvalidInputError if there are no words, or more than 16
 */
export function hash(capacity: bigint, inputs: readonly bigint[]): bigint {
  return getWord(run(capacity, inputs, 1), 0);
}

/**
 * Like {@link hash}, and returns the first `lanes` lanes of the state.
 * @throws InvalidInputError if the state has fewer lanes
 */
export function hashLanes(capacity: bigint, inputs: readonly bigint[], lanes: number): bigint[] {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > inputs.length + 1) {
    throw new InvalidInputError("lanes", `${lanes}, of ${inputs.length + 1}`);
  }
  const words = run(capacity, inputs, lanes);
  return Array.from({ length: lanes }, (_, lane) => getWord(words, lane));
}
