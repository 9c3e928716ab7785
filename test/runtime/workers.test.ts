/**
 * Programs in worker threads have the trace of the same programs in one thread. Rings carry packets of any size.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { RefusedError } from "../../trace/errors.ts";
import { Ring, ringMemory } from "../../trace/pool/ring.ts";
import {
  ContractError,
  channel,
  NotOwnedError,
  type Owned,
  spawn,
  spawnWorker,
  TaskFailedError,
  UseAfterMoveError,
} from "../../trace/runtime/index.ts";
import { errorData, errorFrom } from "../../trace/runtime/workers/packets.ts";
import { MOST_HOSTS } from "../../trace/runtime/workers/startQueue.ts";
import { runMain } from "../lib/concurrentRun.ts";
import { foreman, mine } from "../lib/workerFixtures.ts";

const module = new URL("../lib/workerFixtures.ts", import.meta.url);

/** Miners at work, in threads of their own or in this one. */
function pit(threads: boolean) {
  return async (): Promise<void> => {
    const [tx, rx] = channel<Owned>("found", { capacity: 3 });
    const start = (name: string, rounds: number) =>
      threads
        ? spawnWorker<number>(name, { module, name: "mine" }, name, rounds, tx)
        : spawn(name, mine, name, rounds, tx);
    const boss = threads ? spawnWorker<number>("boss", { module, name: "foreman" }, tx) : spawn("boss", foreman, tx);
    const miners = [start("anna", 2), start("bruno", 3), start("cleo", 2), boss];
    for (let i = 0; i < 8; i++) await rx.recv();
    for (const miner of miners) expect(await miner.join()).toBeGreaterThan(0);
  };
}

describe("worker threads", () => {
  test("the trace does not depend on the threads' speed, and is that of one thread", async () => {
    const alone = await runMain(pit(false), 2);
    const together = await runMain(pit(true), 2);
    expect(together.transitions.map(({ effect, actor }) => [effect, actor])).toEqual(
      alone.transitions.map(({ effect, actor }) => [effect, actor]),
    );
    expect(together.root()).toBe(alone.root());
  });

  test.skipIf(availableParallelism() < 2)("another thread starts a task that waits for its busy thread", async () => {
    const folder = mkdtempSync(join(tmpdir(), "timebandits-"));
    const file = join(folder, "begun");
    try {
      await runMain(async () => {
        // The last one is queued for the thread of the first, which blocks until the last one has run.
        const first = spawnWorker<boolean>("first", { module, name: "blockUntil" }, file);
        const others = Math.min(availableParallelism(), MOST_HOSTS) - 1;
        for (let i = 0; i < others; i++) spawnWorker(`other ${i}`, { module, name: "idle" });
        spawnWorker("last", { module, name: "makeFile" }, file);
        expect(await first.join()).toBe(true);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a failure crosses with its name, message and cause", async () => {
    await runMain(async () => {
      const thread = spawnWorker("miner", { module, name: "stumble" });
      const error = (await thread.join().catch((thrown: unknown) => thrown)) as TaskFailedError;
      expect(error).toBeInstanceOf(TaskFailedError);
      expect(error.message).toBe("miner failed: the shaft is flooded");
      expect((error.cause as Error).name).toBe("RangeError");
    });
  });

  test("errors of the layers keep their class and their fields", () => {
    for (const error of [
      new ContractError("pay", "requires", "there is enough"),
      new NotOwnedError("5 Gold", "anna", "bruno"),
      new UseAfterMoveError("5 Gold", "mine.ts:3", "mine.ts:4"),
      new RefusedError("conservation", "no"),
    ]) {
      const arrived = errorFrom(deserialize(serialize(errorData(error))));
      expect(arrived).toBeInstanceOf(error.constructor);
      for (const [key, value] of Object.entries({ ...error, message: error.message, stack: error.stack })) {
        expect(arrived[key as keyof Error]).toEqual(value);
      }
    }
  });

  test("a missing function and a thread that ends are reported", async () => {
    await runMain(async () => {
      const missing = spawnWorker("nobody", { module, name: "nothing" });
      await expect(missing.join()).rejects.toThrow(/exports no function nothing/);
    });
    const lost = runMain(async () => {
      await spawnWorker("miner", { module, name: "collapse" }).join();
    });
    await expect(lost).rejects.toThrow(/a worker thread ended/);
  });
});

describe("ring", () => {
  test("packets larger than the ring go through it, in order and whole", async () => {
    const [there, back] = [ringMemory(), ringMemory()];
    const echo = `
      const { workerData } = require("node:worker_threads");
      import(workerData.ring).then(({ Ring }) => {
        const [there, back] = [new Ring(workerData.there), new Ring(workerData.back)];
        for (let i = 0; i < 20; i++) back.write(there.read());
      });`;
    const ring = new URL("../../trace/pool/ring.ts", import.meta.url).href;
    const worker = new Worker(echo, { eval: true, workerData: { there, back, ring }, execArgv: [] });
    try {
      const [out, answers] = [new Ring(there), new Ring(back)];
      for (let i = 0; i < 20; i++) {
        const packet = new Uint8Array(i * 9_973).map((_, at) => (at * 7 + i) & 0xff);
        out.write(packet);
        await answers.readable();
        expect(Buffer.compare(answers.read(), packet)).toBe(0);
      }
    } finally {
      await worker.terminate();
    }
  });
});
