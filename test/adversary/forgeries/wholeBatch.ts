/** The same for the other inputs of a batch: public inputs, tree nodes, signature table. Each is changed alone. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { PUBLIC_INPUTS } from "../../../trace/commitment/commit.ts";
import { FIELD } from "../../../trace/layout.ts";
import { verdict } from "../../lib/circuit.ts";
import { pick, type SystematicLine } from "./systematic.ts";
import { exchange } from "./table.ts";

type Path = [name: string, ...indices: number[]];
type Values = bigint | readonly Values[];

function* pathsOf(name: string, value: Values, indices: number[] = []): Generator<Path> {
  if (typeof value === "bigint") yield [name, ...indices];
  else for (const [i, part] of value.entries()) yield* pathsOf(name, part, [...indices, i]);
}

function replaced(value: Values, indices: readonly number[], change: (old: bigint) => bigint): Values {
  if (typeof value === "bigint") return change(value);
  const [first, ...rest] = indices;
  return value.map((part, i) => (i === first ? replaced(part, rest, change) : part));
}

const CHANGES: readonly (readonly [text: string, change: (old: bigint) => bigint])[] = [
  ["+ 1", (old) => (old + 1n) % FIELD],
  ["− 1", (old) => (old + FIELD - 1n) % FIELD],
  ["= 0", () => 0n],
  ["+ 2^40", (old) => (old + (1n << 40n)) % FIELD],
];

const PARTS = [
  ["Public inputs", (name: string) => (PUBLIC_INPUTS as readonly string[]).includes(name), 5],
  ["Tree nodes", (name: string) => name.startsWith("node"), 60],
  ["Signature table", (name: string) => name.startsWith("entry"), 22],
] as const;

/**
 * Changes every input outside of the rows, in a batch with two signatures.
 * @param quick takes this number of paths of each part, and one change of each
 */
export async function wholeBatch(quick: boolean, seed: number): Promise<SystematicLine[]> {
  const good = exchange();
  const lines: SystematicLine[] = [];
  for (const [of, belongs, few] of PARTS) {
    const line: SystematicLine = { of, tried: 0, refused: 0, idle: 0, another: 0, holes: [] };
    lines.push(line);
    const paths = Object.entries(good).flatMap(([name, value]) => (belongs(name) ? [...pathsOf(name, value)] : []));
    const chosen = quick ? pick(paths, few, seed) : paths;
    for (const [i, [name, ...indices]] of chosen.entries()) {
      // Lanes are hashed as a whole, so one change of their words suffices.
      const all = indices.length < 2 && !quick;
      for (const [text, change] of all ? CHANGES : pick(CHANGES, 1, seed + i)) {
        const input = { ...good, [name]: replaced(good[name] as Values, indices, change) } as BatchSignals;
        if (JSON.stringify(input[name], plain) === JSON.stringify(good[name], plain)) continue;
        line.tried++;
        if ((await verdict(input)) !== "accepted") line.refused++;
        // Without a change of public inputs the statement is the same, and so are roots and records.
        else if (of === "Public inputs") line.holes.push(`${name} ${text}`);
        else line.idle++;
      }
    }
  }
  return lines;
}

const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
