/** Fixed-base multiplication on all cores: long lists are cut into tasks, and whichever thread is free takes the next one. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { Bn128, bn128Module } from "./bn128.ts";
import { FixedBase, type GroupName, POINT_SIZE, SCALAR_SIZE, windowFor } from "./fixedBase.ts";
import type { PointTask, WorkerSetup } from "./pointWorker.ts";

/** Scalars per task: a few of the lockstep batches, so that threads finish close together. */
const TASK = 4096;
/** Below this many points, starting threads and giving each its tables costs more than it saves. */
const WORTH_THREADS = 8192;
const MOST_THREADS = 16;

interface Job {
  readonly task: PointTask;
  resolve(points: Uint8Array): void;
  reject(error: unknown): void;
}

/** How many points of each group are to come; decides the tables' size and the number of threads, never the result. */
export type PointCounts = { readonly [group in GroupName]: number };

export class PointPool {
  readonly #idle: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #queue: Job[] = [];
  readonly #running = new Map<Worker, Job>();
  readonly #inline: Map<GroupName, FixedBase> | null;
  readonly #progress: (points: number) => void;
  #failure: Error | null = null;

  private constructor(inline: Map<GroupName, FixedBase> | null, progress: (points: number) => void) {
    this.#inline = inline;
    this.#progress = progress;
  }

  /** Starts the threads. `progress` hears how many more points are done. Close the pool. */
  static async start(counts: PointCounts, progress: (points: number) => void = () => undefined): Promise<PointPool> {
    const module = await bn128Module();
    const total = counts.g1 + counts.g2;
    const threads = total < WORTH_THREADS ? 0 : Math.min(availableParallelism(), MOST_THREADS);
    const share = Math.max(1, threads);
    const windows = { g1: windowFor(counts.g1 / share), g2: windowFor(counts.g2 / share) };
    if (threads === 0) {
      const wasm = new Bn128(module);
      const tables = new Map<GroupName, FixedBase>();
      for (const group of ["g1", "g2"] as const) tables.set(group, new FixedBase(wasm, group, windows[group]));
      return new PointPool(tables, progress);
    }
    const pool = new PointPool(null, progress);
    for (let i = 0; i < threads; i++) pool.#addWorker({ module, windows });
    return pool;
  }

  /** The products in order, affine, Montgomery form (as `FixedBase.multiply`). Several calls may be under way at once. */
  async multiply(group: GroupName, scalars: Uint8Array): Promise<Uint8Array> {
    const count = scalars.byteLength / SCALAR_SIZE;
    const points = new Uint8Array(count * POINT_SIZE[group]);
    const parts: Promise<void>[] = [];
    for (let first = 0; first < count; first += TASK) {
      const size = Math.min(TASK, count - first);
      // A copy, because it is transferred. (Not `slice`: a Buffer's shares memory.)
      const part = new Uint8Array(scalars.subarray(first * SCALAR_SIZE, (first + size) * SCALAR_SIZE));
      parts.push(
        this.#run({ group, scalars: part }).then((result) => {
          points.set(result, first * POINT_SIZE[group]);
          this.#progress(size);
        }),
      );
    }
    await Promise.all(parts);
    return points;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(task: PointTask): Promise<Uint8Array> {
    const table = this.#inline?.get(task.group);
    if (table !== undefined) return table.multiply(task.scalars);
    if (this.#failure !== null) throw this.#failure;
    return await new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#dispatch();
    });
  }

  #addWorker(setup: WorkerSetup): void {
    // No inherited flags: a test runner's loaders have no business in the thread.
    const worker = new Worker(new URL("./pointWorker.ts", import.meta.url), { workerData: setup, execArgv: [] });
    worker.on("message", (points: Uint8Array) => {
      const job = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      job?.resolve(points);
      this.#dispatch();
    });
    // One lost thread loses the key: everything that waits is told, so that nobody waits for ever.
    worker.on("error", (error) => this.#fail(error));
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const job = this.#queue.shift() as Job;
      const worker = this.#idle.pop() as Worker;
      this.#running.set(worker, job);
      worker.postMessage(job.task, [job.task.scalars.buffer]);
    }
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    for (const job of [...this.#running.values(), ...this.#queue]) job.reject(this.#failure);
    this.#running.clear();
    this.#queue.length = 0;
  }
}
