/** The history of a run, found by its store: only what a question needs is replayed. */
import { mistimedInFile } from "../chain/mistimedFile.ts";
import type { FindMistimed, RecordedRun } from "../chain/record.ts";
import { Names, type NameTables } from "../describe/names.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import type { Transition } from "../machine/transition.ts";
import type { Past } from "../query/past.ts";
import type { RunHistory } from "../query/runHistory.ts";
import { replayDirectory } from "../replay/replay.ts";
import { headerIn } from "../replay/replayFile.ts";
import type { Manifest } from "../run/manifest.ts";
import { pathIn, readGenesis, readManifest, requireProfiles } from "../run/runDirectory.ts";
import type { TraceHeader } from "../run/traceLines.ts";
import type { Genesis } from "../state/genesis.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { ReplayedSegments } from "./replayedSegments.ts";
import type { Store } from "./store.ts";
import { StoredPast } from "./storedPast.ts";

/** A run that is read by its store. It must not be used after the store was closed. */
export class StoredRun {
  readonly header: TraceHeader;
  readonly manifest: Manifest;
  readonly past: Past;
  readonly #dir: string;
  readonly #replayed: ReplayedSegments;
  #genesis: Genesis | undefined;

  /**
   * Reads what is behind the last segment of the store.
   * @throws InvalidInputError naming file and field; DamagedStoreError
   */
  constructor(dir: string, store: Store) {
    this.header = headerIn(pathIn(dir, "trace"));
    this.manifest = readManifest(dir, this.header.profiles);
    requireProfiles(this.header, this.manifest);
    this.#dir = dir;
    this.#replayed = new ReplayedSegments(store);
    this.past = new StoredPast(this.#replayed, () => this.genesis);
  }

  /** Whether something was cut off at the end of the trace. */
  get torn(): boolean {
    return this.#replayed.torn;
  }

  /** The run, for the blocks beside it. */
  get recorded(): RecordedRun & { manifest: Manifest } {
    const { store, bytes, count } = this.#replayed;
    const transitions: FindMistimed = (blocks) => mistimedInFile(store.trace, bytes, blocks);
    return { manifest: this.manifest, records: count, transitions };
  }

  get genesis(): Genesis {
    this.#genesis ??= readGenesis(this.#dir);
    return this.#genesis;
  }

  get end(): TimeMap {
    return this.#replayed.end;
  }

  get triggers(): TriggerRows {
    return this.#replayed.triggers;
  }

  /** All transitions: the whole run is replayed. */
  get transitions(): readonly Transition[] {
    return replayDirectory(this.#dir).groups.flat();
  }

  /** @throws DamagedStoreError if something was read that is not what was stored */
  requireSound(): void {
    this.#replayed.store.requireSound();
  }

  /** Its history, for questions. */
  history(tables: NameTables): RunHistory {
    return new StoredHistory(this, tables);
  }
}

/** Genesis, end and all transitions are read when they are asked for. */
class StoredHistory implements RunHistory {
  readonly past: Past;
  readonly names: Names;
  readonly tables: NameTables;
  readonly triggers: TriggerRows;
  readonly #run: StoredRun;

  constructor(run: StoredRun, tables: NameTables) {
    this.#run = run;
    this.past = run.past;
    this.names = new Names(tables);
    this.tables = tables;
    this.triggers = run.triggers;
  }

  get genesis(): Genesis {
    return this.#run.genesis;
  }

  get end(): TimeMap {
    return this.#run.end;
  }

  get transitions(): readonly Transition[] {
    return this.#run.transitions;
  }
}
