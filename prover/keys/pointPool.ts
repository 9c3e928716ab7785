/**
 * Fixed-base multiplication on all cores: long lists are cut into tasks, which threads take and steal from each other.
 */

import { StealingPool } from "../../trace/pool/pool.ts";
import { bn128Module } from "../curve/bn128Module.ts";
import { Bn128 } from "../curve/bn128Wasm.ts";
import { KeyError } from "../errors.ts";
import { threadCount } from "../storage/threads.ts";
import { FixedBase, type GroupName, POINT_SIZE, SCALAR_SIZE, windowFor } from "./fixedBase.ts";
import type { PointTask, WorkerSetup } from "./pointWorker.ts";

/** Scalars per task: a few of the lockstep batches, so that threads finish close together. */
const TASK = 4096;
/** Below this number of points, starting threads and giving each its tables costs more than it saves. */
const WORTH_THREADS = 8192;

/** Number of points of each group to come. It decides the tables' size and the number of threads, never the result. */
export type PointCounts = { readonly [group in GroupName]: number };

export class PointPool {
  /** The threads, or the tables of this thread if there is too little work for more. */
  readonly #threads: StealingPool<PointTask, Uint8Array> | Map<GroupName, FixedBase>;
  readonly #progress: (points: number) => void;

  private constructor(
    threads: StealingPool<PointTask, Uint8Array> | Map<GroupName, FixedBase>,
    progress: (points: number) => void,
  ) {
    this.#threads = threads;
    this.#progress = progress;
  }

  /** Starts the threads. Calls `progress` with the number of newly finished points. Close the pool. */
  static async start(counts: PointCounts, progress: (points: number) => void = () => undefined): Promise<PointPool> {
    const module = await bn128Module();
    const total = counts.g1 + counts.g2;
    const threads = total < WORTH_THREADS ? 0 : threadCount();
    const share = Math.max(1, threads);
    const windows = { g1: windowFor(counts.g1 / share), g2: windowFor(counts.g2 / share) };
    if (threads === 0) {
      const wasm = new Bn128(module);
      const tables = new Map<GroupName, FixedBase>();
      for (const group of ["g1", "g2"] as const) tables.set(group, new FixedBase(wasm, group, windows[group]));
      return new PointPool(tables, progress);
    }
    const setup: WorkerSetup = { module, windows };
    const program = new URL("./pointWorker.ts", import.meta.url);
    return new PointPool(new StealingPool({ program, setup, threads, lost }), progress);
  }

  /**
   * The products in order, affine, Montgomery form (as `FixedBase.multiply`). Several calls may be under way at once.
   */
  async multiply(group: GroupName, scalars: Uint8Array): Promise<Uint8Array> {
    const count = scalars.byteLength / SCALAR_SIZE;
    const points = new Uint8Array(count * POINT_SIZE[group]);
    const parts: Promise<void>[] = [];
    for (let first = 0; first < count; first += TASK) {
      const size = Math.min(TASK, count - first);
      // In shared memory: every thread is told of every task.
      const part = new Uint8Array(new SharedArrayBuffer(size * SCALAR_SIZE));
      part.set(scalars.subarray(first * SCALAR_SIZE, (first + size) * SCALAR_SIZE));
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
    if (this.#threads instanceof StealingPool) await this.#threads.close(lost("it was closed"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(task: PointTask): Promise<Uint8Array> {
    if (this.#threads instanceof StealingPool) return await this.#threads.run(task);
    const table = this.#threads.get(task.group);
    if (table === undefined) throw lost(`no table for ${task.group}`);
    return table.multiply(task.scalars);
  }
}

/** One lost thread loses the key. */
function lost(cause: unknown): Error {
  return new KeyError(
    "KEY_FAILED",
    "points",
    `a thread that makes points ended: ${String(cause)}; make the key again`,
    {
      cause,
    },
  );
}
