/**
 * Scenarios written in layers. A scenario can continue another scenario's run: its first program is the run's first
 * program, `resume` starts tasks in the others, and `holdings` lists what they own. Earlier tasks, channels, locks and
 * actors are gone.
 */
import { InvalidInputError } from "../errors.ts";
import { openPrograms } from "../state/genesis.ts";
import type { Scenario } from "../tracer/scenario.ts";
import type { Tracer } from "../tracer/tracer.ts";
import { Kernel } from "./kernel/kernel.ts";

/** Default time of the first transition, in seconds since 1970. */
const START = 1_767_225_600;
/** First slot for deposits of the first program. */
const INBOX = 16;

/** The parts of a concurrent scenario. */
export interface ConcurrentOptions {
  name: string;
  /** One sentence. */
  description: string;
  /** Name of the first program; default `main`. */
  program?: string;
  /** Decides the interleaving; the run's own seed overrides it. Default 1. */
  seed?: number;
  /** Time of the first transition, in seconds since 1970. */
  start?: number;
  /** Levels of the map; default 3 (4,095 programs). */
  levels?: number;
  /** The first program's function. */
  main: () => Promise<void> | void;
}

/** Makes a scenario whose programs are written in layers: the first program starts the others. */
export function concurrent(options: ConcurrentOptions): Scenario {
  const { name, description, program = "main", levels = 3, start = START, main } = options;
  return {
    name,
    description,
    programs: { 1: program },
    genesis: () => ({ levels, cells: openPrograms(1, INBOX) }),
    async run(tracer, { seed = options.seed ?? 1 } = {}) {
      requireFirst(tracer, program, name);
      if (tracer.seq > 0)
        tracer.manifest.notes.push(`the seed ${seed} decides the interleaving of the scenario ${name}`);
      const kernel = new Kernel(tracer, { seed, start });
      await kernel.run(program, 1, async () => {
        await main();
        return undefined;
      });
    },
  };
}

/** @throws InvalidInputError if the first program of the continued run has another name */
function requireFirst({ manifest }: Tracer, program: string, scenario: string): void {
  const { 1: there = program } = manifest.programs;
  if (there === program) return;
  throw new InvalidInputError(
    "program",
    `of the scenario ${scenario} is called ${program}, but the first of the run is ${there}; call it that, and resume() others`,
  );
}
