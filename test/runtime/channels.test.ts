/** Channels: the receiver owns a sent value; order, room, closing, select. */
import { describe, expect, test } from "vitest";
import { issuerOf } from "../../trace/layout.ts";
import {
  type Case,
  ChannelClosedError,
  channel,
  issue,
  NotOwnedError,
  type Owned,
  otherwise,
  type Sender,
  select,
  sleep,
  spawn,
  timeout,
  UseAfterMoveError,
  when,
} from "../../trace/runtime/index.ts";
import { effectsOf, runMain } from "../lib/concurrentRun.ts";

describe("ownership", () => {
  test("the receiver owns a sent resource, and the sender's handle names both places", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<Owned<"Gold">>("gold");
      const receiver = spawn("receiver", async () => (await rx.recv()).quantity);
      const gold = await issue("Gold", 7n);
      await tx.send(gold);
      const error = await gold.retire().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UseAfterMoveError);
      expect((error as UseAfterMoveError).movedAt).toMatch(/^channels\.test\.ts:\d+$/);
      expect((error as UseAfterMoveError).usedAt).toMatch(/^channels\.test\.ts:\d+$/);
      expect((error as UseAfterMoveError).movedAt).not.toBe((error as UseAfterMoveError).usedAt);
      expect(await receiver.join()).toBe(7n);
    });
  });

  test("data is a token of its sender with the digest, and the receiver retires it", async () => {
    const tracer = await runMain(async () => {
      const [tx, rx] = channel<{ price: bigint; note: string }>("offers");
      const sender = spawn("sender", () => tx.send({ price: 5n, note: "cheap" }));
      expect(await rx.recv()).toEqual({ price: 5n, note: "cheap" });
      await sender.join();
    });
    const passed = tracer.transitions.find(({ effect }) => effect === "Pass");
    expect(issuerOf(passed?.kind ?? 0n)).toBe(2);
    expect(effectsOf(tracer, "sender")).toEqual(["Issue", "InvokeProgram", "Pass"]);
    expect(effectsOf(tracer, "main")).toContain("Retire");
  });

  test("a value that a closed channel refuses stays with the sender", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<Owned<"Gold">>("gold");
      tx.close();
      const gold = await issue("Gold", 1n);
      await expect(tx.send(gold)).rejects.toBeInstanceOf(ChannelClosedError);
      expect(gold.here).toBe(true);
      await expect(rx.recv()).rejects.toBeInstanceOf(ChannelClosedError);
    });
  });

  test("a channel has one receiving program", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<number>("numbers");
      await Promise.all([tx.send(1), rx.recv()]);
      const other = spawn("other", () => rx.recv());
      await expect(other.join()).rejects.toThrow(NotOwnedError.name === "" ? "" : /receiving end of numbers is main's/);
    });
  });

  test("functions and foreign objects are refused, and nothing is sent", async () => {
    await runMain(async () => {
      const [tx] = channel<unknown>("anything");
      const gold = await issue("Gold", 1n);
      await expect(tx.send([gold, () => 1])).rejects.toThrow(/function cannot be sent/);
      await expect(tx.send([gold, new Map()])).rejects.toThrow(/Map cannot be sent/);
      await expect(tx.send({ $owned: 0 })).rejects.toThrow(/kept for resources/);
      expect(gold.here).toBe(true);
    });
  });
});

describe("order and room", () => {
  test("values come in the order in which one task sent them", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<number>("numbers");
      spawn("sender", async () => {
        for (let n = 0; n < 6; n++) await tx.send(n);
        tx.close();
      });
      const got: number[] = [];
      for await (const n of rx) got.push(n);
      expect(got).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });

  test("a bounded channel makes its sender wait", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<number>("numbers", { capacity: 1 });
      let sent = 0;
      spawn("sender", async () => {
        for (let n = 0; n < 4; n++) {
          await tx.send(n);
          sent++;
        }
      });
      await rx.recv();
      await sleep(1);
      expect(sent).toBe(2);
      await rx.recv();
      await rx.recv();
      await rx.recv();
    });
  });

  test("without capacity, sender and receiver meet", async () => {
    await runMain(async () => {
      const [tx, rx] = channel<string>("handshake", { capacity: 0 });
      const events: string[] = [];
      const sender = spawn("sender", async () => {
        await tx.send("now");
        events.push("sent");
      });
      await sleep(5);
      expect(events).toEqual([]);
      expect(await rx.recv()).toBe("now");
      await sender.join();
      expect(events).toEqual(["sent"]);
    });
  });

  test("several values are sent at once in one group", async () => {
    const tracer = await runMain(async () => {
      const [tx, rx] = channel<Owned<"Gold">>("gold");
      const sender = spawn("sender", async () => {
        await tx.sendAll([await issue("Gold", 1n), await issue("Gold", 2n), await issue("Gold", 3n)]);
      });
      const got = await rx.recvAll();
      expect(got.map(({ quantity }) => quantity)).toEqual([1n, 2n, 3n]);
      await sender.join();
    });
    const passes = tracer.transitions.filter(({ effect }) => effect === "Pass");
    expect(passes).toHaveLength(3);
    expect(new Set(passes.map(({ group }) => group)).size).toBe(1);
    expect(passes[0]?.group).not.toBe(0);
  });

  test("an end of a channel can be sent", async () => {
    await runMain(async () => {
      const [orders, inbox] = channel<Sender<string>>("orders");
      const clerk = spawn("clerk", async () => {
        const reply = await inbox.recv();
        await reply.send("done");
      });
      const [tx, rx] = channel<string>("replies");
      await orders.send(tx);
      expect(await rx.recv()).toBe("done");
      await clerk.join();
    });
  });
});

describe("select", () => {
  test("takes a present value, or the default, or the first value that comes, or ends at the timeout", async () => {
    const heard: string[] = [];
    await runMain(async () => {
      const [ta, ra] = channel<string>("a");
      const [tb, rb] = channel<string>("b");
      const listen = (...more: Case<string>[]) =>
        select(
          when(ra, (m) => `a ${m}`),
          when(rb, (m) => `b ${m}`),
          ...more,
        );
      heard.push(await listen(otherwise(() => "nothing")));
      spawn("sender", async () => {
        await sleep(20);
        await tb.send("one");
        await sleep(100);
        await ta.send("two");
      });
      heard.push(await listen(timeout(60, () => "late")));
      heard.push(await listen(timeout(60, () => "late")));
      heard.push(await listen());
      ta.close();
      tb.close();
      await expect(listen()).rejects.toBeInstanceOf(ChannelClosedError);
    });
    expect(heard).toEqual(["nothing", "b one", "late", "a two"]);
  });
});
