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
import type { TraceHeader } from "../run/traceLines.ts";
import { TraceWriter } from "../run/traceWriter.ts";
import { type Genesis, mapOf, watchesOf } from "../state/genesis.ts";
import { grantedBefore, requireAllGranted } from "./authorities.ts";
import type { ProfileBound } from "./groupSize.ts";
import { noteText, type RunOptions } from "./runScenario.ts";
import type { Continuation } from "./scenario.ts";
import { Tracer } from "./tracer.ts";
import { requireWatchesFit } from "./watchBound.ts";

/** Options for continuing a run. */
export interface ContinueOptions extends Omit<RunOptions, "out"> {
  /**
   * Called with the run once it is locked and replayed, before anything is traced. An error it throws ends the call.
   */
  onReplayed?: (run: Replayed) => void | Promise<void>;
}

/** A continued run. */
export interface Continued {
  /** The tracer at the end of the scenario. It has all groups of the run. */
  tracer: Tracer;
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
  { closed, seed, onReplayed, ...options }: ContinueOptions = {},
): Promise<Continued> {
  using _lock = lockRun(dir, "run --continue");
  const run = replayDirectory(dir);
  const before = run.trace.records.length;
  requireSameRun(run, scenario, options);
  const profiles = profilesOf(run.trace.header, run.genesis, options.profiles);
  if (closed === true) requireClosed(run);
  await onReplayed?.(run);
  const path = pathIn(dir, "trace");
  const copy = `${path}.next`;
  try {
    onDisk(dir, () => copyFileSync(path, copy));
    const tracer = await appended(copy, run, scenario, { ...options, ...(profiles.length > 0 && { profiles }) }, seed);
    // The names first: a name of a program that does not exist yet is harmless.
    saveManifest(dir, tracer.manifest);
    onDisk(dir, () => renameSync(copy, path));
    return { tracer, before, cut: run.trace.cut };
  } finally {
    rmSync(copy, { force: true });
  }
}

/** Runs the scenario, appending to the trace in a file. */
async function appended(
  file: string,
  run: Replayed,
  scenario: Continuation,
  options: Omit<ContinueOptions, "closed" | "seed" | "onReplayed">,
  seed: number | undefined,
): Promise<Tracer> {
  const { authorities = {} } = options;
  const { writer } = TraceWriter.open(file);
  try {
    const tracer = Tracer.after(run, {
      ...options,
      onGroup(group, map) {
        writer.append(group, () => map.root(), tracer.triggers);
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
    return tracer;
  } finally {
    writer.close(() => run.map.root());
  }
}

function continuedText(name: string, before: number, end: number): string {
  if (end === before) return `after transition ${before} the scenario ${name} went on, and did nothing`;
  return `from transition ${before + 1} to ${end} the scenario ${name} went on`;
}

/** @throws InvalidInputError if the scenario or the options are for another run */
function requireSameRun(
  { genesis, trace, groups }: Replayed,
  { name, ...scenario }: Continuation,
  { clock }: Pick<ContinueOptions, "clock">,
): void {
  if (scenario.genesis !== undefined && !isBeginning(scenario.genesis(), { genesis, trace })) {
    throw new InvalidInputError(
      "genesis",
      `that of the scenario ${name} is not the run's; leave genesis() out of a scenario that continues a run, or run it ` +
        `into a directory of its own`,
    );
  }
  const [now, end] = [clock?.(), groups.at(-1)?.at(-1)?.at ?? 0];
  if (now !== undefined && now < end) {
    throw new InvalidInputError(
      "clock",
      `is at ${now}, but the run ends at ${end}, and time does not go back; give a later time`,
    );
  }
}

/**
 * The bounds of the run's profiles.
 * @throws InvalidInputError if one is not known, or none holds an effect with all its Checks
 */
export function profilesOf(
  header: Pick<TraceHeader, "profiles">,
  genesis: Genesis,
  known: readonly ProfileBound[] = [],
): ProfileBound[] {
  const profiles = header.profiles.map((name) => {
    const profile = known.find((each) => each.name === name);
    if (profile !== undefined) return profile;
    throw new InvalidInputError("profiles", `${name}, which the run names, is not among them; give its bounds`);
  });
  requireWatchesFit(profiles, genesis.levels, watchesOf(genesis));
  return profiles;
}

/**
 * Whether a scenario's genesis is that of the run. A program that is open in the scenario may have got its key when the
 * run began.
 */
function isBeginning(own: Genesis, { genesis, trace }: Pick<Replayed, "genesis" | "trace">): boolean {
  if (own.levels !== genesis.levels || watchesOf(own) !== watchesOf(genesis)) return false;
  const keys = new Map(
    genesis.cells.map(({ address, cell }) => [address, cell.type === "program" ? cell.authority : 0n]),
  );
  const cells = own.cells.map(({ address, cell }) => {
    if (cell.type !== "program" || cell.authority !== 0n) return { address, cell };
    return { address, cell: { ...cell, authority: keys.get(address) ?? 0n } };
  });
  return mapOf({ ...own, cells }).root() === trace.header.genesisRoot;
}

/** @throws InvalidInputError if a program of the run has no authority */
function requireClosed({ map }: Replayed): void {
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
