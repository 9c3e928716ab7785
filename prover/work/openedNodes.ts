/**
 * The part of a state that one batch opens: its tree nodes with their lanes. The digest of an opened node is never
 * told: it follows from the node's lanes. So the parts can only belong together, and one comparison of the root shows
 * whether they belong to the batch's state.
 */
import { InvalidInputError } from "../../trace/errors.ts";
import { programOf, SLOTS, slotOf } from "../../trace/layout.ts";
import { unpackCell, type Words } from "../../trace/state/cells.ts";
import type { StateSource } from "../../trace/state/stateSource.ts";
import {
  ARITY,
  FIRST_CHILD_LANE,
  firstLeaf,
  type NodeName,
  nodeDigest,
  nodeKey,
  SLOTS_PER_NODE,
} from "../../trace/state/tree.ts";

const ROOT: NodeName = { kind: "inner", x: 1, y: 0 };

/** The lane of a node in its parent; null for the root. */
function placeOf({ kind, x, y }: NodeName): { parent: NodeName; lane: number } | null {
  if (kind === "cells" && y > 0) {
    return { parent: { kind, x, y: (y - 1) >> 2 }, lane: FIRST_CHILD_LANE + ((y - 1) & 3) };
  }
  if (x <= 1) return null;
  return { parent: { kind: "inner", x: Math.floor(x / ARITY), y: 0 }, lane: x % ARITY };
}

/** The lanes without the digests of nodes that are opened themselves: 0 stands for those. */
export function withoutOpened(nodes: readonly NodeName[], lanes: readonly (readonly bigint[])[]): bigint[][] {
  const index = new Map(nodes.map((node, i) => [nodeKey(node), i]));
  const told = lanes.map((each) => [...each]);
  for (const node of nodes) {
    const place = placeOf(node);
    const parent = place === null ? undefined : told[index.get(nodeKey(place.parent)) ?? -1];
    if (place !== null && parent !== undefined) parent[place.lane] = 0n;
  }
  return told;
}

/** A state of which only the opened nodes are known. What lies outside them must not be asked for. */
export class OpenedNodes implements StateSource {
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly programs: number;
  readonly root: bigint;
  readonly #leaf: number;
  readonly #lanes = new Map<number, readonly bigint[]>();
  /** Addresses of the armed watches, by slot and rank. */
  readonly #armed = new Map<string, number>();

  /**
   * @param nodes every opened node, each after its parent
   * @param told their lanes, as {@link withoutOpened} gives them
   * @throws InvalidInputError if they are not the opened part of a tree
   */
  constructor(
    shape: { levels: number; watches: number; moored: boolean; programs: number },
    nodes: readonly NodeName[],
    told: readonly (readonly bigint[])[],
  ) {
    this.levels = shape.levels;
    this.watches = shape.watches;
    this.moored = shape.moored;
    this.programs = shape.programs;
    this.#leaf = firstLeaf(shape.levels);
    this.root = this.#fill(nodes, told);
    for (const node of nodes) if (node.kind === "cells") this.#findWatches(node);
  }

  /** Fills in the digests of opened nodes, from the last one up. @returns the root */
  #fill(nodes: readonly NodeName[], told: readonly (readonly bigint[])[]): bigint {
    const lanes = new Map<number, bigint[]>();
    nodes.forEach((node, i) => {
      this.#requireNode(node);
      const place = placeOf(node);
      if (lanes.has(nodeKey(node))) throw wrong(i, "is there twice");
      if (place !== null && !lanes.has(nodeKey(place.parent))) throw wrong(i, "comes before the node above it");
      lanes.set(nodeKey(node), [...(told[i] ?? [])]);
    });
    let digest = 0n;
    for (const node of [...nodes].reverse()) {
      digest = nodeDigest(node.kind, lanes.get(nodeKey(node)) ?? []);
      const place = placeOf(node);
      const parent = place === null ? undefined : lanes.get(nodeKey(place.parent));
      if (place !== null && parent !== undefined) parent[place.lane] = digest;
    }
    for (const [key, each] of lanes) this.#lanes.set(key, each);
    return digest;
  }

  #requireNode({ kind, x, y }: NodeName): void {
    const ofCells = x >= this.#leaf && x < this.#leaf * ARITY && y >= 0 && y < 64;
    const inner = x >= 1 && x < this.#leaf && y === 0;
    if (kind === "cells" ? !ofCells : !inner) throw new InvalidInputError("work nodes", "name no node of the tree");
  }

  #findWatches({ x, y }: NodeName): void {
    const first = (x - this.#leaf) * SLOTS + y * SLOTS_PER_NODE;
    for (let at = first; at < first + SLOTS_PER_NODE; at++) {
      const cell = unpackCell(this.words(at));
      if (cell.type === "watch" && cell.state === "armed") this.#armed.set(`${cell.target} ${cell.rank}`, at);
    }
  }

  words(address: number): Words {
    const slot = slotOf(address);
    const lanes = this.#lanes.get(nodeKey({ x: this.#leaf + programOf(address), y: slot >> 2 }));
    if (lanes === undefined) throw new InvalidInputError("work nodes", `do not hold the cell ${address}`);
    const from = 3 * (slot & 3);
    return [lanes[from] ?? 0n, lanes[from + 1] ?? 0n, lanes[from + 2] ?? 0n];
  }

  digest(node: NodeName): bigint {
    const place = placeOf(node);
    if (place === null) return this.root;
    const digest = this.#lanes.get(nodeKey(place.parent))?.[place.lane];
    if (digest === undefined) throw new InvalidInputError("work nodes", "do not hold a digest that the batch needs");
    return digest;
  }

  watchOn(target: number, rank: number): number {
    return this.#armed.get(`${target} ${rank}`) ?? 0;
  }

  addresses(): Iterable<number> {
    throw new InvalidInputError("work nodes", "are only a part of the state");
  }
}

/** Whether a list of opened nodes begins with the root, as every path does. */
export function beginsAtRoot([first]: readonly NodeName[]): boolean {
  return first !== undefined && first.kind === ROOT.kind && first.x === ROOT.x;
}

function wrong(index: number, what: string): InvalidInputError {
  return new InvalidInputError("work nodes", `node ${index + 1} ${what}`);
}
