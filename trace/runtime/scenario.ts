/**
 * Scenarios written in layers. One goes on with a run that another began: its first program is the run's, `resume`
 * starts tasks in others, and `holdings` are what they own. Tasks, channels, locks and actors of before are over.
 */
import { InvalidInputError } from "../errors.ts";
import { openPrograms } from "../state/genesis.ts";
import type { Scenario } from "../tracer/scenario.ts";
import type { Tracer } from "../tracer/tracer.ts";
import { Kernel } from "./kernel/kernel.ts";

/** Time of the first transition unless said otherwise, in seconds since 1970. */
const START = 1_767_225_600;
/** First slot for deposits of the first program. */
const INBOX = 16;

/** What a concurrent scenario is made of. */
export interface ConcurrentOptions {
  name: string;
  /** One sentence. */
  description: string;
  /** What the first program is called; `main` unless said otherwise. */
  program?: string;
  /** Decides the interleaving, unless the run gives another: 1 unless said otherwise. */
  seed?: number;
  /** Time of the first transition, in seconds since 1970. */
  start?: number;
  /** Levels of the map: 3 (4,095 programs) unless said otherwise. */
  levels?: number;
  /** What the first program does. */
  main: () => Promise<void> | void;
}

/** A scenario whose programs are written in layers: one program begins, and starts the others. */
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

/** @throws InvalidInputError if the first program of a run that goes on is called something else */
function requireFirst({ manifest }: Tracer, program: string, scenario: string): void {
  const { 1: there = program } = manifest.programs;
  if (there === program) return;
  throw new InvalidInputError(
    "program",
    `of the scenario ${scenario} is called ${program}, but the first of the run is ${there}; call it that, and resume() others`,
  );
}
