/**
 * Poseidon over BN254 with circomlib's parameters, in its own WebAssembly (trace/poseidon/). The capacity lane can
 * start at a tag or continue from an earlier call, as in the circuit's template.
 */
import { InvalidInputError } from "../errors.ts";
import { FIELD } from "../layout.ts";
import { MAX_INPUTS, MEMORY, WORD } from "./memory.ts";
import { moduleBytes } from "./module.ts";

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
const permute = exports.permute as (inputs: number, outs: number) => void;
const words = new BigUint64Array(
  (exports.memory as WebAssembly.Memory).buffer,
  MEMORY.words,
  ((MAX_INPUTS + 1) * WORD) / 8,
);

function setWord(lane: number, word: bigint): void {
  let rest = word < 0n || word >= FIELD ? ((word % FIELD) + FIELD) % FIELD : word;
  const at = 4 * lane;
  // Storing takes the low 64 bits.
  words[at] = rest;
  for (let i = 1; i < 4; i++) {
    rest >>= 64n;
    words[at + i] = rest;
  }
}

function getWord(lane: number): bigint {
  const part = (i: number): bigint => words[4 * lane + i] as bigint;
  const word = (((((part(3) << 64n) | part(2)) << 64n) | part(1)) << 64n) | part(0);
  return word < FIELD ? word : word - FIELD;
}

function run(capacity: bigint, inputs: readonly bigint[], lanes: number): void {
  if (inputs.length < 1 || inputs.length > MAX_INPUTS) {
    throw new InvalidInputError("inputs", `${inputs.length} words, not 1 to ${MAX_INPUTS}`);
  }
  setWord(0, capacity);
  for (let i = 0; i < inputs.length; i++) setWord(i + 1, inputs[i] as bigint);
  permute(inputs.length, lanes);
}

/**
 * One call of the permutation over 1 to 16 words. Words outside the field are taken modulo its order.
 * @param capacity initial capacity lane: a tag, or the digest to continue from
 * @returns lane 0 of the state afterwards
 * @throws InvalidInputError if there are no words, or more than 16
 */
export function hash(capacity: bigint, inputs: readonly bigint[]): bigint {
  run(capacity, inputs, 1);
  return getWord(0);
}

/**
 * Like {@link hash}, and returns the first `lanes` lanes of the state.
 * @throws InvalidInputError if the state has fewer lanes
 */
export function hashLanes(capacity: bigint, inputs: readonly bigint[], lanes: number): bigint[] {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > inputs.length + 1) {
    throw new InvalidInputError("lanes", `${lanes}, of ${inputs.length + 1}`);
  }
  run(capacity, inputs, lanes);
  return Array.from({ length: lanes }, (_, lane) => getWord(lane));
}
