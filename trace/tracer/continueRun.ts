/**
 * Continues a run: a scenario begins where the trace ends, and its transitions are appended, all or none. They are
 * traced into a copy, which replaces the trace when the scenario is done. An interruption before that leaves the run
 * unchanged.
 */
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { keyIn } from "../effects/found.ts";
import { InvalidInputError } from "../errors.ts";
import { type Replayed, replayDirectory } from "../replay/replay.ts";
import { pathIn, saveManifest, unwritable } from "../run/runDirectory.ts";
import { lockRun } from "../run/runLock.ts";
import { type Genesis, isMoored, mapOf, watchesOf } from "../state/genesis.ts";
import { withOpenStore } from "../store/catchUp.ts";
import { readableStore, type StoreOptions } from "../store/openStore.ts";
import { grantedBefore, requireAllGranted } from "./authorities.ts";
import { type RunEnd, replayedEnd, storedEnd } from "./runEnd.ts";
import { profilesOf } from "./runProfiles.ts";
import { noteText, type RunOptions } from "./runScenario.ts";
import type { Continuation } from "./scenario.ts";
import type { Tracer } from "./tracer.ts";

/** Options for continuing a run. */
export interface ContinueOptions extends Omit<RunOptions, "out" | "movedTo" | "commitEvery" | "onCommit"> {
  /**
   * Called with the run once it is locked and replayed, before anything is traced. An error it throws ends the call.
   */
  onReplayed?: (run: Replayed) => void | Promise<void>;
  /**
   * How the run's store is used (default false: everything is replayed). With it, the work begins with the last state
   * of the store, and replays the whole run where that is needed, or where `onReplayed` is given and `onReached` is
   * not. If the store turns out to be damaged meanwhile, the scenario is run again, from its beginning.
   */
  store?: StoreOptions | false;
  /**
   * Called instead of `onReplayed` if the end was reached from a state of the store. The whole run is replayed if it
   * answers false.
   * @internal
   */
  onReached?: (end: RunEnd) => boolean | Promise<boolean>;
}

/** A continued run. */
export interface Continued {
  /**
   * The tracer at the end of the scenario. It has all groups of the run; with a store they are replayed if asked for.
   */
  tracer: Tracer;
  /** Number of all groups. */
  groups: number;
  /** Number of transitions before. */
  before: number;
  /** Number of transitions cut off at the end: an interruption had left their group unfinished. */
  cut: number;
}

/**
 * Continues a run. Numbers, times and clocks go on from its end. Genesis, profiles, the map's place on a chain, proofs
 * and signatures stay as they are: the appended transitions come after them.
 *
 *     await continueRun("shop", {
 *       name: "tuesday",
 *       description: "Alice pays Bob",
 *       run(tracer) {
 *         const alice = tracer.program("Alice");
 *         alice.escrowToProgram({ from: alice.resource("Gold"), to: tracer.program("Bob").id });
 *       },
 *     });
 *
 * @param options `authorities` are for programs that the scenario creates; for an existing program, it must be the key
 *   that the program has. `profiles` must include those that the run names; the others are not used.
 * @throws InvalidInputError if the trace does not replay; if the scenario has another genesis, or a profile of the run
 *   is not given; if the clock is before the end of the run; if an authority is not the program's, or no program got it
 * @throws RefusedError if a rule refuses an effect of the scenario; the run is unchanged then
 * @throws EnvironmentError if another process writes to the directory, or it cannot be written
 */
export async function continueRun(
  dir: string,
  scenario: Continuation,
  { store = false, ...options }: ContinueOptions = {},
): Promise<Continued> {
  using _lock = lockRun(dir, "run --continue");
  const { onReplayed, onReached } = options;
  if (onReached !== undefined || onReplayed === undefined) {
    const done = await withOpenStore(dir, store, async (open) =>
      open === undefined ? undefined : await continuedFrom(dir, scenario, options),
    );
    if (done !== undefined) return done;
  }
  const run = replayDirectory(dir);
  const end = replayedEnd(run);
  requireFits(end, scenario, options);
  await onReplayed?.(run);
  return (await written(dir, end, scenario, options)) as Continued;
}

/** From the last state of the store on. @returns undefined if the whole history is needed */
async function continuedFrom(
  dir: string,
  scenario: Continuation,
  options: ContinueOptions,
): Promise<Continued | undefined> {
  // The tracer goes on reading from it after this call. It is closed when the tracer is not used any more.
  const store = readableStore(dir);
  if (store === undefined) return undefined;
  let done: Continued | undefined;
  try {
    const end = storedEnd(dir, store);
    requireFits(end, scenario, options);
    const { onReached } = options;
    if (onReached === undefined || (await onReached(end))) done = await written(dir, end, scenario, options);
    return done;
  } finally {
    if (done === undefined) store[Symbol.dispose]();
  }
}

function requireFits(end: RunEnd, scenario: Continuation, options: ContinueOptions): void {
  requireSameRun(end, scenario, options);
  profilesOf(end.header, end.bounds, options.profiles);
  if (options.closed === true) requireClosed(end);
}

/** Traces into a copy, which replaces the trace. @returns undefined if the end turns out not to be the run's */
async function written(
  dir: string,
  end: RunEnd,
  scenario: Continuation,
  { closed: _closed, seed, onReplayed: _replayed, onReached: _reached, store: _store, ...options }: ContinueOptions,
): Promise<Continued | undefined> {
  const path = pathIn(dir, "trace");
  const copy = `${path}.next`;
  const profiles = profilesOf(end.header, end.bounds, options.profiles);
  try {
    onDisk(dir, () => copyFileSync(path, copy));
    const tracing = { ...options, ...(profiles.length > 0 && { profiles }) };
    const { tracer, added } = await appended(copy, end, scenario, tracing, seed);
    if (!end.isSound()) return undefined;
    // The names first: a name of a program that does not exist yet is harmless.
    saveManifest(dir, tracer.manifest);
    onDisk(dir, () => renameSync(copy, path));
    return { tracer, before: end.transitions, cut: end.cut, groups: end.groups() + added };
  } finally {
    rmSync(copy, { force: true });
  }
}

/**
 * Runs the scenario, appending to the trace in a file.
 * @returns the tracer, and the number of groups that were added
 */
async function appended(
  file: string,
  end: RunEnd,
  scenario: Continuation,
  options: Omit<ContinueOptions, "closed" | "seed" | "onReplayed">,
  seed: number | undefined,
): Promise<{ tracer: Tracer; added: number }> {
  const { authorities = {} } = options;
  const writer = end.writer(file);
  // The copy counts only once it is complete.
  writer.syncAtEnd();
  let added = 0;
  try {
    const tracer = end.tracer({
      ...options,
      onGroup(group, map) {
        writer.append(group, () => map.root(), tracer.triggers);
        added++;
        options.onGroup?.(group, map);
      },
    });
    const { manifest, map } = tracer;
    for (const [program, name] of Object.entries(scenario.programs ?? {})) manifest.programs[program] ??= name;
    const keyOf = (program: number) => keyIn(map, program);
    for (const name of grantedBefore(authorities, manifest.programs, keyOf)) tracer.granted.add(name);
    const before = tracer.seq;
    await scenario.run(tracer, seed === undefined ? {} : { seed });
    requireAllGranted(authorities, tracer.granted);
    manifest.notes.push(continuedText(scenario.name, before, tracer.seq), ...tracer.notes.map(noteText));
    return { tracer, added };
  } finally {
    writer.close(() => end.map.root());
  }
}

function continuedText(name: string, before: number, end: number): string {
  if (end === before) return `after transition ${before} the scenario ${name} went on, and did nothing`;
  return `from transition ${before + 1} to ${end} the scenario ${name} went on`;
}

/** @throws InvalidInputError if the scenario or the options are for another run */
function requireSameRun(
  end: RunEnd,
  { name, ...scenario }: Continuation,
  { clock }: Pick<ContinueOptions, "clock">,
): void {
  if (scenario.genesis !== undefined && !isBeginning(scenario.genesis(), end)) {
    throw new InvalidInputError(
      "genesis",
      `that of the scenario ${name} is not the run's; leave genesis() out of a scenario that continues a run, or run it ` +
        `into a directory of its own`,
    );
  }
  const now = clock?.();
  if (now !== undefined && now < end.at) {
    throw new InvalidInputError(
      "clock",
      `is at ${now}, but the run ends at ${end.at}, and time does not go back; give a later time`,
    );
  }
}

/**
 * Whether a scenario's genesis is that of the run. A program that is open in the scenario may have got its key when the
 * run began.
 */
function isBeginning(own: Genesis, { header, ...end }: RunEnd): boolean {
  const genesis = end.genesis();
  if (own.levels !== genesis.levels || watchesOf(own) !== watchesOf(genesis)) return false;
  if (isMoored(own) !== isMoored(genesis)) return false;
  const keys = new Map(
    genesis.cells.map(({ address, cell }) => [address, cell.type === "program" ? cell.authority : 0n]),
  );
  const cells = own.cells.map(({ address, cell }) => {
    if (cell.type !== "program" || cell.authority !== 0n) return { address, cell };
    return { address, cell: { ...cell, authority: keys.get(address) ?? 0n } };
  });
  return mapOf({ ...own, cells }).root() === header.genesisRoot;
}

/** @throws InvalidInputError if a program of the run has no authority */
function requireClosed({ map }: RunEnd): void {
  const open = Array.from({ length: map.programs() }, (_, i) => i + 1).filter((program) => keyIn(map, program) === 0n);
  if (open.length === 0) return;
  throw new InvalidInputError(
    "closed",
    `program ${open.join(", ")} of the run is open; in a closed map every program has an authority, so leave ` +
      `--closed out`,
  );
}

/** @throws EnvironmentError if the disk refuses */
function onDisk(dir: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unwritable(dir, error, "make it writable, or work on a copy");
  }
}
