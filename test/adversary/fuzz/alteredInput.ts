/** The inputs of a batch with one number changed, for the circuit to refuse. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { FIELD } from "../../../trace/layout.ts";

/** Inputs that can change in another valid proof of the same statement, or that have no meaning in their place. */
const FREE_INPUTS: ReadonlySet<string> = new Set(["span", "domain", "nodeInverse", "subjected"]);

/** The input with one number changed, so that the statement is false; undefined if the chosen number is free. */
export function alteredInput(
  input: BatchSignals,
  check: number,
  rows: number,
  nodes: number,
): { name: string; input: BatchSignals } | undefined {
  const names = Object.keys(input).filter((name) => !FREE_INPUTS.has(name));
  const name = names[check % names.length] as string;
  const value = input[name] as bigint | bigint[] | bigint[][];
  // Unused entries of a table have no meaning.
  const signed = (input.entryActive as bigint[]).filter((bit) => bit === 1n).length;
  const used = name.startsWith("entry") ? signed : name.startsWith("node") ? nodes : rows;
  if (Array.isArray(value) && used === 0) return undefined;
  const first = Math.floor(check / names.length) % used;
  const change = (old: bigint): bigint => (old + 1n + BigInt(check % 3)) % FIELD;
  if (!Array.isArray(value)) return { name, input: { ...input, [name]: change(value) } };
  const list = value.map((entry, i) => {
    if (i !== first) return entry;
    return Array.isArray(entry)
      ? entry.map((one, j) => (j === check % entry.length ? change(one) : one))
      : change(entry);
  });
  return { name: `${name}[${first}]`, input: { ...input, [name]: list as bigint[] } };
}
