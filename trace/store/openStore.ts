/** Opening the store of a run directory. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import { requireBeginning } from "../replay/replay.ts";
import { headerIn } from "../replay/replayFile.ts";
import { pathIn, readGenesis } from "../run/runDirectory.ts";
import { headerLine, type TraceHeader } from "../run/traceLines.ts";
import { mapOf } from "../state/genesis.ts";
import type { StateSource } from "../state/stateSource.ts";
import { installationSecret } from "./installation.ts";
import { hashPart, type Segment } from "./segments.ts";
import { sqlite } from "./sqlite.ts";
import { Store, type StoreOf } from "./store.ts";
import { DamagedStoreError } from "./storeErrors.ts";
import { removeStore, STORE_FILE } from "./storeFile.ts";

/** How a store is used. */
export interface StoreOptions {
  /** Least bytes of genesis and trace for which a store is made. Replaying less takes no time. */
  readonly least?: number;
  /** Least transitions of a segment. */
  readonly segment?: number;
  /** Told, in one sentence, that a store was not believed and why. It is made again then. */
  readonly onNotice?: (text: string) => void;
}

/** The store that is there, and a new one. */
export const TRIES = 2;
/** Bytes of genesis and trace: about two thousand transitions. */
const LEAST = 1 << 20;

/**
 * Opens the store of a run, or makes it. One that is not the trace's, or is damaged, is removed and made again. The
 * caller holds the run's lock.
 * @returns undefined without SQLite or without a place for this installation's secret; for a small run without a store;
 *   and if the disk refuses: then everything is replayed
 * @throws InvalidInputError if genesis or header cannot be read, or do not belong together
 */
export function writableStore(dir: string, { least = LEAST, onNotice }: StoreOptions = {}): Store | undefined {
  const of = storeOf(dir);
  if (of === undefined) return undefined;
  const there = existsSync(join(dir, STORE_FILE));
  if (!there && statSync(pathIn(dir, "genesis")).size + statSync(of.trace).size < least) return undefined;
  try {
    if (there) {
      const store = opened(of, onNotice);
      if (store !== undefined) return store;
    }
    const genesis = readGenesis(dir);
    const map = mapOf(genesis);
    requireBeginning(of.header, map);
    return Store.begin(of, genesis, map, headerBytes(of.header));
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    // A full disk, for example. The run itself may still be readable.
    onNotice?.(`${error.message.split(";")[0]}; everything is replayed`);
    return undefined;
  }
}

/** The store, if it can be believed. Otherwise it is removed. */
function opened(of: StoreOf, onNotice: StoreOptions["onNotice"]): Store | undefined {
  try {
    return Store.open(of, true);
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    dropStore(of.dir, error, onNotice);
    return undefined;
  }
}

/** Removes a store that was not believed, and says so. The caller holds the run's lock, and has closed it. */
export function dropStore(dir: string, error: DamagedStoreError, onNotice?: (text: string) => void): void {
  onNotice?.(`${join(dir, STORE_FILE)} was not used: ${error.message.split(";")[0]}; it is made again`);
  removeStore(dir);
}

/**
 * Works with the store of a run. If it turns out to be damaged, the work is begun again with a new one, and then, if
 * the disk refuses, without. The caller holds the run's lock. The store stays open, unless the work fails.
 * @param options false for no store
 */
export function withStore<T>(
  dir: string,
  options: StoreOptions | false | undefined,
  work: (store: Store | undefined) => T,
): T {
  for (let tries = 0; options !== false && tries < TRIES; tries++) {
    const store = writableStore(dir, options);
    if (store === undefined) break;
    try {
      return work(store);
    } catch (error) {
      store[Symbol.dispose]();
      if (!(error instanceof DamagedStoreError)) throw error;
      dropStore(dir, error, options?.onNotice);
    }
  }
  return work(undefined);
}

/**
 * Opens the store of a run to read it. It may be behind the trace, and another process may go on writing it.
 * @returns undefined if there is none that can be believed
 */
export function readableStore(dir: string, onNotice?: (text: string) => void): Store | undefined {
  return existing(dir, false, onNotice);
}

/**
 * The same, for those who add batches. The caller holds the run's lock. The store's segments may be another's of the
 * same process: an open run feeds them.
 */
export function sharedStore(dir: string, onNotice?: (text: string) => void): Store | undefined {
  return existing(dir, true, onNotice);
}

function existing(dir: string, write: boolean, onNotice?: (text: string) => void): Store | undefined {
  const of = existsSync(join(dir, STORE_FILE)) ? storeOf(dir) : undefined;
  if (of === undefined) return undefined;
  try {
    return Store.open(of, write);
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    onNotice?.(`${join(dir, STORE_FILE)} was not used: ${error.message.split(";")[0]}`);
    return undefined;
  }
}

function storeOf(dir: string): (StoreOf & { header: TraceHeader }) | undefined {
  const secret = sqlite() === undefined ? undefined : installationSecret();
  if (secret === undefined) return undefined;
  const [trace, genesis] = [pathIn(dir, "trace"), pathIn(dir, "genesis")];
  const header = headerIn(trace);
  const hash = hashPart(genesis, 0, statSync(genesis).size).toString("hex");
  return { dir, trace, secret, genesis: hash, levels: header.levels, genesisRoot: header.genesisRoot, header };
}

function headerBytes(header: TraceHeader): number {
  return Buffer.byteLength(headerLine(header)) + 1;
}

/** A state that a store has, and its place in the trace: behind a checkpoint line. */
export type Snapshot = Pick<Segment, "at" | "bytes" | "root"> & { readonly seq: number };

/**
 * The states that the run's store has, from the genesis on. Their roots are those of the trace's checkpoint lines when
 * they were stored; compare them with the lines at these places. None if there is no store that can be believed.
 */
export function snapshots(dir: string): Snapshot[] {
  using store = readableStore(dir);
  try {
    return (store?.segments() ?? []).map(({ last, at, bytes, root }) => ({ seq: last, at, bytes, root }));
  } catch (error) {
    if (error instanceof DamagedStoreError) return [];
    throw error;
  }
}

/**
 * The state of a snapshot, as the store has it. Nothing of it is checked: read it through a `CheckedSource`. Closing it
 * closes the store.
 * @throws EnvironmentError "store" if the store has no such snapshot, or cannot be believed
 */
export function sourceAt(dir: string, seq: number): StateSource & Disposable {
  const store = readableStore(dir);
  if (store === undefined) throw new EnvironmentError("store", `${dir} has no store; replay the trace instead`);
  try {
    const segment = store.before(seq);
    if (segment.last !== seq) throw new DamagedStoreError(`the store has no state after transition ${seq}`);
    return Object.assign(store.stored(segment), { [Symbol.dispose]: () => store[Symbol.dispose]() });
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}
