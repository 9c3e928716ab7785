/** Locks are tokens: in the trace the holder of the token has the lock. */
import { describe, expect, test } from "vitest";
import {
  Barrier,
  issue,
  Mutex,
  type Owned,
  ReadWriteLock,
  RuntimeUseError,
  Semaphore,
  sleep,
  spawn,
  Vault,
} from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";

describe("mutex", () => {
  test("guards a value, and gives the lock back at the end of the scope", async () => {
    const tracer = await runMain(async () => {
      const mutex = new Mutex("till", 0);
      const threads = [1, 2, 3].map((n) =>
        spawn(`clerk ${n}`, async () => {
          for (let i = 0; i < 2; i++) {
            using till = await mutex.lock();
            const before = till.value;
            await sleep(1);
            till.value = before + n;
          }
        }),
      );
      for (const thread of threads) await thread.join();
      using till = await mutex.lock();
      expect(till.value).toBe(12);
    });
    expect(effectsOf(tracer).filter((effect) => effect === "ClaimFromProgram")).toHaveLength(6);
  });

  test("its value cannot be used after the lock is given back", async () => {
    await runMain(async () => {
      const mutex = new Mutex("till", 1);
      const till = await mutex.lock();
      till.release();
      expect(() => till.value).toThrow(RuntimeUseError);
      expect(() => {
        till.value = 2;
      }).toThrow(/lock it again/);
      using again = await mutex.lock();
      expect(again.value).toBe(1);
    });
  });

  test("the token is in one memory at a time: between a claim and the return there is no other claim", async () => {
    const tracer = await runMain(async () => {
      const mutex = new Mutex("till");
      const threads = [1, 2, 3, 4].map((n) =>
        spawn(`clerk ${n}`, async () => {
          using _ = await mutex.lock();
          await sleep(5);
        }),
      );
      for (const thread of threads) await thread.join();
    }, 3);
    let holder = 0;
    for (const { effect, actor, kind } of tracer.transitions) {
      if (tracer.manifest.kinds[kind.toString()] !== "till") continue;
      if (effect === "ClaimFromProgram") {
        expect(holder).toBe(0);
        holder = actor;
      }
      if (effect === "Pass") {
        expect(holder).toBe(actor);
        holder = 0;
      }
    }
    expect(holder).toBe(0);
  });

  test("a task that fails or forgets gives it back", async () => {
    await runMain(async () => {
      const mutex = new Mutex("till", "clean");
      const failing = spawn("failing", async () => {
        using till = await mutex.lock();
        till.value = "touched";
        throw new Error("stumbled");
      });
      await failing.join().catch(() => undefined);
      const forgetful = spawn("forgetful", async () => {
        await mutex.lock();
      });
      await forgetful.join();
      using till = await mutex.lock();
      expect(till.value).toBe("touched");
    });
  });
});

describe("vault", () => {
  test("a guarded resource moves with the lock, and the rest is returned", async () => {
    await runMain(async () => {
      const vault = new Vault("treasury", await issue("Gold", 100n));
      const take = async (part: bigint): Promise<Owned<"Gold">> => {
        using guard = await vault.lock();
        return await guard.owned.split(part);
      };
      const shares = [spawn("a", () => take(10n)), spawn("b", () => take(20n))];
      const taken = [await shares[0]?.join(), await shares[1]?.join()];
      expect(taken.map((owned) => owned?.quantity)).toEqual([10n, 20n]);
      using guard = await vault.lock();
      expect(guard.owned.quantity).toBe(70n);
      await guard.owned.merge(taken[0] as Owned<"Gold">);
      expect(guard.owned.quantity).toBe(80n);
    });
  });

  test("a task that gives the guarded resource away gets an error, and so do the waiting tasks", async () => {
    await runMain(async () => {
      const vault = new Vault("treasury", await issue("Gold", 100n));
      const thief = spawn("thief", async () => {
        using guard = await vault.lock();
        await sleep(1);
        await guard.owned.retire();
      });
      const waiting = spawn("waiting", async () => {
        await sleep(1);
        await vault.lock();
      });
      await expect(thief.join()).rejects.toThrow(/100 Gold was given away at locks\.test\.ts/);
      await expect(waiting.join()).rejects.toThrow(/thief did not return it/);
      await expect(vault.lock()).rejects.toThrow(/the lock treasury is lost/);
    });
  });
});

describe("semaphore, read–write lock and barrier", () => {
  test("at most as many tasks are in as there are permits", async () => {
    let [inside, most] = [0, 0];
    await runMain(async () => {
      const semaphore = new Semaphore("desk", 2);
      const threads = [1, 2, 3, 4].map((n) =>
        spawn(`visitor ${n}`, async () => {
          using _ = await semaphore.acquire();
          most = Math.max(most, ++inside);
          await sleep(3);
          inside--;
        }),
      );
      for (const thread of threads) await thread.join();
      await expect(semaphore.acquire(3)).rejects.toThrow(/has 2 permits/);
    });
    expect(most).toBe(2);
  });

  test("readers share the lock, and a writer has it alone", async () => {
    const log: string[] = [];
    await runMain(async () => {
      const lock = new ReadWriteLock("ledger", { readers: 2 }, 0);
      const reader = (n: number) =>
        spawn(`reader ${n}`, async () => {
          using guard = await lock.read();
          log.push(`in ${n} ${guard.value}`);
          await sleep(2);
          log.push(`out ${n}`);
        });
      const readers = [reader(1), reader(2)];
      await sleep(1);
      const writer = spawn("writer", async () => {
        using guard = await lock.write();
        guard.value = 1;
        log.push("write");
      });
      for (const thread of [...readers, writer]) await thread.join();
    });
    expect(log.slice(0, 2).sort()).toEqual(["in 1 0", "in 2 0"]);
    expect(log.at(-1)).toBe("write");
  });

  test("a barrier opens once all tasks are there, and then all clocks are above the earlier ones", async () => {
    const log: string[] = [];
    const tracer = await runMain(async () => {
      const barrier = new Barrier("gate", 3);
      const threads = [1, 2, 3].map((n) =>
        spawn(`runner ${n}`, async () => {
          await sleep(n);
          log.push("at the gate");
          expect(await barrier.arrive()).toBe(1);
          log.push("through");
        }),
      );
      for (const thread of threads) await thread.join();
    });
    expect(log).toEqual([...new Array(3).fill("at the gate"), ...new Array(3).fill("through")]);
    const arrivals = tracer.transitions.filter(({ effect }) => effect === "InvokeProgram");
    const joins = tracer.transitions.filter(({ effect, actor }) => effect === "JoinWith" && actor !== 1);
    expect(joins).toHaveLength(3);
    for (const join of joins) for (const { clock } of arrivals) expect(join.clock).toBeGreaterThan(clock);
  });
});
