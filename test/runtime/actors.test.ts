/** Actors: calls and answers are messages; cancelling, supervision, contracts. */
import { describe, expect, test } from "vitest";
import {
  actor,
  CancelledError,
  ContractError,
  channel,
  contract,
  issue,
  Mutex,
  type Owned,
  type Sender,
  select,
  sleep,
  spawn,
  stop,
  TaskFailedError,
  timeout,
  when,
} from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";

class Counter {
  static readonly contracts = {
    add: {
      requires: { "the step is positive": (n: number) => n > 0 },
      ensures: { "it has grown": (result: number, n: number) => result >= n },
    },
  };
  state = 0;
  increment(): void {
    this.state++;
  }
  value(): number {
    return this.state;
  }
  add(n: number): number {
    this.state += n;
    return this.state;
  }
  async slow(): Promise<void> {
    await sleep(50);
    this.state += 1000;
  }
  fail(): void {
    this.state = -1;
    throw new Error("overflow");
  }
}

class Bank {
  #gold: Owned<"Gold"> | undefined;
  async deposit(gold: Owned<"Gold">): Promise<bigint> {
    if (gold.quantity === 13n) throw new Error("unlucky");
    if (this.#gold === undefined) this.#gold = gold;
    else await this.#gold.merge(gold);
    return this.#gold.quantity;
  }
  async withdraw(quantity: bigint): Promise<Owned<"Gold">> {
    if (this.#gold === undefined) throw new Error("empty");
    return await this.#gold.split(quantity);
  }
}

describe("actors", () => {
  test("a call is a message, and calls are done one after the other", async () => {
    const tracer = await runMain(async () => {
      const counter = actor(Counter);
      const threads = [1, 2, 3].map((n) => spawn(`user ${n}`, () => counter.increment()));
      for (const thread of threads) await thread.join();
      expect(await counter.value()).toBe(3);
      expect(await counter.add(4)).toBe(7);
    });
    const functions = Object.values(tracer.manifest.functions);
    expect(functions).toEqual(expect.arrayContaining(["Counter.increment", "Counter.add"]));
    expect(effectsOf(tracer)).toContain("InvokeProgram");
  });

  test("resources are passed to a call and returned by it", async () => {
    await runMain(async () => {
      const bank = actor(Bank);
      expect(await bank.deposit(await issue("Gold", 100n))).toBe(100n);
      const back = await bank.withdraw(40n);
      expect(back.quantity).toBe(40n);
      expect(await bank.deposit(back)).toBe(100n);
      expect(back.here).toBe(false);
    });
  });

  test("a call that is dropped before its turn is not done, and its resources come back", async () => {
    await runMain(async () => {
      const counter = actor(Counter);
      const bank = actor(Bank);
      const gold = await issue("Gold", 5n);
      const slow = counter.slow();
      {
        using _ = counter.add(7);
      }
      await slow;
      expect(await counter.value()).toBe(1000);
      const future = bank.deposit(gold);
      expect(gold.here).toBe(false);
      expect(await future.cancel()).toBe(false);
      await expect(future).rejects.toBeInstanceOf(CancelledError);
    });
  });

  test("the resources of a failed call come back to their handles", async () => {
    await runMain(async () => {
      const bank = actor(Bank);
      const gold = await issue("Gold", 13n);
      const error = await Promise.resolve(bank.deposit(gold)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TaskFailedError);
      expect(gold.here).toBe(true);
      await gold.retire();
    });
  });

  test("an unknown method, or one of Object's, is refused", async () => {
    await runMain(async () => {
      const counter = actor(Counter) as unknown as Record<string, () => PromiseLike<unknown>>;
      await expect(Promise.resolve(counter.toString?.())).rejects.toThrow(/no method toString/);
      await expect(Promise.resolve(counter.constructor?.())).rejects.toThrow(/no method constructor/);
    });
  });
});

describe("supervision", () => {
  test("a failed actor starts anew up to its limit, then stops", async () => {
    const tracer = await runMain(async () => {
      const counter = actor(Counter, { supervision: { restarts: 1 } });
      await counter.increment();
      await expect(Promise.resolve(counter.fail())).rejects.toThrow(/overflow/);
      expect(await counter.value()).toBe(0);
      await expect(Promise.resolve(counter.fail())).rejects.toThrow(/overflow/);
      await expect(Promise.resolve(counter.value())).rejects.toThrow(/has stopped/);
    });
    expect(tracer.manifest.runtime?.failures.map(({ consequence }) => consequence)).toEqual([
      "the actor starts anew",
      "the actor stops",
    ]);
  });

  test("escalation ends the run", async () => {
    const run = runMain(async () => {
      await actor(Counter, { supervision: { strategy: "escalate" } }).fail();
    });
    await expect(run).rejects.toThrow(/Counter.fail failed: overflow/);
  });

  test("calls that wait when an actor is stopped are not done", async () => {
    await runMain(async () => {
      const counter = actor(Counter);
      const [slow, waiting] = [counter.slow(), counter.add(1)];
      await sleep(1);
      stop(counter);
      await slow;
      await expect(Promise.resolve(waiting)).rejects.toBeInstanceOf(CancelledError);
    });
  });
});

describe("the resource of a call", () => {
  class Taker {
    fail(gold: Owned): never {
      throw new Error(`no ${gold.kind}`);
    }
  }

  test("comes back from a call to an actor that has stopped", async () => {
    await runMain(async () => {
      const gold = await issue("Gold", 5n);
      const taker = actor(Taker);
      stop(taker);
      await expect(Promise.resolve(taker.fail(gold))).rejects.toThrow(
        /Taker has stopped; its resources have come back/,
      );
      expect(gold.here).toBe(true);
      await gold.retire();
    });
  });

  test("comes back from a failed call that is given up instead of awaited", async () => {
    await runMain(async () => {
      const [gold, silver] = [await issue("Gold", 5n), await issue("Silver", 5n)];
      const taker = actor(Taker);
      const failed = taker.fail(gold);
      await sleep(1);
      expect(await failed.cancel()).toBe(false);
      await gold.retire();
      stop(taker);
      const never = taker.fail(silver);
      await never.cancel();
      await silver.retire();
    });
  });
});

describe("contracts", () => {
  test("a clause may leave out the last arguments, and knows the types of the others", async () => {
    await runMain(async () => {
      const share = contract(
        "share",
        { requires: { "there is something": (whole) => whole > 0n } },
        (whole: bigint, parts: number) => whole / BigInt(parts),
      );
      expect(await share(6n, 3)).toBe(2n);
      await expect(share(0n, 3)).rejects.toThrow(/there is something/);
    });
  });

  test("each clause is checked and recorded with the call", async () => {
    const tracer = await runMain(async () => {
      const half = contract(
        "half",
        {
          requires: { "n is even": (n: number) => n % 2 === 0 },
          ensures: { "twice the result is n": (result, n) => result * 2 === n },
        },
        (n: number) => n / 2,
      );
      expect(await half(4)).toBe(2);
      await expect(half(3)).rejects.toBeInstanceOf(ContractError);
      const counter = actor(Counter);
      await counter.add(1);
      await expect(Promise.resolve(counter.add(-1))).rejects.toThrow(/requires "the step is positive"/);
      // The caller's fault does not count as a failure of the actor.
      expect(await counter.value()).toBe(1);
    });
    expect(tracer.manifest.runtime?.contracts.map(({ name, clause, held }) => [name, clause, held])).toEqual([
      ["half", "n is even", true],
      ["half", "twice the result is n", true],
      ["half", "n is even", false],
      ["Counter.add", "the step is positive", true],
      ["Counter.add", "it has grown", true],
      ["Counter.add", "the step is positive", false],
    ]);
    expect(tracer.manifest.runtime?.failures).toEqual([]);
  });
});

/** All layers at once: an actor under a contract that locks, receives, selects and sends on. */
class Broker {
  static readonly contracts = {
    settle: { requires: { "somebody waits for it": (_goods: Owned<"Goods">, waiting: number) => waiting > 0 } },
  };
  readonly #till: Mutex<number>;
  readonly #out: Sender<Owned<"Goods">>;
  constructor(till: Mutex<number>, out: Sender<Owned<"Goods">>) {
    this.#till = till;
    this.#out = out;
  }
  async settle(goods: Owned<"Goods">, waiting: number): Promise<number> {
    using till = await this.#till.lock();
    till.value += waiting;
    await this.#out.send(goods);
    return till.value;
  }
}

test("layers compose", async () => {
  await runMain(async () => {
    const till = new Mutex("till", 0);
    const [out, bought] = channel<Owned<"Goods">>("bought");
    // (An actor in this thread may be made with any value of a closure.)
    const broker = actor(
      class extends Broker {
        constructor() {
          super(till, out);
        }
      },
      { name: "Broker" },
    );
    const seller = spawn("seller", async () => await broker.settle(await issue("Goods", 3n), 2));
    const got = await select(
      when(bought, (goods) => goods.quantity),
      timeout(60, () => 0n),
    );
    expect(got).toBe(3n);
    expect(await seller.join()).toBe(2);
    const late = await Promise.resolve(broker.settle(await issue("Goods", 1n), 0)).catch((thrown: unknown) => thrown);
    expect((late as Error).message).toMatch(/somebody waits for it/);
  });
});
