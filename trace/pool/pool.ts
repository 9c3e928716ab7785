/** Threads that share jobs by stealing, from the outside. */
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
/**
 * Jobs of one kind, urgent or not: how many were given out and are not done, and those that there is no room for yet.
 */
interface Kind<Task> {
  given: number;
  readonly waiting: Waiting<Task>[];
}

export interface StealingPoolOptions {
  /** The threads' program, which calls `serve`. */
  readonly program: URL;
  /** What each thread is given at its start. */
  readonly setup: unknown;
  readonly threads: number;
  /** The error for everything that waits when a thread ends by itself. */
  lost(cause: unknown): Error;
}

export class StealingPool<Task, Answer> {
  readonly #workers: Worker[];
  readonly #giver: JobProducer;
  /** Jobs that are not done, in the order of their numbers. */
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
      // No inherited flags: a test runner's loaders have no business in the thread.
      const worker = new Worker(program, { workerData, execArgv: [] });
      worker.on("message", ({ job, answer }: AnswerMessage<Answer>) => this.#end(job)?.resolve(answer));
      // One lost thread loses the whole: everything that waits is told, so that nobody waits for ever.
      worker.on("error", (cause) => this.#fail(lost(cause)));
      worker.on("exit", (code) => this.#fail(lost(new Error(`it left with code ${code}`))));
      worker.unref();
      return worker;
    });
  }

  get count(): number {
    return this.#workers.length;
  }

  /** False once a thread was lost or the pool was closed: start another. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /** How many jobs another thread has done than the one that had kept them for itself. */
  get steals(): number {
    return this.#giver.steals;
  }

  /**
   * Does a task on some thread. Tasks begin about in the order in which they are given, urgent ones before all others.
   * The process lives as long as some are not done.
   * @param task is copied to every thread, so what is large in it should be in shared memory
   * @throws what `lost` makes of a thread's end, or what `close` was given, if that comes first; DataCloneError if it
   *   cannot be copied
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

  /** Ends the threads; tasks that are not done fail with the reason. */
  async close(reason: Error): Promise<void> {
    this.#fail(reason);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #kind(urgent: boolean): Kind<Task> {
    return urgent ? this.#urgent : this.#ordinary;
  }

  /** Gives out what has waited longest, if there is room for it. */
  #give(urgent: boolean): void {
    const kind = this.#kind(urgent);
    const next = kind.given < MOST_JOBS ? kind.waiting.shift() : undefined;
    if (next === undefined) return;
    kind.given++;
    try {
      // Told first: who takes the job finds it among its messages.
      for (const worker of this.#workers) worker.postMessage(next satisfies JobMessage<Task>);
    } catch (error) {
      // It cannot be copied, which the first thread's message shows: nobody was told.
      this.#end(next.job)?.reject(error);
      return;
    }
    this.#giver.give(next.job, urgent);
  }

  /** Takes a job out. What waited for room gets it. */
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
