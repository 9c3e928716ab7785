/** Reading the coefficients of a key, for both ways to compute with them. */
import { readSync } from "node:fs";
import { FormatError } from "../../errors.ts";
import { COEFFICIENT_SIZE } from "../../keys/qap.ts";
import type { EvaluateTask } from "./tasks.ts";

/** @throws FormatError if a coefficient is for a row or a wire that does not exist */
export function checkPlace(row: number, wire: number, rows: number, wires: number): void {
  if (row < rows && wire < wires) return;
  throw new FormatError("BAD_COEFFICIENT", `a coefficient is for row ${row} and wire ${wire}: make the key again`);
}

/** Coefficients read from the key at a time: about 3 MB. */
export const CHUNK = 65536;

/**
 * Reads a matrix's task chunk by chunk into a buffer of {@link CHUNK} coefficients.
 * @returns the number of coefficients in the buffer, for each chunk
 * @throws FormatError if the file ends before
 */
export function* chunksInto(task: EvaluateTask, bytes: Uint8Array, buffer: number): Generator<number> {
  for (let first = 0; first < task.coefficients; first += CHUNK) {
    const count = Math.min(CHUNK, task.coefficients - first);
    readFully(task.file, bytes, buffer, count * COEFFICIENT_SIZE, task.position + first * COEFFICIENT_SIZE);
    yield count;
  }
}

/** Reads exactly `size` bytes into memory. @throws FormatError if the file ends before */
export function readFully(file: number, bytes: Uint8Array, address: number, size: number, position: number): void {
  for (let done = 0; done < size; ) {
    const read = readSync(file, bytes, address + done, size - done, position + done);
    if (read === 0) throw new FormatError("CUT_SHORT", "the key ends too early: make it again");
    done += read;
  }
}
