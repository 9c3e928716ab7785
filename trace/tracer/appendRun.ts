/**
 * A run that grows block by block: transitions are buffered, and a commit writes all of them or, after a crash, none.
 * Nothing is kept of what is written except the map, so a run may be longer than the memory.
 */
import { InvalidInputError } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { headerIn, replayFile } from "../replay/replayFile.ts";
import { emptyManifest, type Manifest } from "../run/manifest.ts";
import {
  createRun,
  makeRunFolder,
  pathIn,
  readGenesis,
  readManifest,
  requireProfiles,
  saveManifest,
} from "../run/runDirectory.ts";
import { lockRun } from "../run/runLock.ts";
import { lastCheckpointIn } from "../run/traceFile.ts";
import { TraceWriter } from "../run/traceWriter.ts";
import { type Genesis, mapOf, watchesOf } from "../state/genesis.ts";
import { profilesOf } from "./continueRun.ts";
import { noteText } from "./runScenario.ts";
import { Tracer } from "./tracer.ts";
import type { TracerOptions } from "./tracerOptions.ts";
import { requireWatchesFit } from "./watchBound.ts";

/** Options of a run that grows by commits. `keepGroups` is false by default. */
export interface RunStreamOptions extends TracerOptions {
  /** The caller's task, for those who find the run locked; `import` by default. */
  verb?: string;
  /**
   * Commits between two savings of the manifest (default 1). It is saved when the run is closed, too. A crash loses
   * only names that were given since it was saved.
   */
  namesEvery?: number;
  /** The run's lock, if the caller holds it already. The caller gives it back. */
  lock?: Disposable;
}

/** Options for opening such a run. */
export interface OpenRunOptions extends RunStreamOptions {
  /**
   * The last transition that stays; the trace is cut after it, and 0 leaves the genesis alone. By default that of the
   * last checkpoint: what an interrupted commit left is cut off. In a run that was not written by commits, that may cut
   * up to 255 whole groups.
   */
  upTo?: number;
  /** Called with every group of the past, after it was replayed. */
  onReplayed?: (group: readonly Transition[]) => void;
}

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

/** The buffer of an open run, and its files. */
class RunStream implements OpenRun {
  readonly tracer: Tracer;
  readonly #dir: string;
  readonly #namesEvery: number;
  readonly #lock: Disposable;
  readonly #writer: TraceWriter;
  #pending: (readonly Transition[])[] = [];
  #committed: number;
  #commits = 0;
  #closed = false;

  /**
   * @param traced at the end of the trace
   * @param lock the run's, which closing gives back
   */
  constructor(dir: string, traced: Traced, writer: TraceWriter, lock: Disposable, namesEvery = 1) {
    const { tracer, listener } = traced;
    this.tracer = tracer;
    this.#dir = dir;
    this.#writer = writer;
    this.#lock = lock;
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
    this.#writer.appendAll(this.#pending, () => tracer.root(), tracer.triggers);
    this.#pending = [];
    this.#committed = tracer.seq;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#saveNames();
    } finally {
      try {
        this.#writer.close(() => this.tracer.root());
      } finally {
        this.#lock[Symbol.dispose]();
      }
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #saveNames(): void {
    const { manifest, notes } = this.tracer;
    manifest.notes.push(...notes.splice(0).map(noteText));
    saveManifest(this.#dir, manifest);
  }
}

/** A tracer, and who gets its groups. */
interface Traced {
  tracer: Tracer;
  listener: { onGroup?: (group: readonly Transition[]) => void };
}

/** A tracer at the genesis. It keeps no groups unless the options say so. */
function tracedFrom(genesis: Genesis, manifest: Manifest, options: TracerOptions): Traced {
  const listener: Traced["listener"] = {};
  const past = { genesis, manifest, groups: [], trace: { triggers: new Map() } };
  const tracer = new Tracer(
    new Machine(mapOf(genesis)),
    {
      keepGroups: false,
      ...options,
      onGroup(group, map) {
        listener.onGroup?.(group);
        options.onGroup?.(group, map);
      },
    },
    past,
  );
  return { tracer, listener };
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
    return new RunStream(dir, traced, writer, lock, options.namesEvery);
  });
}

/**
 * Opens a run to append to it, after replaying it. Nothing of the trace is kept in memory. What is cut off is cut after
 * the replay. Proofs and signatures stay as they are: withdraw those of transitions that are cut first.
 * @throws InvalidInputError if the trace does not replay, or a profile of the run is not given; if `upTo` is beyond its
 *   end, or inside a group
 * @throws EnvironmentError if another process writes to it, or it cannot be written
 */
export function openRun(dir: string, options: OpenRunOptions = {}): OpenRun {
  return locked(dir, options, (lock) => {
    const path = pathIn(dir, "trace");
    const { upTo = lastCheckpointIn(path) } = options;
    if (!Number.isSafeInteger(upTo) || upTo < 0)
      throw new InvalidInputError("upTo", `${upTo} is not the number of a transition, nor 0`);
    const genesis = readGenesis(dir);
    const header = headerIn(path);
    const manifest = readManifest(dir, header.profiles);
    requireProfiles(header, manifest);
    const profiles = profilesOf(header, genesis, options.profiles);
    const { profiles: _all, ...others } = options;
    const traced = tracedFrom(genesis, manifest, { ...others, ...(profiles.length > 0 && { profiles }) });
    const { tracer } = traced;
    const tail = replayFile(path, tracer.machine, upTo, (group) => {
      tracer.tookPlace(group);
      options.onReplayed?.(group);
    });
    tracer.know(tail.triggers);
    const writer = TraceWriter.after(path, tail);
    writer.checkpoint(() => tracer.root());
    return new RunStream(dir, traced, writer, lock, options.namesEvery);
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
