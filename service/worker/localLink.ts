/** The link of the worker that runs in the server's own process. */
import { EnvironmentError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import type { ArtifactFiles } from "../fleet/artifactFiles.ts";
import type { Dispatcher } from "../fleet/dispatcher.ts";
import { WorkerRefusedError } from "../fleet/refusals.ts";
import { OWN_WORKER } from "../fleet/workers.ts";
import { type Job, type Link, LinkError } from "./link.ts";

const ADDRESS = "this process";
const WAIT_MS = 20_000;
const BEAT_SECONDS = 2;

export class LocalLink implements Link {
  readonly #dispatcher: Dispatcher;
  readonly #files: ArtifactFiles;
  readonly #circuits: Readonly<Record<string, string>>;

  constructor(dispatcher: Dispatcher, files: ArtifactFiles, circuits: Readonly<Record<string, string>>) {
    this.#dispatcher = dispatcher;
    this.#files = files;
    this.#circuits = circuits;
  }

  async take(signal: AbortSignal): Promise<Job | undefined> {
    const hello = { worker: OWN_WORKER, version: PROTOCOL_VERSION, circuits: this.#circuits };
    const offer = await away(() => this.#dispatcher.take(hello, ADDRESS, WAIT_MS, signal));
    if (offer === undefined) return undefined;
    const { batch, lease } = offer;
    const { id, profile, work } = batch;
    return { id, lease, profile, beatSeconds: BEAT_SECONDS, artifacts: await this.#files.names(profile), work };
  }

  async beat({ id, lease }: Job): Promise<boolean> {
    return await away(() => this.#dispatcher.beat(id, lease, OWN_WORKER, ADDRESS));
  }

  async handIn({ id, lease }: Job, bundle: object): Promise<"accepted" | "late"> {
    try {
      return await away(() => this.#dispatcher.handIn(id, lease, OWN_WORKER, ADDRESS, bundle));
    } catch (error) {
      if (!(error instanceof WorkerRefusedError)) throw error;
      // The engine here is at fault. Another worker may do better.
      await away(() => this.#dispatcher.fail(id, lease, OWN_WORKER, ADDRESS, error.message));
      return "late";
    }
  }

  async giveBack({ id, lease }: Job, reason?: string): Promise<void> {
    await away(() => this.#dispatcher.fail(id, lease, OWN_WORKER, ADDRESS, reason));
  }
}

/** The database may be away, and come back. */
async function away<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EnvironmentError) throw new LinkError(error.message, { cause: error });
    if (error instanceof WorkerRefusedError && error.reason === "tooManyLeases") throw new LinkError(error.message);
    throw error;
  }
}
