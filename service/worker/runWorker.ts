/** A worker: proves batches of a server, on any machine. It holds no secret. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Engine } from "../../prover/engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../prover/engines/index.ts";
import { usualJobs } from "../../prover/prove.ts";
import { WorkProver } from "../../prover/work/proveWork.ts";
import { ArtifactStore, ownCircuits } from "./artifactStore.ts";
import { HttpLink } from "./httpLink.ts";
import type { Job } from "./link.ts";
import { type WorkerEvent, workLoop } from "./loop.ts";

export { SentAwayError, type WorkerEvent } from "./loop.ts";

/** Options of a worker. */
export interface WorkerOptions {
  /** Where the server is, as in `https://map.example:8080`. */
  readonly server: string;
  /** The server's worker token, if it has one. */
  readonly token?: string | undefined;
  /** The worker's name; by default the machine's, with a random part. */
  readonly name?: string | undefined;
  /** Name of the engine, or an engine; by default the first available one. It is closed afterwards. */
  readonly engine?: string | Engine | undefined;
  /** Batches under way at once; by default `usualJobs()`. The engine proves one of them at a time. */
  readonly jobs?: number | undefined;
  /** Ends after one batch. */
  readonly once?: boolean | undefined;
  /** Ends the worker: a proof that is nearly made is handed in, everything else is given back. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each batch: taken, accepted, late, failed, given back; and that the server is away. */
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/**
 * Works until the signal comes. It waits while the server is away.
 *
 *     await runWorker({ server: "https://map.example:8080", signal });
 *
 * @throws SentAwayError if the server refuses the worker: another version or circuit, or a wrong proof;
 *   EnvironmentError if the engine cannot run here
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { engine: wanted = ENGINE_NAMES[0] ?? "", server, token, jobs = usualJobs(), once = false } = options;
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  const name = options.name ?? workerName();
  await requireAvailable(engine);
  const link = new HttpLink({ server, token, name, circuits: await ownCircuits() });
  const store = new ArtifactStore((hash) => link.artifact(hash));
  const { prove, close } = proverOf(engine, store, jobs);
  try {
    const signal = options.signal ?? new AbortController().signal;
    await workLoop({ link, prove, jobs, once, signal, onEvent: options.onEvent });
  } finally {
    await close();
  }
}

/** Proves jobs with an engine and the artifacts of a store. */
export function proverOf(
  engine: Engine,
  store: Pick<ArtifactStore, "artifacts">,
  jobs: number,
): { prove: (job: Job) => ReturnType<WorkProver["prove"]>; close: () => Promise<void> } {
  /** What the server said of each work's files, until the artifacts are asked for. */
  const said = new Map<string, Job>();
  const prover = new WorkProver({
    engine,
    threads: jobs,
    artifacts: (work) => store.artifacts(said.get(keyOf(work)) as Job, work),
  });
  const prove = async (job: Job) => {
    said.set(job.profile, job);
    return await prover.prove(await prover.prepare(job.work));
  };
  return { prove, close: () => prover.close() };
}

const keyOf = (work: { profile: string }): string => work.profile;

/** A name that no other worker has. */
function workerName(): string {
  const host =
    hostname()
      .replace(/[^\w.-]/g, "-")
      .slice(0, 40) || "worker";
  return `${host}-${randomBytes(4).toString("hex")}`;
}
