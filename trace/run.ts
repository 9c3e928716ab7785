/** Runs a scenario and keeps its trace in a run directory. */
import { createRun, pathIn, saveManifest } from "./files.ts";
import { mapOf } from "./genesis.ts";
import type { Scenario } from "./scenario.ts";
import type { Note } from "./tracer.ts";
import { Tracer, type TracerOptions } from "./tracer.ts";
import { TraceWriter } from "./writer.ts";

export interface RunOptions extends Omit<TracerOptions, "scenario"> {
  /** The run directory to write; without it nothing is written. */
  out?: string;
}

/**
 * Runs a scenario.
 * @returns the tracer as the scenario left it
 * @throws RefusedError if the scenario asks for something that a rule refuses; what came before is on disk
 * @throws InvalidInputError if the directory holds a run already
 */
export async function runScenario(scenario: Scenario, { out, ...options }: RunOptions = {}): Promise<Tracer> {
  const genesis = scenario.genesis();
  if (out === undefined) {
    const tracer = Tracer.from(genesis, { ...options, scenario: scenario.name });
    await scenario.run(tracer);
    return tracer;
  }
  createRun(out, genesis);
  const profiles = (options.profiles ?? []).map((p) => p.name);
  const header = { genesisRoot: mapOf(genesis).root(), levels: genesis.levels, profiles };
  const writer = TraceWriter.create(pathIn(out, "trace"), header);
  const tracer = Tracer.from(genesis, {
    ...options,
    scenario: scenario.name,
    onGroup(group, map) {
      writer.append(group, () => map.root());
      options.onGroup?.(group, map);
    },
  });
  try {
    await scenario.run(tracer);
  } finally {
    writer.close(() => tracer.root());
    tracer.manifest.notes.push(...tracer.notes.map(noteText));
    saveManifest(out, tracer.manifest);
  }
  return tracer;
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
