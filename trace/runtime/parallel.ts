/** Computes on all cores: applies a function to every item of a list, without a row. */
import { availableParallelism } from "node:os";
import { StealingPool } from "../pool/pool.ts";
import { RuntimeUseError } from "./errors.ts";
import type { ModuleExport } from "./thread.ts";
import type { MapAnswer, MapTask } from "./workers/mapper.ts";
import { errorFrom } from "./workers/packets.ts";

const MOST_THREADS = 8;
/** Default number of pieces for each thread: enough that threads finish close together. */
const PIECES = 8;

/** How items are shared out. */
export interface ParallelOptions {
  /**
   * How many items go to a thread at a time; by default an eighth of its part. Use 1 if items take long and unequal
   * times.
   */
  chunk?: number;
}

let threads: StealingPool<MapTask, MapAnswer> | undefined;

/**
 * Applies a module's function to every item, on as many threads as there are cores. Idle threads take over pieces that
 * have not begun. This leaves no row. The round waits for the awaiting task, so the trace does not depend on the
 * threads' speed.
 * @param items data that can be copied between threads (as `structuredClone` does)
 * @param work the module's function, given an item and its index. Its result must depend on these alone: threads share
 *   no memory
 * @returns the results, in the order of the items
 * @throws the error of the first item that fails; RuntimeUseError if there is no such function, an item cannot be
 *   copied, or a thread ends
 */
export async function parallel<Item, Result>(
  items: readonly Item[],
  work: ModuleExport,
  { chunk }: ParallelOptions = {},
): Promise<Result[]> {
  if (chunk !== undefined && !(Number.isSafeInteger(chunk) && chunk > 0)) {
    throw new RuntimeUseError(`a chunk of ${chunk} items: give a whole number from 1 on`);
  }
  if (threads?.usable !== true) threads = start();
  const pool = threads;
  const size = chunk ?? Math.max(1, Math.ceil(items.length / (PIECES * pool.count)));
  const parts: Promise<MapAnswer>[] = [];
  for (let first = 0; first < items.length; first += size) {
    const part = items.slice(first, first + size);
    parts.push(pool.run({ module: work.module.href, name: work.name ?? "default", items: part, first }));
  }
  // Waits for all pieces before it throws, so that the first failure does not depend on the threads' speed.
  const answers = await Promise.allSettled(parts);
  return answers.flatMap((answer) => {
    if (answer.status === "rejected") throw refused(answer.reason);
    if (answer.value.failure !== undefined) throw errorFrom(answer.value.failure);
    return answer.value.results as Result[];
  });
}

function refused(reason: unknown): Error {
  if (reason instanceof RuntimeUseError) return reason;
  return new RuntimeUseError(`an item cannot be copied to another thread (${String(reason)}): give plain data`);
}

/** The threads stay for the next call; the process does not wait for them. */
function start(): StealingPool<MapTask, MapAnswer> {
  return new StealingPool({
    program: new URL("./workers/mapper.ts", import.meta.url),
    setup: null,
    threads: Math.min(availableParallelism(), MOST_THREADS),
    lost: (cause) => new RuntimeUseError(`a thread of parallel() ended: ${String(cause)}; its results are lost`),
  });
}
