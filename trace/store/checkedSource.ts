/**
 * A state that is read from elsewhere and checked against its root. Before anything of a node is used, the node's lanes
 * are hashed, and compared with the digest that its parent has for it. So whatever a store holds, either it is the
 * state of that root, or an error is thrown.
 */
import { CELL, FIELD, programOf, SLOTS, slotOf } from "../layout.ts";
import { EMPTY_WORDS, type Words } from "../state/cells.ts";
import type { StateSource } from "../state/stateSource.ts";
import {
  ARITY,
  CELLS_NODES,
  emptyCellsDigest,
  emptyInnerDigest,
  FIRST_CHILD_LANE,
  firstLeaf,
  type NodeName,
  nodeDigest,
  nodeKey,
  SLOTS_PER_NODE,
} from "../state/tree.ts";
import { cellFrom } from "./bytes.ts";
import type { WholeState } from "./cellSums.ts";
import { DamagedStoreError } from "./storeErrors.ts";

/** Nodes whose lanes are remembered by default: about 20 MB. */
const REMEMBERED = 16_384;

const NO_BYTES = new Uint8Array();
const ROOT: NodeName = { kind: "inner", x: 1, y: 0 };

/** How a state is read. */
export interface CheckedSourceOptions {
  /** Nodes whose lanes are remembered; the others are checked again when they are read again. */
  readonly most?: number;
  /** Called before an error is thrown. */
  readonly onDamage?: () => void;
  /**
   * All cells that are not empty, checked otherwise, in the order of their addresses; undefined if that is not
   * possible. It is called when all addresses are asked for.
   */
  readonly whole?: () => WholeState | undefined;
}

/** A source of which nothing is believed that its root does not show. */
export class CheckedSource implements StateSource {
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly #source: StateSource;
  readonly #root: bigint;
  readonly #leaf: number;
  readonly #most: number;
  readonly #onDamage: () => void;
  readonly #readWhole: () => WholeState | undefined;
  #whole: WholeState | undefined;
  /** Lanes of nodes that were checked. The one that was used last is last. */
  readonly #lanes = new Map<number, readonly bigint[]>();
  #programs: number | undefined;

  /**
   * @param root from a place that is believed: a trace's checkpoint, or the source's maker
   */
  constructor(
    source: StateSource,
    root: bigint,
    { most = REMEMBERED, onDamage = () => undefined, whole = () => undefined }: CheckedSourceOptions = {},
  ) {
    this.#onDamage = onDamage;
    this.#readWhole = whole;
    this.levels = source.levels;
    this.watches = source.watches;
    this.moored = source.moored;
    this.#source = source;
    this.#root = root;
    this.#leaf = firstLeaf(source.levels);
    this.#most = most;
  }

  /** @throws DamagedStoreError if the source's number is another than its headers' */
  get programs(): number {
    if (this.#programs !== undefined) return this.#programs;
    const said = this.#source.programs;
    // Programs are numbered without gaps. So the last one's header is there, and the next one's is not.
    const isThere = (program: number): boolean => typeOf(this.words(program * SLOTS)) === CELL.program;
    const fits = Number.isSafeInteger(said) && said >= 0 && said < this.#leaf;
    if (!fits || (said > 0 && !isThere(said)) || (said + 1 < this.#leaf && isThere(said + 1)))
      throw this.#damage(`the stored number of programs, ${said}, is not that of the state`);
    this.#programs = said;
    return said;
  }

  /** @throws DamagedStoreError if the source has another cell than the root */
  words(address: number): Words {
    if (this.#whole !== undefined) return cellFrom(this.#whole.get(address) ?? NO_BYTES);
    const slot = slotOf(address);
    const lanes = this.#checked({ kind: "cells", x: this.#leaf + programOf(address), y: slot >> 2 });
    if (lanes === undefined) return EMPTY_WORDS;
    const first = 3 * (slot % SLOTS_PER_NODE);
    return [lanes[first] ?? 0n, lanes[first + 1] ?? 0n, lanes[first + 2] ?? 0n];
  }

  /** @throws DamagedStoreError if the source has another node than the root */
  digest(node: NodeName): bigint | undefined {
    return this.#expected(node);
  }

  /** @throws DamagedStoreError if the source's watch is none of the state, or it has none where the state has one */
  watchOn(target: number, rank: number): number {
    const [w0] = this.words(target);
    const type = typeOf([w0, 0n, 0n]);
    const watched = type === CELL.empty || type === CELL.resource ? Number((w0 >> 3n) & 15n) : 0;
    if (((watched >> rank) & 1) === 0) return 0;
    const at = this.#source.watchOn(target, rank);
    if (Number.isSafeInteger(at) && at >= SLOTS && programOf(at) < this.#leaf) {
      const found = this.words(at);
      const [set, as] = [Number((found[0] >> 3n) & 0xffffffffn), Number((found[0] >> 99n) & 3n)];
      if (typeOf(found) === CELL.armed && set === target && as === rank) return at;
    }
    throw this.#damage(`the stored watch of rank ${rank} on address ${target} is not that of the state`);
  }

  /** Reads all cells, or walks the tree, so that each node is checked. */
  *addresses(): Generator<number> {
    this.#whole ??= this.#readWhole();
    if (this.#whole === undefined) yield* this.#below(ROOT);
    else yield* this.#whole.keys();
  }

  *#below(node: NodeName): Generator<number> {
    const lanes = this.#checked(node);
    if (lanes === undefined) return;
    if (node.kind === "inner") {
      for (let j = 0; j < ARITY; j++) yield* this.#below(this.#child(node, j));
      return;
    }
    // In the order of addresses: a program's nodes are a heap, so it is walked by y, from its first node alone.
    if (node.y !== 0) return;
    for (let y = 0; y < CELLS_NODES; y++) {
      const own = this.#checked({ kind: "cells", x: node.x, y });
      if (own === undefined) continue;
      for (let i = 0; i < SLOTS_PER_NODE; i++) {
        if (own.slice(3 * i, 3 * i + 3).some((word) => word !== 0n))
          yield (node.x - this.#leaf) * SLOTS + y * SLOTS_PER_NODE + i;
      }
    }
  }

  #child(node: NodeName, j: number): NodeName {
    return { kind: node.x * ARITY >= this.#leaf ? "cells" : "inner", x: node.x * ARITY + j, y: 0 };
  }

  /** The digest that the parent has for the node; undefined where nothing was ever written below it. */
  #expected(node: NodeName): bigint | undefined {
    if (node.x === 1) return this.#root;
    const within = node.kind === "cells" && node.y > 0;
    const parent: NodeName = within
      ? { kind: "cells", x: node.x, y: (node.y - 1) >> 2 }
      : { kind: "inner", x: Math.floor(node.x / ARITY), y: 0 };
    const lane = within ? FIRST_CHILD_LANE + ((node.y - 1) & 3) : node.x % ARITY;
    return this.#checked(parent)?.[lane];
  }

  /** The lanes of a node; undefined where nothing was ever written below it. */
  #checked(node: NodeName): readonly bigint[] | undefined {
    const key = nodeKey(node);
    const known = this.#lanes.get(key);
    if (known !== undefined) {
      this.#lanes.delete(key);
      this.#lanes.set(key, known);
      return known;
    }
    const digest = this.#expected(node);
    if (digest === undefined || digest === this.#empty(node)) return undefined;
    const lanes = this.#readable(node);
    // Hashing takes words modulo the field, so one beyond it would pass for another.
    if (lanes.some((word) => word < 0n || word >= FIELD) || nodeDigest(node.kind, lanes) !== digest)
      throw this.#damage(`the stored ${node.kind} node ${node.x}, ${node.y} is not that of the root`);
    this.#lanes.set(key, lanes);
    for (const oldest of this.#lanes.keys()) {
      if (this.#lanes.size <= this.#most) break;
      this.#lanes.delete(oldest);
    }
    return lanes;
  }

  #damage(what: string): DamagedStoreError {
    this.#onDamage();
    return new DamagedStoreError(what);
  }

  #readable(node: NodeName): bigint[] {
    try {
      return this.#read(node);
    } catch (error) {
      if (error instanceof DamagedStoreError) this.#onDamage();
      throw error;
    }
  }

  #read(node: NodeName): bigint[] {
    const digestOf = (child: NodeName): bigint => this.#source.digest(child) ?? this.#empty(child);
    if (node.kind === "inner") return Array.from({ length: ARITY }, (_, j) => digestOf(this.#child(node, j)));
    const first = (node.x - this.#leaf) * SLOTS + node.y * SLOTS_PER_NODE;
    const lanes: bigint[] = [];
    for (let i = 0; i < SLOTS_PER_NODE; i++) lanes.push(...this.#source.words(first + i));
    for (let y = 4 * node.y + 1; lanes.length < ARITY; y++)
      lanes.push(y < CELLS_NODES ? digestOf({ kind: "cells", x: node.x, y }) : 0n);
    return lanes;
  }

  #empty(node: NodeName): bigint {
    if (node.kind === "cells") return emptyCellsDigest(node.y);
    let level = 0;
    for (let x = node.x; x > 1; x = Math.floor(x / ARITY)) level++;
    return emptyInnerDigest(this.levels, level);
  }
}

const typeOf = ([w0]: Words): number => Number(w0 & 7n);
