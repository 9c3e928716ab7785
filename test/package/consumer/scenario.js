/** The same in JavaScript. */
import { kindOf, openPrograms } from "time-bandits";

/** @type {import("time-bandits").Scenario} */
const scenario = {
  name: "loan",
  description: "A puts Gold with B in escrow, and takes it back",
  genesis: () => ({ levels: 3, cells: openPrograms(2, 16) }),
  run(tracer) {
    const [a, b] = [tracer.program(1), tracer.program(2)];
    const gold = a.issue({ kind: kindOf(1, 1), quantity: 100n });
    const escrowed = a.escrowToProgram({ from: gold.slot, to: b.id });
    a.revokeResource({ from: escrowed });
  },
};
export default scenario;
