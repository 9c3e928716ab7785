/** A scenario in TypeScript, over the tracer. */
import { kindOf, openPrograms, type Scenario } from "time-bandits";

const GOLD: bigint = kindOf(1, 1);

const scenario: Scenario = {
  name: "loan",
  description: "A puts Gold with B in escrow, and takes it back",
  genesis: () => ({ levels: 3, cells: openPrograms(2, 16) }),
  run(tracer) {
    const [a, b] = [tracer.program(1), tracer.program(2)];
    const gold = a.issue({ kind: GOLD, quantity: 100n });
    const escrowed = a.escrowToProgram({ from: gold.slot, to: b.id });
    a.revokeResource({ from: escrowed });
  },
};
export default scenario;
