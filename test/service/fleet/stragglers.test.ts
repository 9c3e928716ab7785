import { describe, expect, it } from "vitest";
import { clockedFleet, given } from "../../lib/clockedFleet.ts";

/** Without a proof so far: an idle worker doubles a batch after this, and it is late after that. */
const DOUBLE_MS = 12_000;
const LATE_MS = 60_000;

describe("A late batch", () => {
  it("is given on, also if two workers have it that beat without ever proving", async () => {
    await using all = await clockedFleet(1);
    const [a, b, honest] = [all.worker("a", "10.0.0.1"), all.worker("b", "10.0.0.2"), all.worker("c", "10.0.0.3")];
    const first = given(await a.ask());
    await all.pass(DOUBLE_MS);
    const second = given(await b.ask());
    await all.pass(LATE_MS - DOUBLE_MS - 1);
    expect([await a.beat(first), await b.beat(second), await honest.number()]).toEqual([true, true, undefined]);
    await all.pass(1);
    const third = given(await honest.ask());
    expect(third.batch.id).toBe(first.batch.id);
    // The oldest lease is over. A heartbeat does not bring it back.
    for (let i = 0; i < 2; i++) expect([await a.beat(first), await b.beat(second)]).toEqual([false, true]);
    expect(await all.fleet.counts()).toMatchObject({ waiting: 0, active: 1 });
    expect(await honest.prove(third)).toBe("accepted");
    expect(await b.prove(second)).toBe("late");
  });

  it("is proven by the worker whose lease was ended, if it is faster nevertheless", async () => {
    await using all = await clockedFleet(1);
    const slow = all.worker("slow", "10.0.0.1");
    const first = given(await slow.ask());
    await all.pass(LATE_MS);
    const second = given(await all.worker("b", "10.0.0.2").ask());
    expect(await slow.beat(first)).toBe(true);
    given(await all.worker("c", "10.0.0.3").ask());
    expect(await slow.beat(first)).toBe(false);
    expect(await slow.prove(first)).toBe("accepted");
    expect(await all.worker("b", "10.0.0.2").beat(second)).toBe(false);
  });

  it("is with two workers at the same time that have it for less than that, and with no third", async () => {
    await using all = await clockedFleet(1);
    given(await all.worker("a", "10.0.0.1").ask());
    await all.pass(LATE_MS);
    expect(await all.worker("b", "10.0.0.2").number()).toBe(1);
    expect(await all.worker("c", "10.0.0.3").number()).toBe(1);
    expect(await all.worker("d", "10.0.0.4").number()).toBeUndefined();
    await all.pass(LATE_MS - 1);
    expect(await all.worker("d", "10.0.0.4").number()).toBeUndefined();
    await all.pass(1);
    expect(await all.worker("d", "10.0.0.4").number()).toBe(1);
  });

  it("is always there for the server's own worker", async () => {
    await using all = await clockedFleet(1);
    given(await all.worker("a", "10.0.0.1").ask());
    await all.pass(LATE_MS - 1);
    expect(await all.worker("b", "10.0.0.2").number()).toBe(1);
    expect(await all.own.number()).toBeUndefined();
    await all.pass(1);
    expect(await all.worker("c", "10.0.0.3").number()).toBe(1);
    expect(await all.worker("d", "10.0.0.4").number()).toBeUndefined();
    expect(await all.own.number()).toBe(1);
    // It has the batch now.
    expect(await all.own.number()).toBeUndefined();
  });

  it("goes to a worker that never had it before those that had it", async () => {
    await using all = await clockedFleet(1);
    const [a, b] = [all.worker("a", "10.0.0.1"), all.worker("b", "10.0.0.2")];
    const [c, d, e] = [all.worker("c", "10.0.0.3"), all.worker("d", "10.0.0.4"), all.worker("e", "10.0.0.5")];
    given(await a.ask());
    await all.pass(DOUBLE_MS);
    given(await b.ask());
    await all.pass(LATE_MS);
    expect([await c.number(), await d.number()]).toEqual([1, 1]);
    // Both have it no more, and may not have it again at once.
    expect([await a.number(), await b.number()]).toEqual([undefined, undefined]);
    const order: string[] = [];
    for (const each of [a, b, e]) void each.wait().then((offer) => offer && order.push(each.name));
    await all.pass(LATE_MS);
    expect(order[0]).toBe("e");
    // Those that have it again keep it from nobody.
    expect(await all.worker("f", "10.0.0.9").number()).toBe(1);
  });

  it("is late by all the time that it was with workers: giving it back and taking it again is no way around", async () => {
    await using all = await clockedFleet(3);
    const [a, honest] = [all.worker("a", "10.0.0.1"), all.worker("b", "10.0.0.2")];
    const first = given(await a.ask());
    await all.pass(LATE_MS - 1);
    await a.giveBack(first);
    const again = given(await a.ask());
    expect(again.batch.id).toBe(first.batch.id);
    expect(await honest.number()).toBe(2);
    await all.pass(1);
    expect(await honest.number()).toBe(1);
    expect(await honest.number()).toBe(3);
  });

  it("is kept by no number of names of one address from another one", async () => {
    await using all = await clockedFleet(1);
    for (const name of ["a", "b"]) {
      given(await all.worker(name, "10.0.0.1").ask());
      await all.pass(LATE_MS);
    }
    expect(await all.worker("c", "10.0.0.1").number()).toBe(1);
    expect(await all.worker("d", "10.0.0.1").number()).toBe(1);
    expect(await all.worker("e", "10.0.0.1").number()).toBeUndefined();
    expect(await all.worker("honest", "10.0.0.2").number()).toBe(1);
  });

  it("comes before newer batches, and one that is not late yet does not", async () => {
    await using all = await clockedFleet(4);
    const [a, b] = [all.worker("a", "10.0.0.1"), all.worker("b", "10.0.0.1")];
    expect(await a.number()).toBe(1);
    await all.pass(LATE_MS - 1);
    expect(await b.number()).toBe(2);
    await all.pass(1);
    expect(await b.number()).toBe(1);
    expect(await b.number()).toBe(3);
  });

  it("is not given again and again to a worker that fails at it", async () => {
    await using all = await clockedFleet(1);
    given(await all.worker("a", "10.0.0.1").ask());
    await all.pass(LATE_MS);
    const { own } = all;
    await own.giveBack(given(await own.ask()), "no memory");
    expect(await own.number()).toBeUndefined();
    await all.pass(4_999);
    expect(await own.number()).toBeUndefined();
    await all.pass(1);
    await own.giveBack(given(await own.ask()), "no memory");
    await all.pass(9_999);
    expect(await own.number()).toBeUndefined();
    await all.pass(1);
    expect(await own.number()).toBe(1);
  });
});

describe("An idle worker", () => {
  it("doubles a batch after 12 seconds, if no proof has told yet what is usual", async () => {
    await using all = await clockedFleet(1);
    given(await all.worker("a", "10.0.0.1").ask());
    await all.pass(DOUBLE_MS - 1);
    expect(await all.worker("b", "10.0.0.1").number()).toBeUndefined();
    await all.pass(1);
    expect(await all.worker("b", "10.0.0.1").number()).toBe(1);
    expect(await all.worker("c", "10.0.0.1").number()).toBeUndefined();
  });

  it("doubles it after twice the usual time, once that is known", async () => {
    await using all = await clockedFleet(2);
    const [a, b] = [all.worker("a", "10.0.0.1"), all.worker("b", "10.0.0.1")];
    const [first] = [given(await a.ask()), given(await a.ask())];
    await all.pass(20_000);
    expect(await a.prove(first)).toBe("accepted");
    await all.pass(19_999);
    expect(await b.number()).toBeUndefined();
    await all.pass(1);
    expect(await b.number()).toBe(2);
  });

  it("waits no longer because one proof was handed in many times at once", async () => {
    await using all = await clockedFleet(5);
    const a = all.worker("a", "10.0.0.1");
    for (let n = 1; n <= 3; n++) {
      const quick = given(await a.ask());
      await all.pass(1_000);
      await a.prove(quick);
    }
    const slow = given(await a.ask());
    await all.pass(50_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => a.prove(slow)));
    expect(answers.filter((answer) => answer === "accepted")).toHaveLength(1);
    given(await a.ask());
    await all.pass(2_000);
    expect(await all.worker("b", "10.0.0.1").number()).toBe(5);
  });
});
