/**
 * Work stealing: every job is done once, and a job does not wait for a busy thread while another is idle.
 */
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { Deque } from "../../trace/pool/deque.ts";
import { StealingPool } from "../../trace/pool/pool.ts";
import { MOST_JOBS } from "../../trace/pool/stealing.ts";
import { parallel, RuntimeUseError } from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";
import { BEGUN, GOAL, OPEN, type StealerTask } from "../lib/stealingWorker.ts";

describe("deque", () => {
  const memory = (capacity: number) => new SharedArrayBuffer(Deque.bytes(capacity));

  test("the owner pops the last value, thieves get the first; a full deque refuses more", () => {
    const deque = new Deque(memory(4), 0, 4);
    expect([1, 2, 3, 4, 5].map((value) => deque.push(value))).toEqual([true, true, true, true, false]);
    expect([deque.size, deque.pop(), deque.steal(), deque.pop(), deque.pop()]).toEqual([4, 4, 1, 3, 2]);
    expect([deque.pop(), deque.steal(), deque.size]).toEqual([undefined, undefined, 0]);
  });

  test("counters may overflow", () => {
    const shared = memory(4);
    new Int32Array(shared).set([2 ** 31 - 2, 2 ** 31 - 2]);
    const deque = new Deque(shared, 0, 4);
    expect([1, 2, 3, 4, 5].map((value) => deque.push(value))).toEqual([true, true, true, true, false]);
    expect([deque.size, deque.take(), deque.pop(), deque.take(), deque.pop(), deque.pop()]).toEqual([
      4,
      1,
      4,
      2,
      3,
      undefined,
    ]);
  });

  test("each of 100,000 numbers is taken once under contention", async () => {
    const ITEMS = 100_000;
    const CAPACITY = 256;
    const shared = memory(CAPACITY);
    const deque = new Deque(shared, 0, CAPACITY);
    const taken = new Int32Array(new SharedArrayBuffer(4 * ITEMS));
    /** The number of ready thieves, then 1 after the last number; and the numbers that they took. */
    const state = new Int32Array(new SharedArrayBuffer(12));
    const thief = `
      const { workerData } = require("node:worker_threads");
      import(workerData.module).then(({ Deque }) => {
        const { shared, taken, state } = workerData;
        const deque = new Deque(shared, 0, ${CAPACITY});
        Atomics.add(state, 0, 1);
        for (;;) {
          const done = Atomics.load(state, 1) === 1;
          const value = deque.take();
          if (value !== undefined) Atomics.add(taken, value, 1), Atomics.add(state, 2, 1);
          else if (done) return;
        }
      });`;
    const module = new URL("../../trace/pool/deque.ts", import.meta.url).href;
    const workers = [0, 1].map(
      () => new Worker(thief, { eval: true, workerData: { shared, taken, state, module }, execArgv: [] }),
    );
    const ended = workers.map((worker) => new Promise((resolve) => worker.on("exit", resolve)));
    while (Atomics.load(state, 0) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let value = 0; value < ITEMS; ) {
      if (deque.push(value)) value++;
      // The owner pops near the end of its deque, so it meets the thieves there.
      if (Atomics.load(state, 2) === 0) continue;
      if (value % 3 === 0 || deque.size === CAPACITY) {
        const own = deque.pop();
        if (own !== undefined) Atomics.add(taken, own, 1);
      }
    }
    Atomics.store(state, 1, 1);
    for (let own = deque.pop(); own !== undefined; own = deque.pop()) Atomics.add(taken, own, 1);
    await Promise.all(ended);
    expect(taken.every((times) => times === 1)).toBe(true);
    expect(Atomics.load(state, 2)).toBeGreaterThan(0);
  });
});

/** A pool with jobs that read shared memory. */
function stealers(threads: number, goal = 0) {
  const words = new Int32Array(new SharedArrayBuffer(12));
  words[GOAL] = goal;
  const pool = new StealingPool<StealerTask, { value: number; order: number }>({
    program: new URL("../lib/stealingWorker.ts", import.meta.url),
    setup: words.buffer,
    threads,
    lost: (cause) => new Error(`lost: ${String(cause)}`),
  });
  onTestFinished(() => pool.close(new Error("the test is over")));
  /** Occupies all threads, so that all later jobs are queued before any of them begins. */
  const held = async (): Promise<{ release(): Promise<unknown> }> => {
    const holds = Array.from({ length: threads }, (_, value) => pool.run({ what: "hold", value }));
    while (Atomics.load(words, BEGUN) < threads) await new Promise((resolve) => setTimeout(resolve, 2));
    const release = (): Promise<unknown> => {
      Atomics.store(words, OPEN, 1);
      Atomics.notify(words, OPEN);
      return Promise.all(holds);
    };
    return { release };
  };
  return { pool, held };
}

describe("pool", () => {
  test("an idle thread takes jobs of a busy one", async () => {
    // The first job ends when all have begun. With a fixed assignment it would wait for the jobs behind it, and they
    // for it.
    const { pool, held } = stealers(2, 18);
    const holders = await held();
    const jobs = Array.from({ length: 16 }, (_, value) => pool.run({ what: value === 0 ? "wait" : "count", value }));
    await holders.release();
    expect((await Promise.all(jobs)).map(({ value }) => value)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(pool.steals).toBeGreaterThan(0);
  });

  test("urgent jobs begin before all others; jobs beyond the queue's room are done, too", async () => {
    const { pool, held } = stealers(1);
    const holders = await held();
    const jobs = Array.from({ length: MOST_JOBS + 2 }, (_, value) => pool.run({ what: "count", value }));
    const urgent = pool.run({ what: "count", value: -1 }, { urgent: true });
    await holders.release();
    expect((await Promise.all(jobs)).map(({ value }) => value)).toEqual(Array.from(jobs, (_, i) => i));
    // It is the first after the job that held the thread.
    expect((await urgent).order).toBe(1);
  });

  test("the end of a thread fails all waiting jobs, and so does closing", async () => {
    for (const what of ["exit", "fail"] as const) {
      const { pool } = stealers(1);
      const jobs = [pool.run({ what, value: 0 }), pool.run({ what: "count", value: 1 })];
      for (const end of await Promise.allSettled(jobs)) {
        expect(end).toMatchObject({ reason: { message: expect.stringMatching(/^lost: .*(code 5|it fell over)/) } });
      }
      expect(pool.usable).toBe(false);
      await expect(pool.run({ what: "count", value: 2 })).rejects.toThrow("lost");
    }
    const { pool } = stealers(1, 9);
    const waits = pool.run({ what: "wait", value: 0 });
    await expect(pool.run({ what: "count", value: Symbol("nothing to send") as unknown as number })).rejects.toThrow(
      "could not be cloned",
    );
    await Promise.all([pool.close(new Error("enough")), expect(waits).rejects.toThrow("enough")]);
    expect(pool.usable).toBe(false);
  });
});

describe("parallel", () => {
  const module = new URL("../lib/workerFixtures.ts", import.meta.url);

  test("gives the results of map in the order of the items, and adds no row", async () => {
    const items = Array.from({ length: 100 }, (_, i) => ({ depth: i }));
    const results: unknown[] = [];
    const tracer = await runMain(async () => {
      results.push(await parallel(items, { module, name: "assay" }));
      results.push(await parallel(items, { module, name: "assay" }, { chunk: 1 }));
      results.push(await parallel([], { module, name: "assay" }));
    });
    const mapped = items.map(({ depth }, i) => depth * depth + i);
    expect(results).toEqual([mapped, mapped, []]);
    expect(effectsOf(tracer)).toEqual([]);
  });

  test("throws the first failure in the items' order, and refuses malformed calls", async () => {
    const depths = [1, 2, -3, 4, -5].map((depth) => ({ depth }));
    const failed = parallel(depths, { module, name: "assay" }, { chunk: 1 });
    await expect(failed).rejects.toMatchObject({ name: "RangeError", message: "-3 is above ground" });
    await expect(parallel([1], { module, name: "nothing" })).rejects.toThrow(/exports no function nothing/);
    await expect(parallel([() => 1], { module, name: "assay" })).rejects.toThrow(/cannot be copied to another thread/);
    await expect(parallel([1], { module }, { chunk: 0 })).rejects.toThrow(RuntimeUseError);
    await expect(parallel([1], { module, name: "collapse" })).rejects.toThrow(/a thread of parallel\(\) ended/);
    expect(await parallel([{ depth: 3 }], { module, name: "assay" })).toEqual([9]);
  });
});
