import { describe, expect, it } from "vitest";
import { MemoryQueue } from "../../../service/fleet/memoryQueue.ts";
import { PROTOCOL_VERSION } from "../../../trace/layout.ts";
import { type ClockedFleet, type ClockedWorker, clockedFleet, given } from "../../lib/clockedFleet.ts";
import { CIRCUITS, standInBatch, standInServer } from "../../lib/standInFleet.ts";

const WANTED = 64;

/** Eight names of an address: one worker has at most eight batches. */
function names(all: ClockedFleet, address: string, prefix = "name"): ClockedWorker[] {
  return Array.from({ length: 9 }, (_, i) => all.worker(`${prefix}-${i}`, address));
}

/** What the names get at once, all together. */
async function grab(workers: readonly ClockedWorker[]): Promise<number> {
  let count = 0;
  for (const worker of workers) count += await worker.all(8);
  return count;
}

describe("An address", () => {
  it("has every batch, if it is the only one", async () => {
    await using all = await clockedFleet(WANTED);
    expect(await grab(names(all, "10.0.0.1"))).toBe(WANTED);
  });

  it("has a quarter of what is wanted while another one is around, and all once that was gone for a minute", async () => {
    await using all = await clockedFleet(WANTED);
    expect(await all.worker("honest", "10.0.0.2").number()).toBe(1);
    const greedy = names(all, "10.0.0.1");
    expect(await grab(greedy)).toBe(WANTED / 4);
    expect(await all.worker("honest", "10.0.0.2").number()).toBe(WANTED / 4 + 2);
    await all.pass(60_000);
    expect(await greedy[8]?.number()).toBe(undefined);
    await all.pass(1);
    expect(await greedy[8]?.ask()).toBeDefined();
  });

  it("gets no more by requests that waited before the other one came", async () => {
    await using all = await clockedFleet(0);
    const greedy = names(all, "10.0.0.1");
    let had = 0;
    for (const each of greedy) for (let i = 0; i < 8; i++) void each.wait().then((offer) => offer && had++);
    const honest = all.worker("honest", "10.0.0.2").wait();
    for (let n = 1; n <= WANTED; n++) await all.fleet.want(standInBatch(n));
    await all.pass(0);
    expect(await Promise.race([honest, Promise.resolve("waits")])).toHaveProperty("lease");
    expect(had).toBe(WANTED / 4);
    expect(await all.worker("honest", "10.0.0.2").number()).toBeDefined();
  });

  it("keeps what it took before anybody else asked for 12 seconds, and gets nothing more meanwhile", async () => {
    await using all = await clockedFleet(WANTED);
    expect(await grab(names(all, "10.0.0.1"))).toBe(WANTED);
    // The attack after a start: all batches are taken before anybody else asks.
    const honest = all.worker("honest", "10.0.0.2").wait();
    const more = names(all, "10.0.0.1", "more").map((each) => each.wait());
    await all.pass(11_999);
    expect(await Promise.race([honest, Promise.resolve("waits")])).toBe("waits");
    await all.pass(1);
    expect(await Promise.race([honest, Promise.resolve("waits")])).toHaveProperty("batch.firstSeq", 1);
    expect(await Promise.race([...more, Promise.resolve("waits")])).toBe("waits");
  });

  it("may have one more for each proof, and half of these again for each batch that it had in vain", async () => {
    await using all = await clockedFleet(400);
    const other = all.worker("other", "10.0.0.2");
    await other.ask();
    const [good, more] = [all.worker("good", "10.0.0.1"), names(all, "10.0.0.1", "more")];
    for (let n = 0; n < 8; n++) await good.prove(given(await good.ask()));
    const rest = 400 - 8;
    const offers = [];
    for (const each of [...more, ...names(all, "10.0.0.1", "most")]) {
      for (let i = 0; i < 8; i++) offers.push({ each, offer: await each.ask() });
    }
    const had = offers.filter(({ offer }) => offer !== undefined);
    expect(had.length).toBe(rest / 4 + 8);
    for (const { each, offer } of had.slice(0, 2)) await each.giveBack(given(offer));
    // Two were given back, and eight more became two more.
    expect(await good.number()).toBeUndefined();
    for (const { each, offer } of had.slice(2, 6)) await each.giveBack(given(offer));
    expect(await good.number()).toBeUndefined();
    for (const { each, offer } of had.slice(6, 9)) await each.giveBack(given(offer));
    expect(await good.number()).toBeDefined();
  });

  it("is this process, and has no such limit", async () => {
    await using all = await clockedFleet(8);
    expect(await all.worker("a", "10.0.0.2").number()).toBe(1);
    expect(await all.own.all(7)).toBe(7);
  });

  it("is an IPv6 network as a whole", async () => {
    await using served = await standInServer({ queue: new MemoryQueue() });
    for (let n = 1; n <= 8; n++) await served.fleet.want(standInBatch(n));
    const ask = async (worker: string, remoteAddress: string): Promise<number> => {
      const payload = { worker, version: PROTOCOL_VERSION, circuits: CIRCUITS, waitSeconds: 0 };
      const { statusCode } = await served.http.inject({ method: "POST", url: "/v1/work/take", payload, remoteAddress });
      return statusCode;
    };
    expect(await ask("honest", "10.0.0.1")).toBe(200);
    for (const end of ["::1", "::2", ":9::2", ":a::2"]) expect(await ask("a", `2001:db8:1:2${end}`)).toBe(200);
    expect(await ask("b", "2001:db8:1:2:8::3")).toBe(204);
    expect(await ask("b", "2001:db8:1:3::1")).toBe(200);
  });
});
