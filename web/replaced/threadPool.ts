/** In place of prover/engines/wasm/pool.ts: the tasks are done in the worker itself, one after the other. */
import { lanesModule } from "../../prover/engines/wasm/simd/module.ts";
import type { Answer, EngineTask } from "../../prover/engines/wasm/tasks.ts";
import { workbench } from "../../prover/engines/wasm/workbench.ts";
import { ProofError } from "../../prover/errors.ts";
import { bn128Module } from "./bn128Module.ts";
import { SharedMemory } from "./sharedMemory.ts";

export class ThreadPool {
  readonly lanes: boolean;
  readonly memory = new SharedMemory();
  readonly threads = 1;
  readonly usable = true;
  readonly #work: (task: EngineTask) => Answer;

  private constructor(work: (task: EngineTask) => Answer, lanes: boolean) {
    this.#work = work;
    this.lanes = lanes;
  }

  static async start(withLanes: boolean): Promise<ThreadPool> {
    const lanes = withLanes ? lanesModule() : null;
    return new ThreadPool(workbench({ module: await bn128Module(), lanes }), lanes !== null);
  }

  /** @throws ProofError PROOF_FAILED if the task fails */
  async run(task: EngineTask): Promise<Answer> {
    const answer = this.#work(task);
    if (answer.failure !== undefined) throw new ProofError("PROOF_FAILED", answer.failure);
    return answer;
  }

  async close(): Promise<void> {
    // It has no threads.
  }
}
