/** Makes the proof source of a server: with a database or without, with a worker in this process or without. */
import { setTimeout as pause } from "node:timers/promises";
import { artifactsOf } from "../../prover/artifacts.ts";
import { circuitKey, type OnProgress } from "../../prover/circuit/build.ts";
import type { Engine } from "../../prover/engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../prover/engines/index.ts";
import { mainSource, type Profile, profileOf } from "../../prover/profiles.ts";
import { usualJobs } from "../../prover/prove.ts";
import { LocalLink } from "../worker/localLink.ts";
import { workLoop } from "../worker/loop.ts";
import { proverOf } from "../worker/runWorker.ts";
import { ArtifactFiles } from "./artifactFiles.ts";
import { Fleet } from "./fleet.ts";
import type { FleetLimits } from "./limits.ts";
import { MemoryQueue } from "./memoryQueue.ts";
import type { ProofCounts, ProofListener, ProofSource, WantedProof } from "./proofSource.ts";
import type { WorkerRoutes } from "./routes.ts";
import { BundleVerifier } from "./verifier.ts";

/** What a map's proofs come from. */
export interface FleetOptions {
  /** The profiles of the map. */
  readonly profiles: readonly Profile[];
  /** The map's domain. One database may serve several maps. */
  readonly domain: bigint;
  /** `postgres://…`; without it, the wanted batches are in memory. */
  readonly database?: string | undefined;
  /** Whether this process proves, too; by default only without a database. */
  readonly prove?: boolean | undefined;
  /** As for `proveDirectory`, for the worker in this process. */
  readonly engine?: string | Engine | undefined;
  readonly jobs?: number | undefined;
  readonly limits?: Partial<FleetLimits> | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A proof source, and what the routes for workers need of it. */
export interface OpenFleet {
  readonly source: ProofSource;
  readonly routes: Omit<WorkerRoutes, "token">;
}

/**
 * Makes the proof source of a map.
 *
 *     const { source, routes } = await openFleet({ profiles, domain, database });
 *     await server.register(workerRoutes({ ...routes, token }));
 *
 * @throws EnvironmentError if the engine cannot run here
 */
export async function openFleet(options: FleetOptions): Promise<OpenFleet> {
  const { profiles, domain, database, limits = {}, onProgress } = options;
  const load = (profile: string) => artifactsOf(profileOf(profile), { onProgress });
  const entries = profiles.map(async (each) => [each.name, await circuitKey(mainSource(each))] as const);
  const circuits = Object.fromEntries(await Promise.all(entries));
  // pg-boss needs a newer Node than a map without a database.
  const queue =
    database === undefined
      ? new MemoryQueue()
      : new (await import("./postgres/postgresQueue.ts")).PostgresQueue(database, `${domain}`);
  const fleet = new Fleet({ queue, verifier: new BundleVerifier(load), circuits, limits });
  const files = new ArtifactFiles(load);
  const routes = { dispatcher: fleet.dispatcher, files };
  if (!(options.prove ?? database === undefined)) return { source: fleet, routes };
  const { engine: wanted = ENGINE_NAMES[0] ?? "", jobs = usualJobs() } = options;
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  await requireAvailable(engine);
  const { prove, close } = proverOf(engine, { artifacts: (_job, work) => load(work.profile) }, jobs);
  const link = new LocalLink(fleet.dispatcher, files, circuits);
  const work = (signal: AbortSignal) => workLoop({ link, prove, jobs, signal });
  return { source: new WithOwnWorker(fleet, work, close), routes };
}

/** Pause before the worker in this process begins again after an error. */
const AGAIN_MS = 5_000;

/** A fleet with a worker in this process. */
class WithOwnWorker implements ProofSource {
  readonly #fleet: Fleet;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #close: () => Promise<void>;
  readonly #stop = new AbortController();
  #working: Promise<void> = Promise.resolve();

  constructor(fleet: Fleet, work: (signal: AbortSignal) => Promise<void>, close: () => Promise<void>) {
    this.#fleet = fleet;
    this.#work = work;
    this.#close = close;
  }

  async start(listener: ProofListener): Promise<void> {
    await this.#fleet.start(listener);
    this.#working = this.#keepWorking();
  }

  /** A worker that ended by an error begins again: without it, a server without other workers would stand still. */
  async #keepWorking(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#work(signal).catch((error: unknown) => console.error(error));
      await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  want(batch: WantedProof): Promise<void> {
    return this.#fleet.want(batch);
  }

  forget(id: string): Promise<void> {
    return this.#fleet.forget(id);
  }

  retry(id: string): Promise<boolean> {
    return this.#fleet.retry(id);
  }

  counts(): Promise<ProofCounts> {
    return this.#fleet.counts();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#working;
    await this.#close();
    await this.#fleet[Symbol.asyncDispose]();
  }
}
