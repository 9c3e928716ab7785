/**
 * The kernel: the same seed gives the same trace, another seed another interleaving. A wait without end is explained.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseManifest, writeManifest } from "../../trace/run/manifest.ts";
import {
  channel,
  concurrent,
  DeadlockError,
  issue,
  Mutex,
  RuntimeUseError,
  sleep,
  spawn,
} from "../../trace/runtime/index.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { runMain } from "../lib/concurrentRun.ts";

async function market(): Promise<void> {
  const mutex = new Mutex("till", 0);
  const [tx, rx] = channel<number>("done");
  for (const n of [1, 2, 3]) {
    spawn(`clerk ${n}`, async () => {
      {
        using till = await mutex.lock();
        till.value += n;
      }
      await tx.send(n);
    });
  }
  for (let i = 0; i < 3; i++) await rx.recv();
}

describe("determinism", () => {
  test("the same seed gives the same trace, byte for byte", async () => {
    const folder = mkdtempSync(join(tmpdir(), "timebandits-seed-"));
    try {
      const scenario = concurrent({ name: "market", description: "three clerks", main: market });
      const texts: string[] = [];
      for (const run of ["a", "b"]) {
        const out = join(folder, run);
        await runScenario(scenario, { out, seed: 5 });
        texts.push(readFileSync(join(out, "trace.jsonl"), "utf8") + readFileSync(join(out, "manifest.json"), "utf8"));
      }
      expect(texts[0]).toBe(texts[1]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("other seeds give other interleavings", async () => {
    const roots = new Set<bigint>();
    for (let seed = 1; seed <= 6; seed++) roots.add((await runMain(market, seed)).root());
    expect(roots.size).toBeGreaterThan(1);
  });

  test("the duration of outside work does not matter", async () => {
    const wait = async (milliseconds: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    };
    const roots: bigint[] = [];
    for (const [a, b] of [
      [1, 12],
      [12, 1],
    ] as const) {
      const tracer = await runMain(async () => {
        const threads = [
          spawn("a", async () => {
            await wait(a);
            await issue("A", 1n);
          }),
          spawn("b", async () => {
            await wait(b);
            await issue("B", 1n);
          }),
        ];
        for (const thread of threads) await thread.join();
      });
      roots.push(tracer.root());
    }
    expect(roots[0]).toBe(roots[1]);
  });
});

describe("deadlock", () => {
  test("two locks in two orders: the cycle is named and kept in the manifest", async () => {
    let manifest = "";
    const scenario = concurrent({
      name: "philosophers",
      description: "two of them",
      async main() {
        const [left, right] = [new Mutex("left"), new Mutex("right")];
        const eat = (first: Mutex, second: Mutex) => async () => {
          using _ = await first.lock();
          await sleep(1);
          using __ = await second.lock();
        };
        const threads = [spawn("plato", eat(left, right)), spawn("kant", eat(right, left))];
        for (const thread of threads) await thread.join();
      },
    });
    const folder = mkdtempSync(join(tmpdir(), "timebandits-deadlock-"));
    try {
      const out = join(folder, "run");
      const error = (await runScenario(scenario, { out }).catch((thrown: unknown) => thrown)) as DeadlockError;
      expect(error).toBeInstanceOf(DeadlockError);
      expect([...error.cycle].sort()).toEqual(["kant", "plato"]);
      expect(error.message).toMatch(/waits for the lock (left|right)/);
      manifest = readFileSync(join(out, "manifest.json"), "utf8");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const parsed = parseManifest(manifest);
    expect(writeManifest(parsed)).toBe(manifest);
    expect(parsed.runtime?.waits).toContainEqual({
      program: 2,
      task: "plato",
      waitsFor: { program: 3, task: "kant", what: "the lock right" },
    });
  });

  test("a receiver without a sender is reported", async () => {
    const run = runMain(async () => {
      const [, rx] = channel<number>("silence");
      await rx.recv();
    });
    await expect(run).rejects.toThrow(/main waits for a message on the channel silence/);
  });
});

test("the layers can only be used in tasks", () => {
  expect(() => channel("outside")).toThrow(RuntimeUseError);
});
