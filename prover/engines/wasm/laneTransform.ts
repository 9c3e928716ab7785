/**
 * The polynomial work in lanes. Step i of a vector holds its elements i and i + count/2. A vector of one element holds
 * it twice.
 */

import { centred, ELEMENT, limbsOf, PAIR, RADIX } from "../../../trace/wasm/pairs/limbs.ts";
import { FIELD_ORDER, inverse } from "../../curve/bn254.ts";
import { rootOfUnity } from "../../keys/qap.ts";
import type { Lanes } from "./simd/instance.ts";
import type { QuotientTask } from "./tasks.ts";

const stepsOf = (count: number): number => Math.max(count >> 1, 1);
const WORD = 32;

/** Bytes of a vector of `count` elements. */
export const stepBytes = (count: number): number => stepsOf(count) * PAIR;

/** Allocates a vector and fills it with values in Montgomery form, 32 bytes each. */
export function loadPairs(lanes: Lanes, words: Uint8Array, count: number): number {
  const pairs = lanes.alloc(stepBytes(count));
  const mark = lanes.mark();
  const address = lanes.put(words);
  lanes.call("fr_load")(address, address + (count >> 1) * WORD, pairs, stepsOf(count));
  lanes.release(mark);
  return pairs;
}

/** Does the task: A·B − C at the odd points, where C is A·B on the rows. */
export function joinPairs(lanes: Lanes, task: QuotientTask): void {
  const mark = lanes.mark();
  const steps = stepsOf(task.domainSize);
  const load = (vector: SharedArrayBuffer): number => lanes.put(new Uint8Array(vector));
  const c = load(task.rowsA);
  const [a, b] = [load(task.rowsB), load(task.oddB)];
  lanes.call("fr_products")(c, a, steps);
  toOddPoints(lanes, c, task.domainSize);
  lanes.bytes.set(new Uint8Array(task.oddA), a);
  lanes.call("fr_remainders")(a, b, c, steps);
  // C's memory takes the words.
  lanes.call("fr_store")(a, c, c + (task.domainSize >> 1) * WORD, steps);
  new Uint8Array(task.result).set(lanes.bytes.subarray(c, c + task.domainSize * WORD));
  lanes.release(mark);
}

/** The two elements of a step, for `Lanes.put`. */
function pairBytes(low: bigint, high: bigint): Uint8Array {
  const [a, b] = [low, high].map((value) => limbsOf(centred(value * RADIX, FIELD_ORDER))) as [number[], number[]];
  return new Uint8Array(Float64Array.from(a.flatMap((limb, i) => [limb, b[i] as number])).buffer);
}

/**
 * @param pairs the values, `stepsOf(count)` steps, replaced by the new ones
 * @param count a power of two
 */
export function toOddPoints(lanes: Lanes, pairs: number, count: number): void {
  if (count === 1) return;
  const mark = lanes.mark();
  const steps = stepsOf(count);
  const table = lanes.alloc(steps * ELEMENT);
  const odd = rootOfUnity(Math.log2(count) + 1);
  const root = (odd * odd) % FIELD_ORDER;

  fillTable(lanes, table, count, inverse(root, FIELD_ORDER));
  lanes.call("fr_cross")(pairs, steps);
  for (let blocks = 1; blocks < steps; blocks *= 2) {
    lanes.call("fr_cut")(pairs, steps / blocks / 2, blocks, table, table + blocks * ELEMENT);
  }
  fillTable(lanes, table, count, root);
  // Coefficient k is multiplied by odd^k / count. In the low lane, k is twice the exponent in the table; in the high
  // lane, one more.
  const share = inverse(BigInt(count), FIELD_ORDER);
  lanes.call("fr_scale")(pairs, table, lanes.put(pairBytes(share, share * odd)), steps);
  for (let blocks = steps / 2; blocks >= 1; blocks /= 2) {
    lanes.call("fr_join")(pairs, steps / blocks / 2, blocks, table, table + blocks * ELEMENT);
  }
  lanes.call("fr_cross")(pairs, steps);
  lanes.release(mark);
}

/**
 * root^k for k below count / 2, in bit-reversed order. The entries whose index has one bit more are the previous ones
 * times one power.
 */
function fillTable(lanes: Lanes, table: number, count: number, root: bigint): void {
  const mark = lanes.mark();
  const powers = [root];
  while (2 ** powers.length < count) powers.push((powers.at(-1) as bigint) ** 2n % FIELD_ORDER);
  lanes.doubles.set(limbsOf(centred(RADIX, FIELD_ORDER)), table / 8);
  for (let done = 1; done < count / 2; done *= 2) {
    // root^(count / 4 / done)
    const power = powers[Math.log2(count / 4 / done)] as bigint;
    lanes.call("fr_multiples")(table, lanes.put(pairBytes(power, power)), table + done * ELEMENT, done);
  }
  lanes.release(mark);
}
