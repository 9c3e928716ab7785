/**
 * Sums over the cells of a state. Reading all cells is checked by one sum: hashing the tree over a million of them
 * takes a minute. Each cell counts with a hash under this installation's secret, so that no other cells have the same
 * sum.
 */
import { createHash } from "node:crypto";
import type { TimeMap } from "../state/timeMap.ts";
import { cellBytes } from "./bytes.ts";
import type { Segment } from "./segments.ts";
import type { Changes } from "./stateChanges.ts";
import type { DamagedStoreError } from "./storeErrors.ts";
import type { StoreFile } from "./storeFile.ts";

const MODULUS = 1n << 256n;

/** What is used of a store. */
export interface SumStore {
  readonly file: StoreFile;
  readonly identity: { readonly secret: Uint8Array };
  mark(...values: readonly (string | number | bigint | Uint8Array)[]): Buffer;
  damage(what: string): DamagedStoreError;
}

/** The cells of a state that are not empty, as they are stored, in the order of their addresses. */
export type WholeState = ReadonlyMap<number, Uint8Array>;

/**
 * Adds the sum of a segment's state, if the one of the segment before is there.
 * @param before the segment before it; undefined for the genesis
 * @param map behind the segment. Its cells are not written yet
 */
export function putSum(
  store: SumStore,
  { last, root }: Pick<Segment, "last" | "root">,
  before: Pick<Segment, "last" | "root"> | undefined,
  changes: Pick<Changes, "cells" | "before">,
  map: TimeMap,
): void {
  let sum = before === undefined ? 0n : sumBehind(store, before);
  if (sum === undefined) return;
  for (const address of changes.cells) {
    // As the machine read it, and not as the table has it: this installation vouches for the sum.
    sum -= hashOf(store, address, cellBytes(changes.before(address)));
    sum += hashOf(store, address, cellBytes(map.words(address)));
  }
  sum = ((sum % MODULUS) + MODULUS) % MODULUS;
  store.file.run(
    "INSERT OR REPLACE INTO sums (seq, sum, mark) VALUES (?, ?, ?)",
    ...[last, sumBytes(sum), markOfSum(store, last, root, sum)],
  );
}

/**
 * All cells of the state behind a segment.
 * @returns undefined if the store has no sum of it
 * @throws DamagedStoreError if they have another sum
 */
export function wholeState(store: SumStore, segment: Pick<Segment, "last" | "root">): WholeState | undefined {
  const { last } = segment;
  const known = sumBehind(store, segment);
  if (known === undefined) return undefined;
  const cells = new Map<number, Uint8Array>();
  let sum = 0n;
  for (const { address, words } of store.file.all(ALL_CELLS, last)) {
    if (!isAddress(address)) throw store.damage(`a stored cell has the address ${String(address)}`);
    if (!(words instanceof Uint8Array)) throw store.damage("a stored cell has no bytes");
    if (words.length === 0) continue;
    sum += hashOf(store, address, words);
    cells.set(address, words);
  }
  if (sum % MODULUS === known) return cells;
  throw store.damage(`the stored cells after transition ${last} are not those that were stored here`);
}

// SQLite takes the other columns from the row with the greatest seq.
const ALL_CELLS = "SELECT address, max(seq), words FROM cells WHERE seq <= ? GROUP BY address ORDER BY address";

/** The sum of the state behind a segment. The root tells it from a segment that was cut off. */
function sumBehind(store: SumStore, { last, root }: Pick<Segment, "last" | "root">): bigint | undefined {
  if (!store.file.hasSums) return undefined;
  const row = store.file.one("SELECT sum, mark FROM sums WHERE seq = ?", last);
  if (!(row?.sum instanceof Uint8Array) || !(row.mark instanceof Uint8Array)) return undefined;
  const sum = numberOf(row.sum);
  return markOfSum(store, last, root, sum).equals(row.mark) ? sum : undefined;
}

const markOfSum = (store: SumStore, seq: number, root: bigint, sum: bigint): Buffer =>
  store.mark("sum", seq, root, sum);

/** SQLite keeps numbers that are not whole, too. */
function isAddress(address: unknown): address is number {
  return typeof address === "number" && Number.isSafeInteger(address) && address >= 0 && address < 2 ** 32;
}

/** The key of the hashes of cells, of this installation for this genesis. */
const keys = new WeakMap<object, Buffer>();

function keyOf(store: SumStore): Buffer {
  const key = keys.get(store.identity) ?? store.mark("key of the sums over cells");
  keys.set(store.identity, key);
  return key;
}

/** An empty cell counts nothing. The length comes before the bytes, so no hash goes on where another ends. */
function hashOf(store: SumStore, address: number, bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const place = Buffer.alloc(8);
  place.writeUIntLE(address, 0, 6);
  place.writeUInt16LE(bytes.length, 6);
  return numberOf(createHash("sha256").update(keyOf(store)).update(place).update(bytes).digest());
}

const numberOf = (bytes: Uint8Array): bigint =>
  BigInt(`0x0${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`);

const sumBytes = (sum: bigint): Buffer => Buffer.from(sum.toString(16).padStart(64, "0"), "hex");
