/** A proof source that has a queue, a verifier and a dispatcher: proofs come from workers. */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { Dispatcher } from "./dispatcher.ts";
import { FLEET_LIMITS, type FleetLimits } from "./limits.ts";
import { patiently } from "./patience.ts";
import type { ProofCounts, ProofListener, ProofSource, WantedProof } from "./proofSource.ts";
import type { ProofVerifier } from "./verifier.ts";
import type { KeptProof, WorkQueue } from "./workQueue.ts";

/** What a fleet is made of. */
export interface FleetParts {
  readonly queue: WorkQueue;
  readonly verifier: ProofVerifier;
  /** Hash of each circuit of the map, by the profile's name. A worker must have the same. */
  readonly circuits: Readonly<Record<string, string>>;
  readonly limits?: Partial<FleetLimits>;
  /** Milliseconds, as `Date.now` has them. */
  readonly clock?: () => number;
}

/**
 * Proofs from workers.
 *
 *     const fleet = new Fleet({ queue: new MemoryQueue(), verifier, circuits });
 *     await fleet.start(listener);
 *     await fleet.want(batch);
 */
export class Fleet implements ProofSource {
  readonly dispatcher: Dispatcher;
  readonly #queue: WorkQueue;
  readonly #verifier: ProofVerifier;
  readonly #stop = new AbortController();
  readonly #forgotten = new Set<string>();
  readonly #delivering = new Set<Promise<void>>();
  #listener: ProofListener | undefined;

  constructor({ queue, verifier, circuits, limits = {}, clock }: FleetParts) {
    this.#queue = queue;
    this.#verifier = verifier;
    this.dispatcher = new Dispatcher({
      queue,
      verifier,
      circuits,
      limits: { ...FLEET_LIMITS, ...limits },
      clock,
      proven: (proof) => this.#deliver(proof),
      setAside: (batch) => this.#listener?.setAside(batch),
    });
  }

  /** @throws EnvironmentError if the database is away, or another server serves the map */
  async start(listener: ProofListener): Promise<void> {
    this.#listener = listener;
    const { proofs, setAside } = await this.#queue.open();
    for (const proof of proofs) this.#deliver(proof);
    for (const batch of setAside) listener.setAside(batch);
    this.dispatcher.start();
  }

  /** Waits while the database is away. @throws EnvironmentError if the fleet is closed meanwhile */
  async want(batch: WantedProof): Promise<void> {
    this.#forgotten.delete(batch.id);
    await patiently(() => this.#queue.add(batch), this.#stop.signal);
    this.dispatcher.want(batch.id);
  }

  async forget(id: string): Promise<void> {
    this.#forgotten.add(id);
    this.dispatcher.forget(id);
    await patiently(() => this.#queue.forget(id), this.#stop.signal);
    this.dispatcher.forget(id);
  }

  async retry(id: string): Promise<boolean> {
    const revived = await patiently(() => this.#queue.retry(id), this.#stop.signal);
    if (revived) this.dispatcher.look();
    return revived;
  }

  async counts(): Promise<ProofCounts> {
    const { workers } = this.dispatcher;
    const none = { waiting: 0, active: this.dispatcher.active, setAside: 0 };
    const counts = await this.#queue.counts().catch(() => none);
    return { ...counts, workers: workers.here, workersSetAside: workers.refused };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new EnvironmentError("closed", "the fleet was closed"));
    await this.dispatcher.close();
    await Promise.allSettled(this.#delivering);
    await this.#verifier[Symbol.asyncDispose]();
    await this.#queue[Symbol.asyncDispose]();
  }

  /** Delivers until it is taken: what the listener refuses for now, as with a full disk, is delivered again. */
  #deliver(proof: KeptProof): void {
    const delivering = this.#delivered(proof).catch(() => undefined);
    this.#delivering.add(delivering);
    void delivering.finally(() => this.#delivering.delete(delivering));
  }

  async #delivered({ id, bundle }: KeptProof): Promise<void> {
    const { signal } = this.#stop;
    await patiently(
      () => this.#tell(id, bundle),
      signal,
      () => true,
    );
    this.dispatcher.forget(id);
    await patiently(() => this.#queue.delivered(id), signal);
  }

  async #tell(id: string, bundle: Bundle): Promise<void> {
    if (!this.#forgotten.has(id)) await this.#listener?.proven(id, bundle);
  }
}
