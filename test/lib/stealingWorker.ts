/** A thread of a stealing pool in tests. Shared memory controls its jobs. */
import { isMainThread } from "node:worker_threads";
import { serve } from "../../trace/pool/jobLoop.ts";

/**
 * Words of the shared memory: how many jobs were begun, up to which count a job that waits does so, 1 when held threads
 * may go on.
 */
export const BEGUN = 0;
export const GOAL = 1;
export const OPEN = 2;

export interface StealerTask {
  what: "count" | "hold" | "wait" | "exit" | "fail";
  value: number;
}

function prepare(memory: SharedArrayBuffer): (task: StealerTask) => Promise<{ value: number; order: number }> {
  const words = new Int32Array(memory);
  return async ({ what, value }) => {
    const order = Atomics.add(words, BEGUN, 1);
    Atomics.notify(words, BEGUN);
    if (what === "exit") process.exit(5);
    if (what === "fail") throw new RangeError("it fell over");
    if (what === "hold") Atomics.wait(words, OPEN, 0);
    // Blocks its thread, so that another thread must count the others.
    for (let begun = order; what === "wait" && begun < (words[GOAL] ?? 0); begun = Atomics.load(words, BEGUN)) {
      Atomics.wait(words, BEGUN, begun, 1_000);
    }
    return { value, order };
  };
}

// (The test itself needs only the names.)
if (!isMainThread) await serve(prepare);
