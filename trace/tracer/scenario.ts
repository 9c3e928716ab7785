/** Scenarios: programs written in TypeScript that ask for effects, and what they begin with. */
import type { Genesis } from "../state/genesis.ts";
import type { Tracer } from "./tracer.ts";

/** Something to run: a genesis, and what the programs then do. */
export interface Scenario {
  name: string;
  /** One sentence for the list of scenarios. */
  description: string;
  /** Names of the programs in the genesis. */
  programs?: Readonly<Record<number, string>>;
  /** What there is before the first transition. */
  genesis(): Genesis;
  /**
   * Asks for effects through the tracer's program handles; may name programs, kinds and slots in `tracer.manifest`.
   * @param options.seed what decides the interleaving, where there is one to decide
   */
  run(tracer: Tracer, options?: { seed?: number }): void | Promise<void>;
}

/**
 * What goes on with a run: a scenario that needs no genesis. It finds what is there by name.
 *
 *     export default {
 *       name: "tuesday",
 *       description: "Alice pays Bob",
 *       run(tracer) {
 *         const [alice, bob] = [tracer.program("Alice"), tracer.program("Bob")];
 *         alice.escrowToProgram({ from: alice.resource("Gold"), to: bob.id });
 *       },
 *     } satisfies Continuation;
 */
export interface Continuation extends Omit<Scenario, "genesis"> {
  /** If it has one, it is the genesis of the run. */
  genesis?(): Genesis;
}
