/**
 * Shape of the tree of docs/reference/protocol.md, section 3: the names of nodes, the path to a slot, and the digests
 * of unwritten parts.
 */
import { InvalidInputError } from "../errors.ts";
import { programOf, slotOf, TAG } from "../layout.ts";
import { hash } from "../poseidon/index.ts";

/** Children of an inner node, and lanes of every node. */
export const ARITY = 16;
/** Cells nodes of one program: y runs from 0 to 63, four slots in each. */
export const CELLS_NODES = 64;
/** Most cells nodes on the path to a slot: the last of the 64 lies below three others. */
export const LONGEST_BELOW = 4;
/** Slots whose words one cells node holds. */
export const SLOTS_PER_NODE = 4;
/** Lane of the first child digest in a cells node, after the words of its four slots. */
export const FIRST_CHILD_LANE = 12;
/** Levels beyond which programs would not fit in 24 bits. */
export const MAX_LEVELS = 6;

/** Name of a node: `inner` (x, 0), `cells` (16^L + program, y). */
export interface NodeName {
  kind: "inner" | "cells";
  x: number;
  y: number;
}

/** The heap id of program 0's leaf, 16^L; also one more than the greatest program number. */
export function firstLeaf(levels: number): number {
  if (!Number.isInteger(levels) || levels < 1 || levels > MAX_LEVELS) {
    throw new InvalidInputError("levels", `${levels} is not a whole number between 1 and ${MAX_LEVELS}`);
  }
  return ARITY ** levels;
}

/** The nodes from the root down to the cells node that holds the address. */
export function pathOf(levels: number, address: number): NodeName[] {
  const leaf = firstLeaf(levels) + programOf(address);
  const path: NodeName[] = [];
  for (let level = 0; level < levels; level++) {
    path.push({ kind: "inner", x: Math.floor(leaf / ARITY ** (levels - level)), y: 0 });
  }
  const below: NodeName[] = [];
  for (let y = slotOf(address) >> 2; ; y = (y - 1) >> 2) {
    below.push({ kind: "cells", x: leaf, y });
    if (y === 0) break;
  }
  return path.concat(below.reverse());
}

/** One number for a node's name, for sets and maps. Inner and cells nodes never share an x. */
export function nodeKey(node: { x: number; y: number }): number {
  return node.x * CELLS_NODES + node.y;
}

/** Digest of a node's 16 lanes. */
export function nodeDigest(kind: NodeName["kind"], lanes: readonly bigint[]): bigint {
  return hash(TAG[kind], lanes);
}

let emptyCells: readonly bigint[] | undefined;
const emptyInner = new Map<number, readonly bigint[]>();

/**
 * Digest of a cells node in which nothing was ever written, by y. Beyond 63 there are no nodes, and the digest is 0.
 */
export function emptyCellsDigest(y: number): bigint {
  if (emptyCells === undefined) {
    const digests: bigint[] = new Array(CELLS_NODES).fill(0n);
    for (let at = CELLS_NODES - 1; at >= 0; at--) {
      const lanes: bigint[] = new Array(ARITY).fill(0n);
      for (let i = 0; i < 4; i++) lanes[FIRST_CHILD_LANE + i] = digests[4 * at + 1 + i] ?? 0n;
      digests[at] = nodeDigest("cells", lanes);
    }
    emptyCells = digests;
  }
  return emptyCells[y] ?? 0n;
}

/** Digest of an inner node at `level` (0 is the root) below which nothing was ever written. */
export function emptyInnerDigest(levels: number, level: number): bigint {
  let digests = emptyInner.get(levels);
  if (digests === undefined) {
    const computed: bigint[] = new Array(levels).fill(0n);
    let below = emptyCellsDigest(0);
    for (let at = levels - 1; at >= 0; at--) {
      below = nodeDigest("inner", new Array(ARITY).fill(below));
      computed[at] = below;
    }
    digests = computed;
    emptyInner.set(levels, digests);
  }
  return digests[level] ?? 0n;
}
