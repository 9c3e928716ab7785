import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { bundleJson } from "../../../prover/bundles/bundle.ts";
import { MemoryQueue } from "../../../service/fleet/memoryQueue.ts";
import { HttpLink } from "../../../service/worker/httpLink.ts";
import type { Job } from "../../../service/worker/link.ts";
import { type WorkerEvent, workLoop } from "../../../service/worker/loop.ts";
import { PROTOCOL_VERSION } from "../../../trace/layout.ts";
import {
  CIRCUITS,
  type StandInOptions,
  standInBatch,
  standInLie,
  standInProof,
  standInServer,
} from "../../lib/standInFleet.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A server that wants the first `batches` batches. */
async function server(batches: number, options: Partial<StandInOptions> = {}) {
  const started = await standInServer({ queue: new MemoryQueue(), ...options });
  open.push(started);
  for (let n = 1; n <= batches; n++) await started.fleet.want(standInBatch(n));
  return started;
}

function link(url: string, name: string, other: { circuits?: Record<string, string>; token?: string } = {}): HttpLink {
  return new HttpLink({ server: url, name, circuits: CIRCUITS, ...other });
}

function worker(url: string, name: string, ms = 5, events: WorkerEvent[] = []) {
  const stop = new AbortController();
  const prove = async (job: { work: Uint8Array }) => {
    await pause(ms);
    return standInProof(job);
  };
  const onEvent = (event: WorkerEvent): void => void events.push(event);
  const done = workLoop({ link: link(url, name), prove, jobs: 2, signal: stop.signal, onEvent });
  open.push({
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done.catch(() => undefined);
    },
  });
}

const never = new AbortController().signal;

async function taken(from: HttpLink): Promise<Job> {
  const job = await from.take(never);
  if (job === undefined) throw new Error("no batch");
  return job;
}

const proofOf = (job: Job): object => bundleJson(standInProof(job));

describe("A fleet", () => {
  it("delivers each batch once, from workers over HTTP", async () => {
    const { fleet, url, delivered } = await server(50);
    worker(url, "a");
    worker(url, "b");
    await delivered.count(50);
    expect(delivered.twice).toBe(0);
    expect(await fleet.counts()).toMatchObject({ waiting: 0, active: 0, setAside: 0, workers: 2 });
  });

  it("gives the oldest batch first, also if it was wanted last or comes back", async () => {
    const { fleet, url } = await server(0);
    for (const n of [3, 1, 2]) await fleet.want(standInBatch(n));
    const a = link(url, "a");
    const first = await taken(a);
    expect([first.id, (await taken(a)).id]).toEqual([standInBatch(1).id, standInBatch(2).id]);
    await a.giveBack(first);
    expect((await taken(a)).id).toBe(first.id);
  });

  it("wakes a worker that waits as soon as a batch is wanted", async () => {
    const { fleet, url } = await server(0);
    const waiting = taken(link(url, "a"));
    await fleet.want(standInBatch(1));
    expect((await waiting).id).toBe(standInBatch(1).id);
  });

  it("gives a lost worker's batch to another, and takes the first proof only", async () => {
    const { url, delivered } = await server(1, { limits: { leaseMs: 1_000 } });
    const [a, b] = [link(url, "a"), link(url, "b")];
    const lost = await taken(a);
    const again = await taken(b);
    expect(again.id).toBe(lost.id);
    expect(await a.beat(lost)).toBe(false);
    expect(await b.beat(again)).toBe(true);
    expect(await b.handIn(again, proofOf(again))).toBe("accepted");
    expect(await a.handIn(lost, proofOf(lost))).toBe("late");
    expect(await b.handIn(again, proofOf(again))).toBe("late");
    expect([...delivered.times.values()]).toEqual([1]);
  });

  it("takes the proof of a worker that lost its batch, if nobody was faster", async () => {
    const { url, delivered } = await server(1, { limits: { leaseMs: 1_000 } });
    const [a, b] = [link(url, "a"), link(url, "b")];
    const lost = await taken(a);
    const again = await taken(b);
    expect(await a.handIn(lost, proofOf(lost))).toBe("accepted");
    expect(await b.beat(again)).toBe(false);
    expect(await b.handIn(again, proofOf(again))).toBe("late");
    expect([...delivered.times.values()]).toEqual([1]);
  });

  it("keeps the batch of a worker that beats", async () => {
    const { fleet, url } = await server(1, { limits: { leaseMs: 2_000 } });
    const a = link(url, "a");
    const job = await taken(a);
    for (let i = 0; i < 12; i++) {
      await pause(200);
      expect(await a.beat(job)).toBe(true);
    }
    expect(await fleet.counts()).toMatchObject({ waiting: 0, active: 1 });
  });

  it.each([
    ["a wrong proof", (job: Job) => bundleJson(standInLie(job)), "wrongProof", /proof: does not hold/],
    ["the proof of another batch", () => bundleJson(standInProof(standInBatch(2))), "wrongProof", /postRoot|preRoot/],
    ["garbage", () => ({ format: "nothing" }), "malformed", /no bundle/],
    ["no object", () => [] as object, "malformed", /no bundle/],
  ])("names a worker that hands in %s, and takes its batches back", async (_what, lie, code, why) => {
    const { fleet, url, delivered } = await server(3);
    const [liar, honest] = [link(url, "liar"), link(url, "honest")];
    const [first, second] = [await taken(liar), await taken(liar)];
    await expect(liar.handIn(first, lie(first))).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
    await expect(liar.take(never)).rejects.toMatchObject({ code: "setAside" });
    await expect(liar.handIn(second, proofOf(second))).rejects.toMatchObject({ code: "setAside" });
    // The name alone is nobody: a stranger could lie under it.
    const elsewhere = { worker: "liar", version: PROTOCOL_VERSION, circuits: CIRCUITS };
    const offer = await fleet.dispatcher.take(elsewhere, "10.0.0.9", 5_000);
    if (offer === undefined) throw new Error("no batch for the worker elsewhere");
    await fleet.dispatcher.fail(offer.batch.id, offer.lease, "liar", "10.0.0.9");
    const { workersSetAside } = await fleet.counts();
    expect(workersSetAside).toMatchObject([{ worker: "liar@127.0.0.1", reason: expect.stringMatching(why) }]);
    for (let n = 1; n <= 3; n++) {
      const job = await taken(honest);
      expect(await honest.handIn(job, proofOf(job))).toBe("accepted");
    }
    await delivered.count(3);
    expect(delivered.wrong).toBe(0);
  });

  it("sets a batch aside that three workers failed at, with their reasons, and tries it again when asked", async () => {
    const { fleet, url, delivered } = await server(1, { limits: { retryMs: 50 } });
    const [a, b, c] = [link(url, "a"), link(url, "b"), link(url, "c")];
    for (const reason of ["no memory", "still none"]) await a.giveBack(await taken(a), reason);
    await b.giveBack(await taken(b), "the circuit refuses it");
    expect(delivered.aside).toEqual([]);
    await c.giveBack(await taken(c), "no engine");
    const { id } = standInBatch(1);
    const reasons = ["a: no memory", "a: still none", "b: the circuit refuses it", "c: no engine"].map((text) =>
      text.replace(":", "@127.0.0.1:"),
    );
    expect(delivered.aside).toEqual([{ id, reasons }]);
    expect(await fleet.counts()).toMatchObject({ waiting: 0, active: 0, setAside: 1 });
    expect(await fleet.retry("2-2-0000000000000002")).toBe(false);
    expect(await fleet.retry(id)).toBe(true);
    const job = await taken(a);
    expect(await a.handIn(job, proofOf(job))).toBe("accepted");
  });

  it("gives a batch to others than the one who failed at it", async () => {
    const { url } = await server(2, { limits: { retryMs: 60_000 } });
    const [a, b] = [link(url, "a"), link(url, "b")];
    const first = await taken(a);
    await a.giveBack(first, "no memory");
    expect((await taken(a)).id).toBe(standInBatch(2).id);
    expect((await taken(b)).id).toBe(first.id);
  });

  it("refuses workers of another version or circuit by name", async () => {
    const { fleet, url } = await server(1);
    const other = link(url, "old", { circuits: { "stand-in": "00".repeat(32) } });
    await expect(other.take(never)).rejects.toMatchObject({ code: "otherCircuit", message: /worker old has 0000/ });
    await expect(link(url, "old", { circuits: {} }).take(never)).rejects.toMatchObject({ code: "otherCircuit" });
    const hello = { worker: "older", version: 1, circuits: CIRCUITS };
    await expect(fleet.dispatcher.take(hello, "here", 0)).rejects.toMatchObject({
      reason: "otherVersion",
      message: expect.stringMatching(/worker older speaks protocol 1, and this server/),
    });
    await expect(link(url, "a b").take(never)).rejects.toThrow(/pattern/);
    await expect(link(url, "this:process").take(never)).rejects.toMatchObject({ code: "badWorker" });
  });

  it("bounds what one worker and one address may have", async () => {
    const limits = { leasesPerWorker: 2, leasesPerAddress: 3 };
    const { url } = await server(9, { limits });
    const [a, b] = [link(url, "a"), link(url, "b")];
    const first = await taken(a);
    await taken(a);
    await expect(a.take(never)).rejects.toThrow(/worker a@127\.0\.0\.1 has 2 batches/);
    await taken(b);
    await expect(link(url, "c").take(never)).rejects.toThrow(/this address/);
    await a.handIn(first, proofOf(first));
    await taken(a);
  });

  it("asks workers for its token, if it has one", async () => {
    const { url } = await server(1, { token: "secret" });
    await expect(link(url, "a").take(never)).rejects.toMatchObject({ code: "token" });
    await expect(link(url, "a", { token: "other" }).take(never)).rejects.toMatchObject({ code: "token" });
    expect((await taken(link(url, "a", { token: "secret" }))).id).toBe(standInBatch(1).id);
  });

  it("gives an idle worker what another has for much longer than usual", async () => {
    const { url, delivered } = await server(12);
    const slow = link(url, "slow");
    const straggler = await taken(slow);
    worker(url, "fast");
    await delivered.count(12);
    expect(await slow.handIn(straggler, proofOf(straggler))).toBe("late");
    expect(delivered.twice).toBe(0);
  });

  it("delivers again what could not be written, and nothing that is not wanted any more", async () => {
    const { fleet, url, delivered } = await server(2);
    delivered.failing = 3;
    const a = link(url, "a");
    const [first, second] = [await taken(a), await taken(a)];
    await fleet.forget(second.id);
    expect(await a.handIn(second, proofOf(second))).toBe("late");
    expect(await a.handIn(first, proofOf(first))).toBe("accepted");
    await delivered.count(1);
    expect([...delivered.times]).toEqual([[first.id, 1]]);
    expect(await fleet.counts()).toMatchObject({ waiting: 0, active: 0, setAside: 0 });
  });

  it("lets workers wait for a server that comes back", async () => {
    const first = await standInServer({ queue: new MemoryQueue() });
    const port = Number(new URL(first.url).port);
    const events: WorkerEvent[] = [];
    worker(first.url, "a", 5, events);
    await first[Symbol.asyncDispose]();
    while (!events.some(({ type }) => type === "away")) await pause(20);
    const { delivered } = await server(3, { port });
    await delivered.count(3);
  });
});
