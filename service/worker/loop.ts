/** What a worker does: asks for batches, proves them, hands the proofs in. Several batches are under way at once. */
import { setTimeout as pause } from "node:timers/promises";
import { type Bundle, bundleJson } from "../../prover/bundles/bundle.ts";
import { SentAwayError } from "./httpLink.ts";
import { type Job, type Link, LinkError } from "./link.ts";

/** What a worker tells. */
export type WorkerEvent =
  | { readonly type: "taken" | "accepted" | "late" | "lost" | "givenBack"; readonly id: string }
  | { readonly type: "failed"; readonly id: string; readonly reason: string }
  | { readonly type: "away"; readonly reason: string };

export interface LoopOptions {
  readonly link: Link;
  /** Proves a batch. @throws LinkError if it needed the server in vain */
  readonly prove: (job: Job) => Promise<Bundle>;
  /** Batches under way at once. */
  readonly jobs: number;
  /** Ends the work: what is nearly done is finished, everything else is given back. */
  readonly signal: AbortSignal;
  /** Ends after one batch. */
  readonly once?: boolean;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Time for a proof under way after the signal, in milliseconds. */
const GRACE_MS = 5_000;

/** @throws SentAwayError if the server refuses the worker */
export async function workLoop(options: LoopOptions): Promise<void> {
  const refused = new AbortController();
  const signal = AbortSignal.any([options.signal, refused.signal]);
  const late = lateBy(signal, GRACE_MS);
  const lanes = Array.from({ length: options.once === true ? 1 : options.jobs }, async () => {
    try {
      await new Lane({ ...options, signal }, late).run();
    } catch (error) {
      refused.abort(error);
      throw error;
    }
  });
  const ended = await Promise.allSettled(lanes);
  const failure = ended.find((end) => end.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

class Lane {
  readonly #options: LoopOptions;
  /** Comes after the signal: what is nearly done may be finished until then. */
  readonly #late: AbortSignal;

  constructor(options: LoopOptions, late: AbortSignal) {
    this.#options = options;
    this.#late = late;
  }

  async run(): Promise<void> {
    const { signal, once, link } = this.#options;
    while (!signal.aborted) {
      const job = await this.#patiently(() => link.take(signal), signal);
      if (job === undefined) continue;
      this.#tell({ type: "taken", id: job.id });
      const timer = setInterval(() => void this.#beat(job), 1_000 * job.beatSeconds);
      try {
        await this.#do(job);
      } finally {
        clearInterval(timer);
      }
      if (once === true) return;
    }
  }

  async #do(job: Job): Promise<void> {
    const { link, prove, signal } = this.#options;
    let bundle: Bundle | undefined;
    try {
      bundle = await unlessAborted(prove(job), this.#late);
    } catch (error) {
      // A server that was away when a key was asked for is no fault of the batch.
      const reason = error instanceof LinkError ? undefined : messageOf(error);
      this.#tell(
        reason === undefined ? { type: "away", reason: messageOf(error) } : { type: "failed", id: job.id, reason },
      );
      await this.#patiently(() => link.giveBack(job, reason), signal);
      await pause(FIRST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      return;
    }
    if (bundle === undefined) {
      await link.giveBack(job).catch(() => undefined);
      this.#tell({ type: "givenBack", id: job.id });
      return;
    }
    const json = bundleJson(bundle);
    const result = await this.#patiently(() => link.handIn(job, json), this.#late);
    if (result !== undefined) this.#tell({ type: result, id: job.id });
  }

  async #beat(job: Job): Promise<void> {
    try {
      if (!(await this.#options.link.beat(job))) this.#tell({ type: "lost", id: job.id });
    } catch {
      // The next beat tries again. If the lease is lost meanwhile, the proof may still be wanted.
    }
  }

  /** Calls again while the server is away, with growing pauses. @returns undefined once the signal is aborted */
  async #patiently<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    for (let ms = FIRST_PAUSE_MS; !signal.aborted; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
      try {
        return await call();
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!(error instanceof LinkError)) throw error;
        this.#tell({ type: "away", reason: error.message });
      }
      // Many workers lose a server at the same time. They should not come back at the same time.
      await pause(ms * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  #tell(event: WorkerEvent): void {
    this.#options.onEvent?.(event);
  }
}

/** The result; undefined if the signal came first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let end = (): void => undefined;
  const ended = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** A signal that comes later. */
function lateBy(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const later = (): void => {
    setTimeout(() => late.abort(), ms).unref();
  };
  if (signal.aborted) later();
  else signal.addEventListener("abort", later, { once: true });
  return late.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export { SentAwayError };
