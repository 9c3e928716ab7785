/** The proving threads: they stay between proofs, and whichever is free takes the next task. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ProofError } from "../../errors.ts";
import { bn128Module } from "../../keys/bn128.ts";
import type { Answer, Task } from "./tasks.ts";
import type { ThreadSetup } from "./worker.ts";

const MOST_THREADS = 16;

interface Job {
  readonly task: Task;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export class ThreadPool {
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #queue: Job[] = [];
  readonly #running = new Map<Worker, Job>();
  #failure: Error | null = null;

  private constructor() {}

  /** Starts a thread per core. Close the pool. */
  static async start(): Promise<ThreadPool> {
    const setup: ThreadSetup = { module: await bn128Module() };
    const pool = new ThreadPool();
    const threads = Math.min(availableParallelism(), MOST_THREADS);
    for (let i = 0; i < threads; i++) pool.#addWorker(setup);
    return pool;
  }

  get threads(): number {
    return this.#workers.length;
  }

  /** False once a thread was lost or the pool was closed: take another pool. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /**
   * Does a task on some thread. Tasks begin in the order in which they are given, urgent ones before all others.
   *
   * @throws ProofError PROOF_FAILED with the thread's words if the task fails or the pool is closed before it is done
   */
  async run(task: Task, urgent = false): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const job = { task, resolve, reject };
      if (urgent) this.#queue.unshift(job);
      else this.#queue.push(job);
      this.#dispatch();
    });
    if (answer.failure !== undefined) throw new ProofError("PROOF_FAILED", answer.failure);
    return answer;
  }

  /** Ends the threads; tasks that are not done fail. */
  async close(): Promise<void> {
    this.#fail(new ProofError("PROOF_FAILED", "the engine was closed while it was proving: prove again"));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #addWorker(setup: ThreadSetup): void {
    // No inherited flags: a test runner's loaders have no business in the thread.
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup, execArgv: [] });
    worker.on("message", (answer: Answer) => {
      const job = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      job?.resolve(answer);
      this.#dispatch();
    });
    // One lost thread loses the proof: everything that waits is told, so that nobody waits for ever.
    worker.on("error", (cause) => {
      this.#fail(new ProofError("PROOF_FAILED", `a proving thread ended: ${String(cause)}; prove again`, { cause }));
    });
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #dispatch(): void {
    while (this.#failure === null && this.#queue.length > 0 && this.#idle.length > 0) {
      const job = this.#queue.shift() as Job;
      const worker = this.#idle.pop() as Worker;
      this.#running.set(worker, job);
      worker.postMessage(job.task);
    }
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const job of [...this.#running.values(), ...this.#queue]) job.reject(this.#failure);
    this.#running.clear();
    this.#queue.length = 0;
  }
}
