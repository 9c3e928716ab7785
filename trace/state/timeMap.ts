/** The time map: every cell that exists, and the tree over them. Only changed parts are hashed again. */

import { count } from "../describe/count.ts";
import { InvalidInputError } from "../errors.ts";
import { CELL, programOf, SLOTS, slotOf, WATCHES } from "../layout.ts";
import { type Cell, EMPTY_WORDS, unpackCell, type Words } from "./cells.ts";
import type { StateSource } from "./stateSource.ts";
import {
  ARITY,
  CELLS_NODES,
  emptyCellsDigest,
  emptyInnerDigest,
  firstLeaf,
  type NodeName,
  nodeDigest,
  nodeKey,
  SLOTS_PER_NODE,
} from "./tree.ts";
import { UnpackedCells } from "./unpackedCells.ts";

/** A readable state: the time map itself, or the state in the middle of a group. */
export interface View {
  readonly levels: number;
  /** Most armed watches that a slot may have. Their ranks are below it. */
  readonly watches: number;
  /** Whether the map publishes its rows on its chain, which program 1 stands for. */
  readonly moored: boolean;
  /** The cell at the address; an empty one if nothing was ever written there. */
  cell(address: number): Cell;
  /** The same as its three field elements. */
  words(address: number): Words;
  /** Number of programs. They are numbered from 1 without gaps. */
  programs(): number;
  /** Address of the armed watch of that rank on the slot; 0 if there is none. */
  watchOn(target: number, rank: number): number;
}

const typeOf = (words: Words): number => Number(words[0] & 7n);
/** Identifies an armed watch: target and rank, in one number. */
const watchKey = (target: number, rank: number): number => target * WATCHES + rank;
const isEmpty = ([w0, w1, w2]: Words): boolean => w0 === 0n && w1 === 0n && w2 === 0n;
const keyOf = ([w0]: Words): number => watchKey(Number((w0 >> 3n) & 0xffffffffn), Number((w0 >> 99n) & 3n));

/** All cells of a map, by address, and the sparse tree over them. */
export class TimeMap implements View {
  readonly levels: number;
  readonly watches: number;
  /** Whether the map publishes its rows on its chain. */
  readonly moored: boolean;
  readonly #leaf: number;
  readonly #cells: Map<number, Words>;
  readonly #digests: Map<number, bigint>;
  /** Nodes whose digest is out of date. If one is here, so are all its ancestors. */
  readonly #dirty: Set<number>;
  /** Addresses of the armed watches, by target and rank; 0 for one of the source that is armed no more. */
  readonly #armed: Map<number, number>;
  readonly #unpacked = new UnpackedCells();
  /** What is read where nothing was written here. */
  #source: StateSource | undefined;
  #programs = 0;

  /**
   * @param levels levels of programs: 16^levels − 1 programs fit
   * @param watches armed watches on one slot, at most
   * @param moored whether the map publishes its rows on its chain
   * @throws InvalidInputError if the levels or an address are out of range
   */
  constructor(
    levels: number,
    cells: Iterable<readonly [number, Words]> = [],
    watches: number = WATCHES,
    moored: boolean = false,
  ) {
    this.levels = levels;
    this.watches = watches;
    this.moored = moored;
    this.#leaf = firstLeaf(levels);
    this.#cells = new Map();
    this.#digests = new Map();
    this.#dirty = new Set();
    this.#armed = new Map();
    for (const [at, words] of cells) this.write(at, words);
  }

  /**
   * A map that begins as the source is, and keeps only what is written to it. Cells and digests are read as they are
   * asked for, so a map of a million cells costs what is used of it.
   */
  static over(source: StateSource): TimeMap {
    const map = new TimeMap(source.levels, [], source.watches, source.moored);
    map.#source = source;
    map.#programs = source.programs;
    return map;
  }

  /** Cells and digests that the map keeps itself. */
  get held(): number {
    return this.#cells.size + this.#digests.size;
  }

  /**
   * Forgets what the map keeps, and reads from the source from now on.
   * @param source the same state, written down elsewhere
   */
  restOn(source: StateSource): void {
    // First what may fail.
    this.#programs = source.programs;
    for (const kept of [this.#cells, this.#digests, this.#dirty, this.#armed]) kept.clear();
    this.#source = source;
  }

  /** The cell at the address as its three field elements. */
  words(address: number): Words {
    return this.#cells.get(address) ?? this.#source?.words(address) ?? EMPTY_WORDS;
  }

  cell(address: number): Cell {
    return this.#unpacked.cell(address, this.words(address));
  }

  programs(): number {
    return this.#programs;
  }

  watchOn(target: number, rank: number): number {
    return this.#armed.get(watchKey(target, rank)) ?? this.#source?.watchOn(target, rank) ?? 0;
  }

  /** Writes a cell. Hashing waits until a digest is read. */
  write(address: number, words: Words): void {
    const program = programOf(address);
    if (!Number.isSafeInteger(address) || program < 1 || program >= this.#leaf) {
      throw new InvalidInputError(
        "address",
        `${address} lies in no program of a map of ${count(this.levels, "level")}`,
      );
    }
    const old = this.words(address);
    if (old[0] === words[0] && old[1] === words[1] && old[2] === words[2]) return;
    if (slotOf(address) === 0)
      this.#programs += (typeOf(words) === CELL.program ? 1 : 0) - (typeOf(old) === CELL.program ? 1 : 0);
    if (typeOf(old) === CELL.armed && this.#armedAt(keyOf(old)) === address) this.#disarm(keyOf(old));
    if (typeOf(words) === CELL.armed) this.#armed.set(keyOf(words), address);
    if (this.#source === undefined && isEmpty(words)) this.#cells.delete(address);
    else this.#cells.set(address, words);
    this.#touch(this.#leaf + program, slotOf(address) >> 2);
  }

  #armedAt(key: number): number {
    return this.watchOn(Math.floor(key / WATCHES), key % WATCHES);
  }

  #disarm(key: number): void {
    if (this.#source === undefined) this.#armed.delete(key);
    else this.#armed.set(key, 0);
  }

  /** Marks a cells node and its ancestors as out of date. Stops at the first that is marked already. */
  #touch(leaf: number, slotNode: number): void {
    for (let y = slotNode; ; y = (y - 1) >> 2) {
      const key = nodeKey({ x: leaf, y });
      if (this.#dirty.has(key)) return;
      this.#dirty.add(key);
      if (y === 0) break;
    }
    for (let x = Math.floor(leaf / ARITY); x >= 1; x = Math.floor(x / ARITY)) {
      const key = nodeKey({ x, y: 0 });
      if (this.#dirty.has(key)) return;
      this.#dirty.add(key);
    }
  }

  /** Digest of the whole map. */
  root(): bigint {
    return this.digest({ kind: "inner", x: 1, y: 0 });
  }

  /** The 16 lanes of a node: child digests, or the words of four slots and the digests of four cells nodes. */
  lanes(node: NodeName): bigint[] {
    const lanes: bigint[] = [];
    if (node.kind === "inner") {
      const kind = node.x * ARITY >= this.#leaf ? "cells" : "inner";
      for (let j = 0; j < ARITY; j++) lanes.push(this.digest({ kind, x: node.x * ARITY + j, y: 0 }));
      return lanes;
    }
    const first = (node.x - this.#leaf) * SLOTS + node.y * SLOTS_PER_NODE;
    for (let i = 0; i < SLOTS_PER_NODE; i++) lanes.push(...this.words(first + i));
    for (let y = 4 * node.y + 1; lanes.length < ARITY; y++) {
      lanes.push(y < CELLS_NODES ? this.digest({ kind: "cells", x: node.x, y }) : 0n);
    }
    return lanes;
  }

  /** Digest of a node. */
  digest(node: NodeName): bigint {
    const key = nodeKey(node);
    if (this.#dirty.has(key)) {
      const digest = nodeDigest(node.kind, this.lanes(node));
      this.#digests.set(key, digest);
      this.#dirty.delete(key);
      return digest;
    }
    return this.#digests.get(key) ?? this.#source?.digest(node) ?? this.#empty(node);
  }

  #empty(node: NodeName): bigint {
    if (node.kind === "cells") return emptyCellsDigest(node.y);
    let level = 0;
    for (let x = node.x; x > 1; x = Math.floor(x / ARITY)) level++;
    return emptyInnerDigest(this.levels, level);
  }

  /** Addresses of all cells that exist, in order. */
  addresses(): Iterable<number> {
    const own = [...this.#cells.keys()].sort((a, b) => a - b);
    return this.#source === undefined ? own : merged(this.#source.addresses(), own, (at) => !isEmpty(this.words(at)));
  }

  /** An independent copy, digests included. */
  clone(): TimeMap {
    const copy = new TimeMap(this.levels, [], this.watches, this.moored);
    for (const [at, words] of this.#cells) copy.#cells.set(at, words);
    for (const [key, digest] of this.#digests) copy.#digests.set(key, digest);
    for (const key of this.#dirty) copy.#dirty.add(key);
    for (const [key, watch] of this.#armed) copy.#armed.set(key, watch);
    copy.#source = this.#source;
    copy.#programs = this.#programs;
    return copy;
  }
}

/** The numbers of two rising lists, each once, without those that are not wanted. */
function* merged(
  first: Iterable<number>,
  second: readonly number[],
  wanted: (at: number) => boolean,
): Generator<number> {
  let next = 0;
  for (const at of first) {
    for (; (second[next] ?? Number.POSITIVE_INFINITY) < at; next++) {
      const own = second[next] as number;
      if (wanted(own)) yield own;
    }
    if (second[next] === at) next++;
    if (wanted(at)) yield at;
  }
  for (const own of second.slice(next)) if (wanted(own)) yield own;
}

/** A state in the middle of a group: the group's changes so far, over the map it began with. */
export class Overlay implements View {
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly #base: TimeMap;
  readonly #cells = new Map<number, Words>();

  constructor(base: TimeMap) {
    this.levels = base.levels;
    this.watches = base.watches;
    this.moored = base.moored;
    this.#base = base;
  }

  /** The cell at the address as its three field elements. */
  words(address: number): Words {
    return this.#cells.get(address) ?? this.#base.words(address);
  }

  cell(address: number): Cell {
    const words = this.#cells.get(address);
    return words === undefined ? this.#base.cell(address) : unpackCell(words);
  }

  programs(): number {
    let count = this.#base.programs();
    for (const at of this.#cells.keys()) {
      if (slotOf(at) === 0 && typeOf(this.#base.words(at)) !== CELL.program) count++;
    }
    return count;
  }

  watchOn(target: number, rank: number): number {
    const key = watchKey(target, rank);
    for (const [at, words] of this.#cells) {
      if (typeOf(words) === CELL.armed && keyOf(words) === key) return at;
    }
    const watch = this.#base.watchOn(target, rank);
    return this.#cells.has(watch) ? 0 : watch;
  }

  /** Writes a cell, over the map that the group began with. */
  write(address: number, words: Words): void {
    this.#cells.set(address, words);
  }

  /** Writes all changes to the map below. */
  commit(): void {
    for (const [at, words] of this.#cells) this.#base.write(at, words);
  }
}
