/** The `.sym` file: the wires of the source's signals, and the signals of a template's instances. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** Wire numbers by full name, as in `main.row[3].seq`. Signals that the compiler optimised away are missing. */
export async function loadSymbols(path: string): Promise<Map<string, number>> {
  const symbols = new Map<string, number>();
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    // label, wire (−1: none), template, name
    const [, wire, , name] = line.split(",");
    if (name !== undefined && wire !== undefined && wire !== "-1") symbols.set(name, Number(wire));
  }
  return symbols;
}

/**
 * The signals of one instance of each of these templates, by their own names, in their order in the witness program's
 * memory: labels count them.
 *
 * @param templates by the numbers that the compiler gave them
 */
export async function signalsOf(path: string, templates: ReadonlySet<number>): Promise<Map<number, string[]>> {
  const found = new Map<number, { owner: string; first: number; signals: string[] }>();
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const [label, , template, name] = line.split(",");
    const id = Number(template);
    if (name === undefined || !templates.has(id)) continue;
    const dot = name.lastIndexOf(".");
    const [owner, own] = [name.slice(0, dot), name.slice(dot + 1)];
    const known = found.get(id);
    if (known === undefined) found.set(id, { owner, first: Number(label), signals: [own] });
    else if (known.owner === owner && Number(label) === known.first + known.signals.length) known.signals.push(own);
  }
  return new Map([...found].map(([id, { signals }]) => [id, signals]));
}
