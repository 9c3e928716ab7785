/**
 * Inputs of the circuits over one state that no prover would make. A changed node changes the digests above it, as far
 * up as a forger wants.
 */
import { cellInput } from "../../../prover/exits/cellInput.ts";
import { exitInput } from "../../../prover/exits/exitInput.ts";
import { statePath } from "../../../prover/exits/statePath.ts";
import { TAG } from "../../../trace/layout.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { type LogSignature, signWord } from "../../../trace/signing/signature.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { secretOf } from "../../lib/authorities.ts";
import { KEY, LEVELS, type World } from "./worlds.ts";

/** A signal's values. */
export type Value = bigint | Value[];
/** Inputs by name. */
export type Inputs = Record<string, Value>;

/** Depth of the first cells node, and of the last. */
export const FIRST_CELLS = LEVELS;
export const LAST = LEVELS + 3;

const copy = (value: Value): Value => (typeof value === "bigint" ? value : value.map(copy));
export const copied = (inputs: Inputs): Inputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, copy(value)]));

/** The honest inputs of an exit. */
export function honestExit({ map, wish }: World): Inputs {
  return copied(exitInput(map, wish, { secret: secretOf(KEY) }).input as Inputs);
}

/** The honest inputs of a cell. */
export function honestCell(map: TimeMap, at: number): Inputs {
  return copied(cellInput(map, at).input as Inputs);
}

/** The inputs with others in place of some. */
export const changed = (inputs: Inputs, changes: Inputs): Inputs => ({ ...copied(inputs), ...changes });

/** The path to any address as inputs of the exit circuit; the root's lanes are left out. */
export function holderPath(map: TimeMap, at: number): Inputs {
  const { inner, cells, down, turn } = statePath(map, at);
  return copied({ holderNodes: inner.slice(1), cellNodes: cells, down, turn });
}

/** A signature over any message, with one of the test keys. */
export function signedExit(inputs: Inputs, key = KEY): Inputs {
  const words = ["domain", "place", "program", "w1"].map((name) => inputs[name] as bigint);
  return withSignature(inputs, signWord(secretOf(key), hash(TAG.exit, words)));
}

export const withSignature = (inputs: Inputs, { key, r, s }: LogSignature): Inputs =>
  changed(inputs, { keyX: key[0], r, s });

/** One of the two paths of an exit, or that of a cell: its nodes from the root down. */
export type Which = "holder" | "program" | "cell";

export function nodesOf(inputs: Inputs, which: Which): bigint[][] {
  const list = (name: string): bigint[][] => inputs[name] as bigint[][];
  if (which === "cell") return [...list("innerNodes"), ...list("cellNodes")];
  const root = inputs.rootNode as bigint[];
  if (which === "holder") return [root, ...list("holderNodes"), ...list("cellNodes")];
  return [root, ...list("programNodes"), inputs.headerNode as bigint[]];
}

function programIn(inputs: Inputs, which: Which): bigint {
  if (which === "program") return inputs.program as bigint;
  return ((inputs[which === "holder" ? "place" : "address"] as bigint) >> 8n) & 0xffffffn;
}

/** The lane of a node that has the next node's digest; −1 if the next node is the same one. */
export function laneAt(inputs: Inputs, which: Which, depth: number): number {
  if (depth < LEVELS) return Number((programIn(inputs, which) >> BigInt(4 * (LEVELS - 1 - depth))) & 15n);
  const step = depth - FIRST_CELLS;
  if ((inputs.down as bigint[])[step] === 0n) return -1;
  const [low = 0n, high = 0n] = (inputs.turn as bigint[][])[step] as bigint[];
  return 12 + Number(low + 2n * high);
}

/** The digest of a node of a path, with the tag of its sort unless another is given. */
export function digestAt(nodes: readonly bigint[][], depth: number, tag?: bigint): bigint {
  return hash(tag ?? (depth < LEVELS ? TAG.inner : TAG.cells), nodes[depth] as bigint[]);
}

/**
 * Puts the digests of a changed path into the nodes above, from the last node up.
 * @param to the highest node that may change; −1: the root, too
 * @param tags of nodes, by depth, that are not those of their sort
 */
export function rebuilt(inputs: Inputs, which: Which, to = -1, tags: ReadonlyMap<number, bigint> = new Map()): Inputs {
  const out = copied(inputs);
  const nodes = nodesOf(out, which);
  for (let depth = nodes.length - 2; depth >= Math.max(to, 0); depth--) {
    const [node, below] = [nodes[depth], nodes[depth + 1]] as [bigint[], bigint[]];
    const lane = laneAt(out, which, depth);
    if (lane < 0) node.splice(0, 16, ...below);
    else node[lane] = digestAt(nodes, depth + 1, tags.get(depth + 1));
  }
  if (to < 0) out.root = digestAt(nodes, 0, tags.get(0));
  return out;
}

/** Writes the words of the cell in a path's last node. */
export function withWords(inputs: Inputs, slot: number, words: readonly bigint[]): Inputs {
  const out = copied(inputs);
  const node = (out.cellNodes as bigint[][])[3] as bigint[];
  node.splice(3 * (slot % 4), 3, ...words);
  return out;
}
