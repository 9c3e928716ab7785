/** Runs a scenario and keeps its trace in a run directory. */

import { CHAIN, CHAIN_NAME } from "../layout.ts";
import { Machine } from "../machine/machine.ts";
import { createRun, pathIn, saveManifest } from "../run/runDirectory.ts";
import { TraceWriter } from "../run/traceWriter.ts";
import { MOORED_GENESIS, mapOf, watchesOf } from "../state/genesis.ts";
import { type Authorities, authorityFor, keyedGenesis, requireAllGranted } from "./authorities.ts";
import { groupsOnDisk } from "./groupsOnDisk.ts";
import type { Scenario } from "./scenario.ts";
import { type CommitOptions, requireCommitEvery, ScenarioTrace } from "./scenarioTrace.ts";
import { Tracer } from "./tracer.ts";
import type { Note, TracerOptions } from "./tracerOptions.ts";
import { requireWatchesFit } from "./watchBound.ts";

/** Output, bounds and seed of a scenario's run. */
export interface RunOptions extends Omit<TracerOptions, "scenario" | "readGroups">, CommitOptions {
  /** The run directory to write; without it nothing is written. */
  out?: string;
  /** Where the run is, if the caller moves it: a long run's `groups` are read there. Default: `out`. */
  movedTo?: () => string;
  /**
   * Refuse to begin unless every program of the genesis has an authority. The rules then ensure that later programs
   * have one, too.
   */
  closed?: boolean;
  /**
   * Moor the map: it begins with the chain's program alone, whatever genesis the scenario has, and its rows are
   * published. Default: as the scenario's genesis says.
   */
  moored?: boolean;
  /** Seed of the interleaving of a concurrent scenario; by default the scenario's own. */
  seed?: number;
}

/**
 * Runs a scenario.
 * @returns the tracer at the end of the scenario
 * @throws RefusedError if a rule refuses an effect of the scenario; the effects before it are on disk
 * @throws InvalidInputError if the directory holds a run already; if an effect could outgrow all profiles; if an
 *   authority was given for a program that was never created
 */
export async function runScenario(
  scenario: Scenario,
  { out, movedTo, closed, moored, seed, commitEvery, onCommit, ...options }: RunOptions = {},
): Promise<Tracer> {
  requireCommitEvery(commitEvery);
  const { authorities = {} } = options;
  const genesis = moored === true ? MOORED_GENESIS : keyedGenesis(scenario, authorities, closed);
  requireWatchesFit(options.profiles ?? [], genesis.levels, watchesOf(genesis));
  const run = async (tracer: Tracer): Promise<void> => {
    nameGenesis(tracer, scenario, authorities);
    await scenario.run(tracer, seed === undefined ? {} : { seed });
    requireAllGranted(authorities, tracer.granted);
  };
  if (out === undefined) {
    const tracer = Tracer.from(genesis, { ...options, scenario: scenario.name });
    await run(tracer);
    return tracer;
  }
  createRun(out, genesis);
  const profiles = (options.profiles ?? []).map((p) => p.name);
  const map = mapOf(genesis);
  const header = { genesisRoot: map.root(), levels: genesis.levels, profiles };
  const trace = new ScenarioTrace(TraceWriter.create(pathIn(out, "trace"), header), {
    ...(commitEvery !== undefined && { commitEvery }),
    ...(onCommit !== undefined && { onCommit }),
  });
  // On the same map: its digests are computed once.
  const tracer = new Tracer(new Machine(map), {
    ...options,
    scenario: scenario.name,
    readGroups(seq) {
      trace.commit(tracer);
      return groupsOnDisk(movedTo?.() ?? out, seq);
    },
    onGroup(group) {
      trace.add(group, tracer);
      options.onGroup?.(group, map);
    },
  });
  try {
    await run(tracer);
  } finally {
    trace.close(tracer);
    tracer.manifest.notes.push(...tracer.notes.map(noteText));
    saveManifest(out, tracer.manifest);
  }
  return tracer;
}

/** Enters the scenario's names for the programs of its genesis, and marks their authorities as granted. */
function nameGenesis({ manifest, granted, map }: Tracer, { programs = {} }: Scenario, authorities: Authorities): void {
  if (map.moored) {
    manifest.programs[CHAIN] = CHAIN_NAME;
    return;
  }
  for (const [program, name] of Object.entries(programs)) {
    manifest.programs[program] = name;
    if (Number(program) <= map.programs() && authorityFor(authorities, name) !== undefined) granted.add(name);
  }
}

/** A note as a sentence. */
export function noteText({ event, watch, seq, reason }: Note): string {
  const which = `the watch in slot ${watch.slot} of program ${watch.program}`;
  switch (event) {
    case "fired":
      return `transition ${seq} fired ${which}`;
    case "applied":
      return `transition ${seq} applied the trigger of ${which}`;
    case "refused":
      return `after transition ${seq} the trigger of ${which} was refused: ${reason ?? "no reason given"}`;
  }
}
