/** Reading the coefficients of a key, for both ways to compute with them. */
import { readSync } from "node:fs";
import { FormatError } from "../../errors.ts";

/** @throws FormatError if a coefficient is for a row or a wire that does not exist */
export function checkPlace(row: number, wire: number, rows: number, wires: number): void {
  if (row < rows && wire < wires) return;
  throw new FormatError("BAD_COEFFICIENT", `a coefficient is for row ${row} and wire ${wire}: make the key again`);
}

/** Reads exactly `size` bytes into memory. @throws FormatError if the file ends before */
export function readFully(file: number, bytes: Uint8Array, address: number, size: number, position: number): void {
  for (let done = 0; done < size; ) {
    const read = readSync(file, bytes, address + done, size - done, position + done);
    if (read === 0) throw new FormatError("CUT_SHORT", "the key ends too early: make it again");
    done += read;
  }
}
