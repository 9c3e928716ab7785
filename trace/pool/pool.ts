/** A pool of threads that share jobs by stealing. */
import { Worker } from "node:worker_threads";
import type { AnswerMessage, JobMessage, StealingSetup } from "./jobLoop.ts";
import { JobProducer, MOST_JOBS, stealingMemory } from "./stealing.ts";

interface Job<Answer> {
  readonly urgent: boolean;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}
interface Waiting<Task> {
  readonly job: number;
  readonly task: Task;
}
/** Jobs of one kind, urgent or not: the number of open jobs, and the jobs that wait for room. */
interface Kind<Task> {
  given: number;
  readonly waiting: Waiting<Task>[];
}

export interface StealingPoolOptions {
  /** The threads' module, which calls `serve`. */
  readonly program: URL;
  /** Data for each thread at its start. */
  readonly setup: unknown;
  readonly threads: number;
  /** Makes the error for all open tasks when a thread ends by itself. */
  lost(cause: unknown): Error;
}

export class StealingPool<Task, Answer> {
  readonly #workers: Worker[];
  readonly #giver: JobProducer;
  /** Open jobs, in the order of their numbers. */
  readonly #jobs = new Map<number, Job<Answer>>();
  readonly #ordinary: Kind<Task> = { given: 0, waiting: [] };
  readonly #urgent: Kind<Task> = { given: 0, waiting: [] };
  #next = 0;
  #failure: Error | null = null;

  constructor({ program, setup, threads, lost }: StealingPoolOptions) {
    const memory = stealingMemory(threads);
    this.#giver = new JobProducer(memory);
    this.#workers = Array.from({ length: threads }, (_, index) => {
      const workerData: StealingSetup = { memory, index, setup };
      // No inherited flags: the thread must not run a test runner's loaders.
      const worker = new Worker(program, { workerData, execArgv: [] });
      worker.on("message", ({ job, answer }: AnswerMessage<Answer>) => this.#end(job)?.resolve(answer));
      // One lost thread ends the pool: all open tasks fail, so none waits for ever.
      worker.on("error", (cause) => this.#fail(lost(cause)));
      worker.on("exit", (code) => this.#fail(lost(new Error(`it left with code ${code}`))));
      worker.unref();
      return worker;
    });
  }

  get count(): number {
    return this.#workers.length;
  }

  /** False once a thread was lost or the pool was closed: start another pool. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /** Number of stolen jobs: kept by one thread, and done by another. */
  get steals(): number {
    return this.#giver.steals;
  }

  /**
   * Runs a task on one of the threads. Tasks begin roughly in their order, urgent ones before all others. The process
   * lives as long as tasks are open.
   * @param task is copied to every thread, so put large data in shared memory
   * @throws the error of `lost` if a thread ends first, or that of `close` if the pool is closed first; DataCloneError
   *   if the task cannot be copied
   */
  async run(task: Task, { urgent = false }: { urgent?: boolean } = {}): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure;
    return await new Promise<Answer>((resolve, reject) => {
      if (this.#jobs.size === 0) for (const worker of this.#workers) worker.ref();
      const job = this.#next++;
      this.#jobs.set(job, { urgent, resolve, reject });
      this.#kind(urgent).waiting.push({ job, task });
      this.#give(urgent);
    });
  }

  /** Ends the threads; open tasks fail with the reason. */
  async close(reason: Error): Promise<void> {
    this.#fail(reason);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #kind(urgent: boolean): Kind<Task> {
    return urgent ? this.#urgent : this.#ordinary;
  }

  /** Gives out the job that has waited longest, if there is room for it. */
  #give(urgent: boolean): void {
    const kind = this.#kind(urgent);
    const next = kind.given < MOST_JOBS ? kind.waiting.shift() : undefined;
    if (next === undefined) return;
    kind.given++;
    try {
      // The messages go first: the thread that takes the job finds it among its messages.
      for (const worker of this.#workers) worker.postMessage(next satisfies JobMessage<Task>);
    } catch (error) {
      // The task cannot be copied. The first thread's message already fails, so no thread got it.
      this.#end(next.job)?.reject(error);
      return;
    }
    this.#giver.give(next.job, urgent);
  }

  /** Removes a job. A waiting job takes its room. */
  #end(number: number): Job<Answer> | undefined {
    const job = this.#jobs.get(number);
    if (job === undefined) return undefined;
    this.#jobs.delete(number);
    this.#kind(job.urgent).given--;
    const [first = this.#next] = this.#jobs.keys();
    this.#giver.done(first);
    this.#give(job.urgent);
    if (this.#jobs.size === 0) {
      this.#giver.rest();
      for (const worker of this.#workers) worker.unref();
    }
    return job;
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const job of this.#jobs.values()) job.reject(this.#failure);
    this.#jobs.clear();
    for (const { waiting } of [this.#ordinary, this.#urgent]) waiting.length = 0;
  }
}
