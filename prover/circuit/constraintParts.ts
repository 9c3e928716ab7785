/**
 * Attributes the constraints of a compiled circuit to its parts. A constraint belongs to the component that
 * declared the last of its wires. The compiler numbers wires component by component, callers before callees, so that
 * component wrote the constraint. (A constraint that only compares other components' results belongs to the last of
 * them.)
 */
import { readFile } from "node:fs/promises";
import { loadR1cs, type R1cs } from "../formats/r1cs.ts";
import type { CircuitArtifacts } from "./build.ts";

/** Parts of the batch circuit, in the order in which they are reported. */
export const PARTS = [
  "row.ranges",
  "row.logic",
  "row.effect",
  "row.leaf",
  "node.hashes",
  "node.ranges",
  "memory.rows",
  "memory.nodes",
  "signatures",
  "trace.tree",
  "transcript",
  "span",
] as const;
export type CircuitPart = (typeof PARTS)[number];

/** Constraints by part; they sum up to all constraints of the circuit. */
export async function constraintParts(circuit: CircuitArtifacts): Promise<Record<CircuitPart, number>> {
  const [r1cs, wires] = await Promise.all([loadR1cs(circuit.r1cs), wireNames(circuit.sym)]);
  const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<CircuitPart, number>;
  for (let row = 0; row < r1cs.header.constraints; row++) parts[partOf(r1cs, row, wires)]++;
  return parts;
}

/** Parts of a circuit over one state, in the same way. */
export const STATE_PARTS = ["ranges", "paths", "signature"] as const;
export type StatePart = (typeof STATE_PARTS)[number];

/** Constraints of a circuit over one state (prover/stateCircuits.ts) by part; they sum up to all of them. */
export async function statePartsOf(circuit: CircuitArtifacts): Promise<Record<StatePart, number>> {
  const [r1cs, wires] = await Promise.all([loadR1cs(circuit.r1cs), wireNames(circuit.sym)]);
  const parts = { ranges: 0, paths: 0, signature: 0 };
  for (let row = 0; row < r1cs.header.constraints; row++) {
    const last = wiresOf(r1cs, 3 * row, 3 * row + 3).reduce((most, wire) => Math.max(most, wire), 0);
    const { path, bit } = wires[last] ?? { path: [], bit: false };
    const [outer = ""] = path;
    if (outer === "signature" || outer === "message") parts.signature++;
    else parts[bit && isSquare(r1cs, row) ? "ranges" : "paths"]++;
  }
  return parts;
}

/** A wire's data for the attribution. */
interface WireName {
  /** Names of the components around its declaration, outermost first, without indices: ["row", "choice", "clock"]. */
  path: readonly string[];
  /** Whether it is a bit of a range check, under this or another name. */
  bit: boolean;
}

/** Names of all wires. A wire can have many names: the first is from its declaration, the others from passing it on. */
async function wireNames(symbols: string): Promise<WireName[]> {
  const names: WireName[] = [];
  for (const line of (await readFile(symbols, "utf8")).split("\n")) {
    // label, wire (−1: none), component, name
    const [, wire, , name] = line.split(",");
    if (name === undefined || wire === undefined || wire === "-1") continue;
    const at = Number(wire);
    const path = name
      .replace(/\[[0-9]+\]/g, "")
      .split(".")
      .slice(1);
    // Bits that the circuit uses further have a name of their own, which by convention ends in Bits.
    const bit = path.at(-2)?.startsWith("Num2Bits") === true || path.at(-1)?.endsWith("Bits") === true;
    const known = names[at];
    if (known !== undefined) known.bit ||= bit;
    else names[at] = { path, bit };
  }
  return names;
}

function partOf(r1cs: R1cs, row: number, wires: readonly WireName[]): CircuitPart {
  let last = 0;
  let memory = 0;
  let bit = false;
  for (const wire of wiresOf(r1cs, 3 * row, 3 * row + 3)) {
    const name = wires[wire];
    if (wire > last) last = wire;
    if (wire > memory && name !== undefined && MEMORY.has(name.path[0] ?? "")) memory = wire;
    bit ||= name?.bit ?? false;
  }
  // The challenges are sums over the transcript's last wires, so products with them would seem to belong to the
  // transcript.
  const path = wires[memory || last]?.path ?? [];
  return partOfPath(path, bit && isSquare(r1cs, row));
}

const MEMORY: ReadonlySet<string> = new Set([
  "rowMemory",
  "nodeMemory",
  "entryMemory",
  "root",
  "rootBefore",
  "rootAfter",
]);

function partOfPath(path: readonly string[], range: boolean): CircuitPart {
  const [outer = "", inner = "", below = "", deepest = ""] = path;
  switch (outer) {
    case "row":
      if (range) return "row.ranges";
      if (below === "group" && deepest.startsWith("Hash")) return "row.effect";
      return inner.startsWith("Hash") ? "row.leaf" : "row.logic";
    case "node":
      return inner.startsWith("Hash") ? "node.hashes" : "node.ranges";
    case "treeNodes":
      // Whether a node answers to the signature table, and that its log grew.
      if (inner === "signs" || inner === "inverse") return "signatures";
      return "node.ranges";
    case "rowMemory":
      return "memory.rows";
    case "nodeMemory":
    case "root":
    case "rootBefore":
    case "rootAfter":
      return "memory.nodes";
    case "entry":
    case "entryMemory":
    case "behind":
      return "signatures";
    case "trace":
      return "trace.tree";
    case "transcript":
    case "challenges":
      return "transcript";
    case "spanBits":
      return "span";
    default:
      if (outer.startsWith("Num2Bits")) return "span";
      // All other signals of the main component are inputs of rows.
      return range ? "row.ranges" : "row.logic";
  }
}

/** Wires of the term lists from..to, without the constant one. */
function wiresOf(r1cs: R1cs, from: number, to: number): number[] {
  const [start, end] = [r1cs.starts[from] as number, r1cs.starts[to] as number];
  return [...r1cs.termWires.subarray(start, end)].filter((wire) => wire !== 0);
}

/**
 * Whether the constraint is a polynomial in one linear combination x. A range check has x · (x − 1) = 0 for each of its
 * bits.
 */
function isSquare(r1cs: R1cs, row: number): boolean {
  const [a, b, c] = [0, 1, 2].map((i) => wiresOf(r1cs, 3 * row + i, 3 * row + i + 1)) as [number[], number[], number[]];
  const own = new Set(a);
  return a.length === b.length && [...b, ...c].every((wire) => own.has(wire));
}
