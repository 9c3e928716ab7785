/** Scenarios: TypeScript programs that ask for effects, with their initial state. */
import type { Genesis } from "../state/genesis.ts";
import type { Tracer } from "./tracer.ts";

/** A scenario: a genesis, and the programs' effects after it. */
export interface Scenario {
  name: string;
  /** One sentence for the list of scenarios. */
  description: string;
  /** Names of the programs in the genesis. */
  programs?: Readonly<Record<number, string>>;
  /** The state before the first transition. */
  genesis(): Genesis;
  /**
   * Asks for effects through the tracer's program handles. May name programs, kinds and slots in `tracer.manifest`.
   * @param options.seed decides the interleaving of a concurrent scenario
   */
  run(tracer: Tracer, options?: { seed?: number }): void | Promise<void>;
}

/**
 * A scenario that continues a run. It needs no genesis and finds programs, kinds and slots by name.
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
  /** If present, it must be the genesis of the run. */
  genesis?(): Genesis;
}
