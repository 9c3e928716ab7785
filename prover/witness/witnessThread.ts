/**
 * Calculates witnesses in a thread of their own, so that this thread can give the engine's threads their next tasks. A
 * witness takes a large part of a second, and the engine's threads would wait that long.
 */
import { StealingPool } from "../../trace/pool/pool.ts";
import type { CircuitArtifacts } from "../circuit/build.ts";
import { WitnessError } from "../errors.ts";
import type { CircuitInput } from "./witness.ts";
import type { WitnessAnswer, WitnessTask } from "./witnessWorker.ts";

export class WitnessThread {
  #thread: StealingPool<WitnessTask, WitnessAnswer> | null = null;

  /** As {@link calculateWitness}; the thread is started by the first call. @throws WitnessError as that does */
  async calculate(circuit: CircuitArtifacts, input: CircuitInput): Promise<Uint8Array> {
    const program = new URL("./witnessWorker.ts", import.meta.url);
    this.#thread ??= new StealingPool<WitnessTask, WitnessAnswer>({ program, setup: null, threads: 1, lost });
    const answer = await this.#thread.run({ circuit, input });
    if ("witness" in answer) return answer.witness;
    if ("failure" in answer) throw lost(answer.failure);
    const { code, message, template, line } = answer.refused;
    throw new WitnessError(code, message, template === null || line === null ? undefined : { template, line });
  }

  /** Ends the thread. Unfinished calculations fail. */
  async close(): Promise<void> {
    await this.#thread?.close(lost("it was closed"));
    this.#thread = null;
  }
}

function lost(cause: unknown): WitnessError {
  return new WitnessError(
    "WITNESS_FAILED",
    `the thread that calculates witnesses failed: ${String(cause)}; prove again`,
  );
}
