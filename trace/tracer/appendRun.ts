/**
 * A run that grows block by block: transitions are buffered, and a commit writes all of them or, after a crash, none.
 * Nothing is kept of what is written except the map, so a run may be longer than the memory.
 */
import { statSync } from "node:fs";
import { InvalidInputError } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import { emptyManifest } from "../run/manifest.ts";
import { createRun, makeRunFolder, pathIn, saveManifest } from "../run/runDirectory.ts";
import { lockRun } from "../run/runLock.ts";
import { lastCheckpointIn } from "../run/traceFile.ts";
import { TraceWriter } from "../run/traceWriter.ts";
import { type Genesis, watchesOf } from "../state/genesis.ts";
import { withStore, writableStore } from "../store/openStore.ts";
import type { Store } from "../store/store.ts";
import { DamagedStoreError } from "../store/storeErrors.ts";
import { StoreFeed } from "../store/storeFeed.ts";
import type { OpenRunOptions, RunStreamOptions } from "./openRunOptions.ts";
import { feeding, reachEnd, type Traced, tracedFrom } from "./reachEnd.ts";
import { noteText } from "./runScenario.ts";
import type { Tracer } from "./tracer.ts";
import { requireWatchesFit } from "./watchBound.ts";

export type { OpenRunOptions, RunStreamOptions } from "./openRunOptions.ts";

/** A run that is open for appending. It holds the run's lock. */
export interface OpenRun extends Disposable {
  /** At the end of the run. Its effects are buffered until the next commit. */
  readonly tracer: Tracer;
  /** Number of the last transition that is on disk. */
  readonly committed: number;
  /**
   * Writes the transitions since the last commit, with one checkpoint after them, and waits until they are on disk.
   * After a crash meanwhile, {@link openRun} finds the run as it was before.
   * @throws EnvironmentError if the disk refuses; open the run again then
   */
  commit(): void;
  /** Drops what was not committed, saves the manifest, and gives the lock back. */
  close(): void;
}

/** The files of an open run. */
interface RunFiles {
  dir: string;
  writer: TraceWriter;
  /** The run's, which closing gives back. */
  lock: Disposable;
  /** Undefined if it cannot be used, or the run is small. */
  store?: { store: Store; feed: StoreFeed | undefined } | undefined;
}

/** The buffer of an open run, and its files. */
class RunStream implements OpenRun {
  readonly tracer: Tracer;
  readonly #files: RunFiles;
  readonly #namesEvery: number;
  #pending: (readonly Transition[])[] = [];
  #committed: number;
  #commits = 0;
  #closed = false;

  /** @param traced at the end of the trace */
  constructor(files: RunFiles, traced: Traced, namesEvery = 1) {
    const { tracer, listener } = traced;
    this.tracer = tracer;
    this.#files = files;
    this.#namesEvery = namesEvery;
    this.#committed = tracer.seq;
    listener.onGroup = (group) => this.#pending.push(group);
  }

  get committed(): number {
    return this.#committed;
  }

  commit(): void {
    if (this.#pending.length === 0) return;
    const { tracer } = this;
    // The names first: a name of a program that does not exist yet is harmless.
    if (this.#commits++ % this.#namesEvery === 0) this.#saveNames();
    this.#files.writer.appendAll(this.#pending, () => tracer.root(), tracer.triggers);
    const groups = this.#pending;
    this.#pending = [];
    this.#committed = tracer.seq;
    this.#feed(groups);
  }

  /**
   * Feeds the store. If that fails, the run is committed all the same. The store catches up when it is opened again.
   */
  #feed(groups: readonly (readonly Transition[])[]): void {
    const { tracer } = this;
    const { dir, store } = this.#files;
    if (store?.feed === undefined) return;
    try {
      for (const group of groups) store.feed.group(group, tracer.triggers);
      const { seq, at } = tracer;
      store.feed.mark({ seq, at, bytes: statSync(pathIn(dir, "trace")).size, root: tracer.root() });
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      store.feed = undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#saveNames();
    } finally {
      try {
        this.#files.writer.close(() => this.tracer.root());
      } finally {
        this.#files.store?.store[Symbol.dispose]();
        this.#files.lock[Symbol.dispose]();
      }
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #saveNames(): void {
    const { manifest, notes } = this.tracer;
    manifest.notes.push(...notes.splice(0).map(noteText));
    saveManifest(this.#files.dir, manifest);
  }
}

/**
 * Begins a run that grows by commits.
 *
 *     using run = createRunStream("chain", genesis, { profiles });
 *     for (const block of blocks) {
 *       for (const { actor, effect } of effectsOf(block)) run.tracer.perform(actor, effect, block.time);
 *       run.commit();
 *     }
 *
 * @throws InvalidInputError if the directory holds a run already, or an effect could outgrow all profiles
 * @throws EnvironmentError if another process writes to it, or it cannot be written
 */
export function createRunStream(dir: string, genesis: Genesis, options: RunStreamOptions = {}): OpenRun {
  requireWatchesFit(options.profiles ?? [], genesis.levels, watchesOf(genesis));
  makeRunFolder(dir);
  return locked(dir, options, (lock) => {
    createRun(dir, genesis);
    const profiles = (options.profiles ?? []).map(({ name }) => name);
    const manifest = emptyManifest(options.scenario ?? "", profiles);
    saveManifest(dir, manifest);
    const traced = tracedFrom(genesis, manifest, options);
    const header = { genesisRoot: traced.tracer.root(), levels: genesis.levels, profiles };
    const writer = TraceWriter.create(pathIn(dir, "trace"), header);
    const store = options.store === false ? undefined : writableStore(dir, options.store);
    const fed = store && { store, feed: new StoreFeed(store, traced.tracer.map, feeding(options)) };
    return new RunStream({ dir, writer, lock, store: fed }, traced, options.namesEvery);
  });
}

/**
 * Opens a run to append to it. It replays what is behind the last state of the run's store, or all without one. Nothing
 * of the trace is kept in memory. What is cut off is cut after the replay. Proofs and signatures stay as they are:
 * withdraw those of transitions that are cut first.
 * @throws InvalidInputError if the trace does not replay, or a profile of the run is not given; if `upTo` is beyond its
 *   end, or inside a group
 * @throws EnvironmentError if another process writes to it, or it cannot be written. "store" if the store turns out to
 *   be damaged after the run was opened, by any use of the tracer: close the run and open it again
 */
export function openRun(dir: string, options: OpenRunOptions = {}): OpenRun {
  return locked(dir, options, (lock) => {
    const { upTo = lastCheckpointIn(pathIn(dir, "trace")) } = options;
    if (!Number.isSafeInteger(upTo) || upTo < 0)
      throw new InvalidInputError("upTo", `${upTo} is not the number of a transition, nor 0`);
    return withStore(dir, options.store, (store) => {
      const { traced, tail, feed } = reachEnd(dir, upTo, options, store);
      const writer = TraceWriter.after(pathIn(dir, "trace"), tail);
      writer.checkpoint(() => traced.tracer.root());
      return new RunStream({ dir, writer, lock, store: feed && store && { store, feed } }, traced, options.namesEvery);
    });
  });
}

/** Takes the lock, and gives it back if the work fails. */
function locked(
  dir: string,
  { verb = "import", lock: held }: RunStreamOptions,
  work: (lock: Disposable) => OpenRun,
): OpenRun {
  if (held !== undefined) return work({ [Symbol.dispose]: () => undefined });
  const lock = lockRun(dir, verb);
  try {
    return work(lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
