/** The proving threads. They persist between proofs. */
import { StealingPool } from "../../../trace/pool/pool.ts";
import { bn128Module } from "../../curve/bn128Module.ts";
import { ProofError } from "../../errors.ts";
import { threadCount } from "../../storage/threads.ts";
import { SharedMemory } from "./sharedMemory.ts";
import { lanesModule } from "./simd/module.ts";
import type { Answer, EngineTask } from "./tasks.ts";
import type { ThreadSetup } from "./workbench.ts";

export class ThreadPool {
  /** Whether the threads compute in lanes, and expect vectors in that form. */
  readonly lanes: boolean;
  /** Memory of this pool alone: threads of an unusable pool may still write to theirs. */
  readonly memory = new SharedMemory();
  readonly #threads: StealingPool<EngineTask, Answer>;

  private constructor(threads: StealingPool<EngineTask, Answer>, lanes: boolean) {
    this.#threads = threads;
    this.lanes = lanes;
  }

  /**
   * Starts a thread per core. Close the pool.
   * @param withLanes whether to use the engine's own module where it is exact
   */
  static async start(withLanes: boolean): Promise<ThreadPool> {
    const lanes = withLanes ? lanesModule() : null;
    const setup: ThreadSetup = { module: await bn128Module(), lanes };
    const lost = (cause: unknown): Error =>
      new ProofError("PROOF_FAILED", `a proving thread ended: ${String(cause)}; prove again`, { cause });
    const program = new URL("./worker.ts", import.meta.url);
    return new ThreadPool(
      new StealingPool<EngineTask, Answer>({ program, setup, threads: threadCount(), lost }),
      lanes !== null,
    );
  }

  get threads(): number {
    return this.#threads.count;
  }

  /** False once a thread was lost or the pool was closed: take another pool. */
  get usable(): boolean {
    return this.#threads.usable;
  }

  /**
   * Does a task on some thread. Tasks begin about in the order in which they are given, urgent ones before all others.
   *
   * @throws ProofError PROOF_FAILED with the thread's words if the task fails or the pool is closed before it is done
   */
  async run(task: EngineTask, urgent = false): Promise<Answer> {
    const answer = await this.#threads.run(task, { urgent });
    if (answer.failure !== undefined) throw new ProofError("PROOF_FAILED", answer.failure);
    return answer;
  }

  /** Ends the threads; tasks that are not done fail. */
  async close(): Promise<void> {
    await this.#threads.close(
      new ProofError("PROOF_FAILED", "the engine was closed while it was proving: prove again"),
    );
  }
}
