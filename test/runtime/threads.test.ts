/** Threads: programs that are started, given things, and waited for. */
import { describe, expect, test } from "vitest";
import { address } from "../../trace/layout.ts";
import {
  go,
  issue,
  NotOwnedError,
  type Owned,
  self,
  sleep,
  spawn,
  TaskFailedError,
} from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";

describe("threads", () => {
  test("a thread is a program, and joining it raises the clock above it", async () => {
    let result = 0;
    const tracer = await runMain(async () => {
      const thread = spawn("worker", async () => {
        await issue("Gold", 1n);
        return 42;
      });
      result = await thread.join();
    });
    expect(result).toBe(42);
    expect(tracer.manifest.programs).toMatchObject({ 1: "main", 2: "worker" });
    expect(effectsOf(tracer).filter((effect) => effect === "CreateProgram" || effect === "JoinWith")).toEqual([
      "CreateProgram",
      "JoinWith",
    ]);
    const join = tracer.transitions.find(({ effect }) => effect === "JoinWith");
    const worker = tracer.map.cell(address(2, 0));
    expect(worker.type === "program" && (join?.clock ?? 0) > worker.clock).toBe(true);
  });

  test("a thread's arguments and its result change owner", async () => {
    const owners: number[] = [];
    const tracer = await runMain(async () => {
      const gold = await issue("Gold", 100n);
      const thread = spawn(
        "smith",
        async (given: Owned<"Gold">) => {
          owners.push(self().program);
          return { ring: await given.split(30n), rest: given };
        },
        gold,
      );
      expect(gold.here).toBe(false);
      const { ring, rest } = await thread.join();
      expect([ring.quantity, rest.quantity]).toEqual([30n, 70n]);
      await ring.merge(rest);
      expect(ring.quantity).toBe(100n);
    });
    expect(owners).toEqual([2]);
    expect(effectsOf(tracer).filter((effect) => effect === "Pass").length).toBeGreaterThanOrEqual(3);
  });

  test("a joining task gets the failure with its cause", async () => {
    await runMain(async () => {
      const cause = new Error("no coal");
      const thread = spawn("smith", () => Promise.reject(cause));
      const error = await thread.join().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TaskFailedError);
      expect((error as TaskFailedError).cause).toBe(cause);
    });
  });

  test("a failure without a joining task ends the run", async () => {
    const run = runMain(() => {
      spawn("smith", () => Promise.reject(new Error("no coal")));
    });
    await expect(run).rejects.toThrow(/smith failed: no coal/);
  });

  test("a thread cannot use a resource that its closure captured", async () => {
    await runMain(async () => {
      const gold = await issue("Gold", 1n);
      const thread = spawn("thief", () => gold.retire());
      const error = (await thread.join().catch((thrown: unknown) => thrown)) as TaskFailedError;
      expect(error.cause).toBeInstanceOf(NotOwnedError);
      expect(gold.here).toBe(true);
    });
  });

  test("tasks of one program share its resources, and add no row", async () => {
    const tracer = await runMain(async () => {
      const gold = await issue("Gold", 5n);
      const part = await go("helper", () => gold.split(2n)).join();
      expect(part.quantity).toBe(2n);
    });
    expect(effectsOf(tracer)).toEqual(["Issue", "Split"]);
  });

  test("time passes if all tasks wait", async () => {
    const tracer = await runMain(async () => {
      const slow = spawn("slow", async () => {
        await sleep(100);
        await issue("Late", 1n);
      });
      await sleep(10);
      await issue("Early", 1n);
      await slow.join();
    });
    const issues = tracer.transitions.filter(({ effect }) => effect === "Issue");
    expect((issues[1]?.at ?? 0) - (issues[0]?.at ?? 0)).toBe(90);
  });
});
