/** The tree nodes of a batch, chosen by a prover. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { programOf, slotOf, TAG } from "../../../trace/layout.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { SMALL } from "../../lib/circuit.ts";

interface Name {
  x: number;
  y: number;
  cells: boolean;
}

const lanesOf = (input: BatchSignals, at: number): bigint[] => (input.nodeAfter as bigint[][])[at] as bigint[];

function namesOf(input: BatchSignals): Name[] {
  const [xs, ys, cells] = [input.nodeX, input.nodeY, input.nodeCells] as [bigint[], bigint[], bigint[]];
  return xs.map((x, n) => ({ x: Number(x), y: Number(ys[n]), cells: cells[n] === 1n }));
}

/** Changes a cell after the batch, and all digests above it. Its leaf's nodes are in the batch. */
export function rewriteCell(
  input: BatchSignals,
  address: number,
  change: (words: readonly bigint[]) => bigint[],
): void {
  const names = namesOf(input);
  const [x, y] = [16 ** SMALL.levels + programOf(address), slotOf(address) >> 2];
  const lanes = lanesOf(
    input,
    names.findIndex((name) => name.cells && name.x === x && name.y === y),
  );
  const lane = 3 * (slotOf(address) & 3);
  lanes.splice(lane, 3, ...change(lanes.slice(lane, lane + 3)));
  input.postRoot = rehash(names, input);
}

/** Digests of nodes after the batch, from the leaves up, into their parents' lanes; returns the root. */
function rehash(names: readonly Name[], input: BatchSignals): bigint {
  for (let n = names.length - 1; n >= 0; n--) {
    const { x, y, cells } = names[n] as Name;
    if (x === 0) continue;
    const digest = hash(cells ? TAG.cells : TAG.inner, lanesOf(input, n));
    if (x === 1) return digest;
    const parent = y > 0 ? { x, y: (y - 1) >> 2, lane: 12 + ((y - 1) & 3) } : { x: x >> 4, y: 0, lane: x & 15 };
    const above = names.findIndex((p) => p.x === parent.x && p.y === parent.y);
    if (above >= 0) lanesOf(input, above)[parent.lane] = digest;
  }
  throw new RangeError("the batch has no root");
}

/** The last program of the first sixteen. */
export const LAST = 15;

/** A batch in which the memory of program LAST is that of program 0, which no map has. */
export function asProgram0(input: BatchSignals): BatchSignals {
  const first = 16 ** SMALL.levels;
  const names = namesOf(input);
  const [root, above] = [1, first / 16].map((x) => names.findIndex((name) => name.x === x)) as [number, number];
  input.nodeX = (input.nodeX as bigint[]).map((x) => (x === BigInt(first + LAST) ? BigInt(first) : x));
  for (const [lanes, of] of [
    ["nodeBefore", "preRoot"],
    ["nodeAfter", "postRoot"],
  ] as const) {
    const nodes = input[lanes] as bigint[][];
    const [own, parent] = [nodes[above], nodes[root]] as [bigint[], bigint[]];
    [own[0], own[LAST]] = [own[LAST] as bigint, own[0] as bigint];
    parent[0] = hash(TAG.inner, own);
    input[of] = hash(TAG.inner, parent);
  }
  return input;
}
