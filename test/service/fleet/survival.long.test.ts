/** What a fleet survives: everything is killed at some time, and each batch is delivered once. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleFrom, bundleJson } from "../../../prover/bundles/bundle.ts";
import { HttpLink } from "../../../service/worker/httpLink.ts";
import type { Job } from "../../../service/worker/link.ts";
import { freePort } from "../../lib/freePort.ts";
import { NO_POSTGRES, TestPostgres } from "../../lib/postgres.ts";
import { TestProcess } from "../../lib/processes.ts";
import { CIRCUITS, standInBatch, standInProof } from "../../lib/standInFleet.ts";

const NAME = `What a fleet survives${NO_POSTGRES === undefined ? "" : ` (${NO_POSTGRES})`}`;

describe.skipIf(NO_POSTGRES !== undefined)(NAME, () => {
  let postgres: TestPostgres;
  let folder: string;
  let port: number;
  let maps = 0;
  let serving: TestProcess | undefined;
  const open: AsyncDisposable[] = [];

  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "timebandits-fleet-"));
    port = await freePort();
    maps++;
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const url = (): string => `http://127.0.0.1:${port}`;

  async function startServer(batches: number): Promise<TestProcess> {
    const argument = { database: postgres.url, map: `survival ${maps}`, port, batches, folder };
    const server = new TestProcess("standInServerProcess.ts", argument);
    open.push(server);
    serving = server;
    return await server.ready();
  }

  async function startWorkers(prefix: string, count: number, ms: number, lies?: number): Promise<TestProcess> {
    const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    const workers = new TestProcess("standInWorkers.ts", { url: url(), names, ms, lies });
    open.push(workers);
    return await workers.ready();
  }

  const delivered = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".json"));

  async function until(count: number): Promise<void> {
    while (delivered().length < count) {
      if (serving?.ended === true) throw new Error(`the server ended: ${serving.stderr}`);
      await pause(100);
    }
  }

  /** Every batch has its proof, and each is the next of the one before it. */
  function expectWhole(batches: number): void {
    expect(existsSync(join(folder, "aside"))).toBe(false);
    expect(delivered()).toHaveLength(batches);
    for (let n = 1; n <= batches; n++) {
      const batch = standInBatch(n);
      const bundle = bundleFrom(batch.id, JSON.parse(readFileSync(join(folder, `${batch.id}.json`), "utf8")));
      expect(bundle).toEqual(standInProof(batch));
    }
  }

  const link = (name: string): HttpLink => new HttpLink({ server: url(), name, circuits: CIRCUITS });

  async function taken(from: HttpLink): Promise<Job> {
    for (;;) {
      const job = await from.take(new AbortController().signal);
      if (job !== undefined) return job;
    }
  }

  it("kill -9 of workers, server and database, stopped workers, slow ones and liars: 10,000 batches", async () => {
    const all = 10_000;
    let server = await startServer(all);
    const steady = await startWorkers("steady", 8, 5);
    let victims = await startWorkers("victim", 4, 5);
    const stopped = await startWorkers("stopped", 4, 5);
    const liars = await startWorkers("liar", 2, 5, 5);
    const slow = await startWorkers("slow", 1, 500);

    await until(1_000);
    await victims.kill();
    victims = await startWorkers("victim-again", 4, 5);

    await until(2_000);
    await server.kill();
    await pause(1_000);
    server = await startServer(all);

    await until(3_500);
    stopped.signal("SIGSTOP");

    await until(4_500);
    await postgres.kill();
    await pause(3_000);
    await postgres.restart();

    await until(6_000);
    await Promise.all([server.kill(), victims.kill(), postgres.kill()]);
    await postgres.restart();
    server = await startServer(all);
    stopped.signal("SIGCONT");

    await until(8_000);
    await postgres.kill();
    await postgres.restart();
    await until(all);
    expectWhole(all);
    expect(liars.lines.filter((line) => line === "lie").length).toBeGreaterThan(10);
    for (const each of [steady, slow, stopped, liars, server]) expect(each.ended, each.stderr).toBe(false);
  });

  it("a lost worker's batch is with another one within 15 seconds", async () => {
    await startServer(1);
    const lost = await taken(link("lost"));
    const began = Date.now();
    const again = await taken(link("other"));
    expect(again.id).toBe(lost.id);
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it("a worker keeps its batch over a restart of the server, and its proof counts", async () => {
    const first = await startServer(2);
    const worker = link("worker");
    const [kept, handed] = [await taken(worker), await taken(worker)];
    await first.kill();
    await startServer(2);
    expect(await worker.beat(kept)).toBe(true);
    expect(await worker.handIn(handed, bundleJson(standInProof(handed)))).toBe("accepted");
    // The batch stays the worker's, longer than pg-boss waits for a beat.
    for (let i = 0; i < 8; i++) {
      await pause(2_000);
      expect(await worker.beat(kept)).toBe(true);
    }
    expect(await worker.handIn(kept, bundleJson(standInProof(kept)))).toBe("accepted");
    await until(2);
    expectWhole(2);
  });

  it("the batches of a killed server's lost workers are given again within 15 seconds of the new one", async () => {
    const first = await startServer(1);
    const lost = await taken(link("lost"));
    await first.kill();
    await startServer(1);
    const began = Date.now();
    expect((await taken(link("other"))).id).toBe(lost.id);
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it("a second server on one map is refused by name with exit 3, and takes over once the first is dead", async () => {
    const first = await startServer(1);
    const argument = { database: postgres.url, map: `survival ${maps}`, port: 0, batches: 1, folder };
    const second = new TestProcess("standInServerProcess.ts", argument);
    open.push(second);
    expect(await second.exit()).toBe(3);
    expect(second.stderr).toMatch(/another server serves the map/);
    await first.kill();
    await startServer(1);
    const worker = link("worker");
    const job = await taken(worker);
    expect(await worker.handIn(job, bundleJson(standInProof(job)))).toBe("accepted");
    await until(1);
    expectWhole(1);
  });

  it("a worker ten times slower delays its own batch only", async () => {
    await startServer(200);
    await startWorkers("fast", 3, 50);
    await startWorkers("slow", 1, 500);
    const began = Date.now();
    await until(200);
    // Three fast workers alone need 3.4 s. Had every batch waited for the slow one, it would be 100 s.
    expect(Date.now() - began).toBeLessThan(34_000);
    expectWhole(200);
  });
});
