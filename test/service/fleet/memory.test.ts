import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { MemoryQueue } from "../../../service/fleet/memoryQueue.ts";
import { HttpLink } from "../../../service/worker/httpLink.ts";
import { workLoop } from "../../../service/worker/loop.ts";
import { CIRCUITS, type StandInOptions, standInBatch, standInProof, standInServer } from "../../lib/standInFleet.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function server(options: Partial<StandInOptions> = {}) {
  const started = await standInServer({ queue: new MemoryQueue(), ...options });
  open.push(started);
  return started;
}

function link(url: string, name: string, other: { circuits?: Record<string, string>; token?: string } = {}): HttpLink {
  return new HttpLink({ server: url, name, circuits: CIRCUITS, ...other });
}

function worker(url: string, name: string, ms = 5) {
  const stop = new AbortController();
  const prove = async (job: { work: Uint8Array }) => {
    await pause(ms);
    return standInProof(job);
  };
  const done = workLoop({ link: link(url, name), prove, jobs: 2, signal: stop.signal });
  open.push({
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done.catch(() => undefined);
    },
  });
  return done;
}

describe("A fleet in memory", () => {
  it("delivers each batch once, from workers over HTTP", async () => {
    const { fleet, url, delivered } = await server();
    for (let n = 1; n <= 50; n++) await fleet.want(standInBatch(n));
    worker(url, "a");
    worker(url, "b");
    await delivered.count(50);
    expect(delivered.twice).toBe(0);
    expect(await fleet.counts()).toMatchObject({ waiting: 0, active: 0, setAside: 0, workers: 2 });
  });
});
