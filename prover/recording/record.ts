/** Runs a scenario into a run directory: completely, or with a word on what is left. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { FILES } from "../../trace/run/runDirectory.ts";
import { isMoored, MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { Authorities } from "../../trace/tracer/authorities.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { profilesWith } from "../profiles.ts";
import { newRun } from "./newRun.ts";
import { replacingRun } from "./replaceRun.ts";

/** How a scenario is recorded. */
export interface RecordingOptions {
  /** Time of the effects without a time of their own, in seconds since 1970. */
  at?: number | undefined;
  /** Authorities by name of program. */
  authorities?: Authorities | undefined;
  /** Refuse programs without an authority. */
  closed?: boolean | undefined;
  /**
   * Moor the map: its rows are published on its chain, and effects without a time happen now, because a chain takes no
   * old ones. Default: as the scenario's genesis says.
   */
  moored?: boolean | undefined;
  /** Seed of the interleaving of concurrent programs. */
  seed?: number | undefined;
  /** Replace an existing run that has no proofs, no signatures and no map on a chain. */
  force?: boolean | undefined;
  /** Called with every group: once it is recorded, or with `commitEvery` once it has happened. */
  onGroup?: ((group: readonly Transition[]) => void) | undefined;
  /** Transitions that are written at once: see the library's `runScenario`. Default: each group by itself. */
  commitEvery?: number | undefined;
  /** Called with the number of the last transition each time more of them are on disk. */
  onCommit?: ((seq: number) => void) | undefined;
}

/**
 * Runs a scenario into a directory without a run, with the profiles of this prover.
 * @returns the tracer at the end of the scenario
 * @throws InvalidInputError if the directory holds a run that `force` is not given for or does not replace; also every
 *   error of the scenario, and then nothing is left
 * @throws EnvironmentError "disk" if the directory cannot be written; "locked" if another process writes there
 *
 * @example
 *     import { recordDirectory } from "time-bandits/prover";
 *
 *     const tracer = await recordDirectory("my-run", scenario);
 *     console.log(tracer.seq, tracer.root());
 */
export async function recordDirectory(
  dir: string,
  scenario: Scenario,
  options: RecordingOptions = {},
): Promise<Tracer> {
  let there: string | undefined;
  const tracer = await newRun(dir, "groups", () =>
    into(dir, options, (folder) => recorded(folder, scenario, options, () => there ?? folder)),
  );
  there = dir;
  return tracer;
}

/** Has a run written into the directory itself, or in place of the existing one. */
export async function into<T>(
  dir: string,
  { force }: Pick<RecordingOptions, "force">,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const there = Object.values(FILES).find((file) => existsSync(join(dir, file)));
  if (there === undefined) return await work(dir);
  if (force === true) return await replacingRun(dir, work);
  throw new InvalidInputError(
    dir,
    `already holds ${there}; choose another directory, continue the run there (--continue), or replace it (--force)`,
  );
}

/**
 * Runs a scenario into a folder.
 * @param movedTo where the folder is afterwards
 */
export async function recorded(
  dir: string,
  scenario: Scenario,
  options: RecordingOptions = {},
  movedTo = () => dir,
): Promise<Tracer> {
  const genesis = options.moored === true ? MOORED_GENESIS : scenario.genesis();
  const profiles = profilesWith(genesis.levels);
  const at = options.at ?? (isMoored(genesis) ? Math.floor(Date.now() / 1_000) : undefined);
  return runScenario(scenario, {
    ...{ out: dir, movedTo },
    ...(options.commitEvery === undefined ? {} : { commitEvery: options.commitEvery }),
    ...(options.onCommit === undefined ? {} : { onCommit: options.onCommit }),
    ...(options.moored === undefined ? {} : { moored: options.moored }),
    // A map without a profile of its size can be traced and replayed, but not proven.
    ...(profiles.length === 0 ? {} : { profiles }),
    ...tracing({ ...options, at }),
  });
}

/** The tracer's options. */
export function tracing({ at, authorities, closed, seed, onGroup }: RecordingOptions) {
  return {
    ...(at === undefined ? {} : { clock: () => at }),
    ...(authorities === undefined ? {} : { authorities }),
    ...(seed === undefined ? {} : { seed }),
    ...(onGroup === undefined ? {} : { onGroup }),
    closed: closed === true,
  };
}
