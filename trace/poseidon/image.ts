/** The initial content of the memory: the constants, and the tables. */
import { FIELD } from "../layout.ts";
import {
  ELEMENT,
  HEADER,
  limbsOf,
  MAX_INPUTS,
  MEMORY,
  type MemoryPart,
  PAGES,
  PARTIAL,
  PARTS,
  RADIX,
} from "./memory.ts";
import { tableOf } from "./tables.ts";

const ALL = Array.from({ length: MAX_INPUTS }, (_, i) => i + 1);
/** Parts that are initial constants of sums. */
const STARTS: ReadonlySet<MemoryPart> = new Set(["starts", "partialStarts", "leaveStarts"]);

/**
 * @param base the address of its first byte, a multiple of 8
 * @param inputs the numbers of inputs to make tables for; by default all
 */
export function image(base = 0, inputs: Iterable<number> = ALL): Uint8Array {
  const memory = new Uint32Array(PAGES * 2 ** 14);
  const put = (at: number, value: bigint): void => memory.set(limbsOf(value % FIELD), at / 4);
  put(MEMORY.plainOne, 1n);
  put(MEMORY.one, RADIX);
  put(MEMORY.square, RADIX ** 2n);

  let free: number = MEMORY.tables;
  for (const count of inputs) {
    const parts = tableOf(count);
    const table = free;
    free += HEADER;
    memory[MEMORY.directory / 4 + count] = base + table;
    memory.set([count + 1, PARTIAL[count - 1] as number], table / 4);
    PARTS.forEach((name, i) => {
      memory[table / 4 + 2 + i] = base + free;
      for (const value of parts[name]) {
        put(free, value * (STARTS.has(name) ? RADIX ** 2n : RADIX));
        free += ELEMENT;
      }
    });
  }
  return new Uint8Array(memory.buffer, 0, free);
}
