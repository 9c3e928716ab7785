/** Runs of a fleet with stand-in proofs, counted. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PostgresQueue } from "../../service/fleet/postgres/postgresQueue.ts";
import { standInBatch, standInServer } from "../../test/lib/standInFleet.ts";
import type { StandInWorkers } from "../../test/lib/standInWorkers.ts";
import { Chain } from "./chain.ts";

export interface Counted {
  readonly workers: number;
  readonly batches: number;
  /** From the first request of a worker to the last delivered proof. */
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU time of the server's process for each batch, in milliseconds. */
  readonly serverMs: number;
  /** Batches that were not delivered, were accepted more than once, or reached the chain out of their order. */
  readonly lost: number;
  readonly twice: number;
  readonly outOfOrder: number;
}

let maps = 0;

interface Run {
  /** Of the database. */
  readonly url: string;
  readonly waitMs: number;
  readonly batches: number;
}

/** Workers that wait a stated time for each proof. */
export async function measureSpeed({ url, workers, waitMs, batches }: Run & { workers: number }): Promise<Counted> {
  const names = Array.from({ length: workers }, (_, i) => `worker-${i + 1}`);
  const { counted } = await measured({ url, waitMs, batches }, workers, [{ names, ms: waitMs }]);
  return counted;
}

/** Honest workers, and some that lie at every third proof and come back under another name. */
export async function measureLies({
  honest,
  liars,
  ...run
}: Run & { honest: number; liars: number }): Promise<Counted & { told: number; accepted: number }> {
  const named = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what}-${i + 1}`);
  const { counted, told, accepted } = await measured(run, honest + liars, [
    { names: named("honest", honest), ms: run.waitMs },
    { names: named("liar", liars), ms: run.waitMs, lies: 3 },
  ]);
  return { ...counted, told, accepted };
}

async function measured(
  { url, batches }: Run,
  workers: number,
  groups: readonly Omit<StandInWorkers, "url">[],
): Promise<{ counted: Counted; told: number; accepted: number }> {
  const chain = new Chain(batches);
  const queue = new PostgresQueue(url, `fleet ${process.pid} ${++maps}`);
  await using server = await standInServer({ queue, delivered: chain });
  await Promise.all(Array.from({ length: batches }, (_, i) => server.fleet.want(standInBatch(i + 1))));
  let told = 0;
  const children = await Promise.all(groups.map((group) => startWorkers({ ...group, url: server.url }, () => told++)));
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  for (const child of children) child.stdin?.write("go\n");
  await chain.count(batches);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(children.map(stopped));
  const counted: Counted = {
    workers,
    batches,
    seconds,
    perSecond: batches / seconds,
    serverMs: (user + system) / 1_000 / batches,
    lost: batches - chain.times.size,
    twice: chain.twice,
    outOfOrder: chain.outOfOrder,
  };
  return { counted, told, accepted: chain.wrong };
}

/** Starts a process of stand-in workers. @returns it, once it is ready to begin */
async function startWorkers(workers: StandInWorkers, onLie: () => void): Promise<ChildProcess> {
  const program = fileURLToPath(new URL("../../test/lib/standInWorkers.ts", import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(workers)], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the workers' process ended with ${code}`)));
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on("line", (line) => {
      if (line === "ready") resolve();
      else if (line === "lie") onLie();
    });
  });
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 8_000);
  await ended;
  clearTimeout(timer);
}
