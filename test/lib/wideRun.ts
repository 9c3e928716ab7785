/** A run on a map of five levels, with programs beyond those that three levels hold. */
import { kindOf } from "../../trace/layout.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";

/** Programs of its genesis: a few more than the 4,095 of three levels. */
export const WIDE_PROGRAMS = 4_100;
/** Transitions of the run: one full batch of `wide-40`. */
export const WIDE_ROWS = 40;
const START = 1_767_225_600;
const TURNS = 10;

/**
 * Ten times a program makes something and hands it to another, which destroys it. All these programs lie far apart.
 * @param programs those of the genesis
 */
export function wide(programs = WIDE_PROGRAMS): Scenario {
  const apart = Math.floor((programs - 1) / TURNS);
  return {
    name: "wide",
    description: "programs that lie far apart hand things to each other",
    genesis: () => ({ levels: 5, cells: openPrograms(programs, 16) }),
    run(tracer) {
      let now = START;
      const next = (): number => now++;
      for (let turn = 0; turn < TURNS; turn++) {
        const from = tracer.program(programs - apart * turn);
        const to = tracer.program(1 + apart * turn);
        const made = from.issue({ kind: kindOf(from.id, 1), quantity: 100n, slot: 1 }, next());
        const escrowed = from.escrowToProgram({ from: made.slot, to: to.id }, next());
        const taken = to.claimFromProgram({ from: escrowed, to: 2 }, next());
        to.retire({ slot: taken.slot }, next());
      }
    },
  };
}
