/** Computing on all cores: a function of every item of a list, without a row. */
import { availableParallelism } from "node:os";
import { StealingPool } from "../pool/pool.ts";
import { RuntimeUseError } from "./errors.ts";
import type { ModuleExport } from "./thread.ts";
import type { MapAnswer, MapTask } from "./workers/mapper.ts";
import { errorFrom } from "./workers/packets.ts";

const MOST_THREADS = 8;
/** Pieces for each thread, unless said otherwise: enough that threads finish close together. */
const PIECES = 8;

/** How items are shared out. */
export interface ParallelOptions {
  /**
   * How many items go to a thread at a time; by default an eighth of its part. One by one, if they take long and
   * unequally.
   */
  chunk?: number;
}

let threads: StealingPool<MapTask, MapAnswer> | undefined;

/**
 * Applies a module's function to every item, on as many threads as there are cores: what has not begun is taken over by
 * whichever has nothing to do. It leaves no row, and the task that awaits it makes the round wait, so the trace does
 * not depend on what was faster.
 * @param items data that can be copied between threads (as `structuredClone` does)
 * @param work the module's function, given an item and its index. What it returns must follow from these alone: threads
 *   have no memory in common
 * @returns the results, in the order of the items
 * @throws what the first item that fails throws; RuntimeUseError if there is no such function, an item cannot be
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
  // All of them, before the first failure is told: so it is the same one whatever was faster.
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
    lost: (cause) => new RuntimeUseError(`a thread of parallel() ended: ${String(cause)}; what it computed is lost`),
  });
}
