/** What the memory begins with: the constants, and the tables of all numbers of inputs. */
import { FIELD } from "../layout.ts";
import { ELEMENT, HEADER, limbsOf, MAX_INPUTS, MEMORY, PAGES, PARTIAL, PARTS, type Part, RADIX } from "./memory.ts";
import { tableOf } from "./tables.ts";

/** Parts that sums begin with. */
const STARTS: ReadonlySet<Part> = new Set(["starts", "partialStarts", "leaveStarts"]);

export function image(): Uint8Array {
  const memory = new Uint32Array(PAGES * 2 ** 14);
  const put = (at: number, value: bigint): void => memory.set(limbsOf(value % FIELD), at / 4);
  put(MEMORY.plainOne, 1n);
  put(MEMORY.one, RADIX);
  put(MEMORY.square, RADIX ** 2n);

  let free: number = MEMORY.tables;
  for (let inputs = 1; inputs <= MAX_INPUTS; inputs++) {
    const parts = tableOf(inputs);
    const table = free;
    free += HEADER;
    memory[MEMORY.directory / 4 + inputs] = table;
    memory.set([inputs + 1, PARTIAL[inputs - 1] as number], table / 4);
    PARTS.forEach((name, i) => {
      memory[table / 4 + 2 + i] = free;
      for (const value of parts[name]) {
        put(free, value * (STARTS.has(name) ? RADIX ** 2n : RADIX));
        free += ELEMENT;
      }
    });
  }
  return new Uint8Array(memory.buffer, 0, free);
}
