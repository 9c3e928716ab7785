/**
 * States of a run for its auditor, from the store beside the trace. Whoever made the run made the store, so nothing of
 * it is believed: every read is checked against a root, and the audit shows by replay that the root is the run's.
 */
import { InvalidInputError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { applied } from "../../../trace/replay/replay.ts";
import { chunksOf } from "../../../trace/run/traceFile.ts";
import { readParts } from "../../../trace/run/traceReader.ts";
import type { TriggerIndex } from "../../../trace/run/triggerIndex.ts";
import type { Genesis } from "../../../trace/state/genesis.ts";
import { isMoored, watchesOf } from "../../../trace/state/genesis.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { wordFrom } from "../../../trace/store/bytes.ts";
import { CheckedSource } from "../../../trace/store/checkedSource.ts";
import { StoredState } from "../../../trace/store/storedState.ts";
import { DamagedStoreError } from "../../../trace/store/storeErrors.ts";
import { StoreFile } from "../../../trace/store/storeFile.ts";
import type { Place } from "./part.ts";

/** A state, and what closes the store behind it. */
export interface GivenState {
  map: TimeMap;
  close(): void;
}

/**
 * The places at which the store of a run says that it has the state, from the genesis on; none if there is no store.
 */
export function claimedPlaces(dir: string): Place[] {
  return attempt(() => {
    using file = opened(dir);
    return [...placesIn(file)];
  }, []);
}

/**
 * The state at a place. What is read of it is checked against the place's root.
 * @throws DamagedStoreError if the store has none; later, if what is read is not of that root
 */
export function stateAt(dir: string, genesis: Genesis, place: Place): GivenState {
  const file = opened(dir);
  const bounds = { levels: genesis.levels, watches: watchesOf(genesis), moored: isMoored(genesis) };
  const stored = new StoredState(file, { ...place, ...bounds });
  return { map: TimeMap.over(new CheckedSource(stored, place.root)), close: () => file[Symbol.dispose]() };
}

/** A trace, and where its triggers stand. */
export interface TracePath {
  dir: string;
  path: string;
  genesis: Genesis;
  index: TriggerIndex;
}

/**
 * The state at a place whose root is believed: from the last state that the store has before it, and a replay from
 * there. Its root shows that the store's state was right.
 * @returns undefined if the store cannot give it
 */
export function stateBehind({ dir, path, genesis, index }: TracePath, place: Place): GivenState | undefined {
  return attempt(() => {
    const near = claimedPlaces(dir)
      .filter(({ seq, bytes }) => seq <= place.seq && bytes <= place.bytes)
      .at(-1);
    if (near === undefined) return undefined;
    const state = stateAt(dir, genesis, near);
    try {
      const machine = new Machine(state.map, near.seq, near.at);
      const after = { ...near, earlier: index.before(near.bytes) };
      for (const part of readParts(chunksOf(path, near.bytes, place.bytes), after))
        if ("group" in part) applied(machine, part.group);
      if (machine.seq === place.seq && state.map.root() === place.root) return state;
    } catch (error) {
      state.close();
      throw error;
    }
    state.close();
    return undefined;
  }, undefined);
}

/** @throws DamagedStoreError if there is no store of a form that is known */
function opened(dir: string): StoreFile {
  const file = StoreFile.open(dir, false);
  if (file === undefined) throw new DamagedStoreError("there is no store");
  // A view or a virtual table would be a program of its maker. Triggers run when something is written: here nothing is.
  const known = "type IN ('table', 'index', 'trigger') AND coalesce(sql, '') NOT LIKE '%virtual%'";
  const odd = `SELECT count(*) AS odd FROM sqlite_schema WHERE NOT (${known})`;
  if (Number(file.one(odd)?.odd) === 0) return file;
  file[Symbol.dispose]();
  throw new DamagedStoreError("the store has more than tables");
}

function* placesIn(file: StoreFile): Generator<Place> {
  let before = -1;
  for (const row of file.all("SELECT last, bytes, at, root, programs FROM segments ORDER BY last")) {
    const [seq, bytes, at, programs] = [row.last, row.bytes, row.at, row.programs].map(Number);
    if (seq === undefined || bytes === undefined || at === undefined || programs === undefined) return;
    // Each is a whole number behind the one before.
    if (![seq, bytes, at, programs].every((each) => Number.isSafeInteger(each) && each >= 0) || seq <= before) return;
    before = seq;
    yield { seq, bytes, at, root: wordFrom(row.root), programs };
  }
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DamagedStoreError || error instanceof InvalidInputError) return otherwise;
    throw error;
  }
}
