/** The state after a transition, as a store has it. Nothing of it is checked. */
import { WATCHES } from "../layout.ts";
import { EMPTY_WORDS, type Words } from "../state/cells.ts";
import type { StateSource } from "../state/stateSource.ts";
import { type NodeName, nodeKey } from "../state/tree.ts";
import { cellFrom, wordFrom } from "./bytes.ts";
import type { StoreFile } from "./storeFile.ts";

/** Facts of a state that its tables do not hold. */
export interface StateFacts {
  /** The last transition before the state: the end of a segment. */
  readonly seq: number;
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly programs: number;
}

const last = (table: string, column: string, key: string): string =>
  `SELECT ${column} AS value FROM ${table} WHERE ${key} = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`;
const CELL_AT = last("cells", "words", "address");
const NODE_AT = last("nodes", "digest", "node");
const WATCH_AT = last("armed", "address", "watch");
/** The next address that ever had content. */
const NEXT_ADDRESS = "SELECT min(address) AS value FROM cells WHERE address > ?";

/** A state of a store. It must not be used after the store was closed. */
export class StoredState implements StateSource {
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
  readonly programs: number;
  readonly #seq: number;
  readonly #file: StoreFile;

  constructor(file: StoreFile, { seq, levels, watches, moored, programs }: StateFacts) {
    this.#file = file;
    this.#seq = seq;
    this.levels = levels;
    this.watches = watches;
    this.moored = moored;
    this.programs = programs;
  }

  words(address: number): Words {
    const row = this.#file.one(CELL_AT, address, this.#seq);
    return row === undefined ? EMPTY_WORDS : cellFrom(row.value);
  }

  digest(node: NodeName): bigint | undefined {
    const row = this.#file.one(NODE_AT, nodeKey(node), this.#seq);
    return row === undefined ? undefined : wordFrom(row.value);
  }

  watchOn(target: number, rank: number): number {
    return Number(this.#file.one(WATCH_AT, target * WATCHES + rank, this.#seq)?.value ?? 0);
  }

  *addresses(): Generator<number> {
    for (let at = -1; ; ) {
      const next = this.#file.one(NEXT_ADDRESS, at)?.value;
      if (typeof next !== "number") return;
      at = next;
      if (this.words(at).some((word) => word !== 0n)) yield at;
    }
  }
}
