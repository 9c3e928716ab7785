/** Worker threads that do tasks: they stay until they are closed, and whichever is free takes the next one. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

const MOST_THREADS = 16;

/** As many threads as there are cores, within reason. */
export function threadCount(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}

interface Job<Task, Answer> {
  readonly task: Task;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Where the threads' program is, what each is given at its start, and what to say when one is lost. */
export interface ThreadOptions {
  readonly program: URL;
  readonly setup: unknown;
  readonly threads: number;
  /** The error for everything that waits when a thread ends by itself. */
  lost(cause: unknown): Error;
}

export class Threads<Task, Answer> {
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #queue: Job<Task, Answer>[] = [];
  readonly #running = new Map<Worker, Job<Task, Answer>>();
  #failure: Error | null = null;

  constructor(options: ThreadOptions) {
    for (let i = 0; i < options.threads; i++) this.#addWorker(options);
  }

  get count(): number {
    return this.#workers.length;
  }

  /** False once a thread was lost or the threads were closed: start others. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /**
   * Does a task on some thread. Tasks begin in the order in which they are given, urgent ones before all others.
   * @throws what `lost` makes of a thread's end, or what `close` was given, if that comes first
   */
  async run(task: Task, { urgent = false }: { urgent?: boolean } = {}): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure;
    return await new Promise<Answer>((resolve, reject) => {
      const job = { task, resolve, reject };
      if (urgent) this.#queue.unshift(job);
      else this.#queue.push(job);
      this.#dispatch();
    });
  }

  /** Ends the threads; tasks that are not done fail with the reason. */
  async close(reason: Error): Promise<void> {
    this.#fail(reason);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #addWorker({ program, setup, lost }: ThreadOptions): void {
    // No inherited flags: a test runner's loaders have no business in the thread.
    const worker = new Worker(program, { workerData: setup, execArgv: [] });
    worker.on("message", (answer: Answer) => {
      const job = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      job?.resolve(answer);
      this.#dispatch();
    });
    // One lost thread loses the whole: everything that waits is told, so that nobody waits for ever.
    worker.on("error", (cause) => this.#fail(lost(cause)));
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #dispatch(): void {
    while (this.#failure === null && this.#queue.length > 0 && this.#idle.length > 0) {
      const job = this.#queue.shift() as Job<Task, Answer>;
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
