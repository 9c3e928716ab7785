/** The `.sym` file: which wire a signal of the source ended up on. */
import { readFile } from "node:fs/promises";

/**
 * Wire numbers by full name, as in `main.row[3].seq`. Signals that the compiler optimised away are not there.
 */
export async function loadSymbols(path: string): Promise<Map<string, number>> {
  const symbols = new Map<string, number>();
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    // label, wire (−1: none), component, name
    const [, wire, , name] = line.split(",");
    if (name !== undefined && wire !== undefined && wire !== "-1") symbols.set(name, Number(wire));
  }
  return symbols;
}
