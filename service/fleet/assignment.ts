/** Brings waiting workers and waiting batches together. */
import { randomBytes } from "node:crypto";
import { EnvironmentError } from "../../trace/errors.ts";
import type { Leases } from "./leases.ts";
import type { FleetLimits } from "./limits.ts";
import type { Attempt, TakenBatch, WorkQueue } from "./workQueue.ts";

/** A worker that waits for a batch. */
interface Waiter {
  readonly worker: string;
  readonly address: string;
  give(offer: Offer | undefined): void;
}

/** A batch for a worker, with the lease that it gets. */
export interface Offer {
  readonly batch: TakenBatch;
  readonly lease: string;
}

/** A batch that was taken from the queue and waits for a worker that may have it. */
interface InHand {
  readonly batch: TakenBatch;
  readonly since: number;
}

/** Holders of one batch at the same time. */
const MOST_HOLDERS = 2;
/** Durations that the usual one is found from. */
const MOST_DURATIONS = 101;
/** An idle worker doubles a batch that is in work for so many times the usual duration. */
const IDLE_FACTOR = 2;
const STRAGGLER_FACTOR = 10;
/** No batch is doubled before, in milliseconds. */
const SOONEST_DOUBLE_MS = 2_000;

export class Assignment {
  readonly #queue: WorkQueue;
  readonly #leases: Leases;
  readonly #limits: FleetLimits;
  readonly #waiters: Waiter[] = [];
  readonly #hand: InHand[] = [];
  readonly #durations: number[] = [];
  #filling = false;
  #again = false;
  #closed = false;

  constructor(queue: WorkQueue, leases: Leases, limits: FleetLimits) {
    this.#queue = queue;
    this.#leases = leases;
    this.#limits = limits;
  }

  /** Batches that were taken from the queue and are with nobody. */
  get inHand(): readonly Attempt[] {
    return this.#hand.map(({ batch }) => batch);
  }

  get idle(): boolean {
    return this.#waiters.length === 0;
  }

  /** Number of requests that a worker, or an address, waits with. */
  count(kind: "worker" | "address", name: string): number {
    return this.#waiters.filter((waiter) => waiter[kind] === name).length;
  }

  /** Waits for a batch. @returns undefined if there is none in time, or the worker has gone */
  async wait(worker: string, address: string, waitMs: number, signal?: AbortSignal): Promise<Offer | undefined> {
    if (this.#closed || signal?.aborted === true) return undefined;
    return await new Promise<Offer | undefined>((resolve) => {
      const end = (): void => waiter.give(undefined);
      const timer = setTimeout(end, waitMs);
      signal?.addEventListener("abort", end, { once: true });
      const waiter: Waiter = {
        worker,
        address,
        give: (offer) => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", end);
          const at = this.#waiters.indexOf(waiter);
          if (at >= 0) this.#waiters.splice(at, 1);
          resolve(offer);
        },
      };
      this.#waiters.push(waiter);
      this.look();
    });
  }

  /** Looks for batches for those who wait. */
  look(): void {
    this.#again = true;
    if (!this.#filling && !this.#closed) void this.#fill();
  }

  /** Takes batches out of hand. @returns those that were there */
  dropFromHand(ids: ReadonlySet<string>): void {
    for (let at = this.#hand.length - 1; at >= 0; at--) {
      if (ids.has(this.#hand[at]?.batch.id ?? "")) this.#hand.splice(at, 1);
    }
  }

  /** Notes how long a batch took, in milliseconds. */
  took(duration: number): void {
    this.#durations.push(duration);
    if (this.#durations.length > MOST_DURATIONS) this.#durations.shift();
  }

  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.give(undefined);
  }

  async #fill(): Promise<void> {
    this.#filling = true;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        this.#assign();
        if (this.#waiters.length === 0 || !this.#queue.mine) continue;
        const taken = await this.#queue.take(this.#waiters.length);
        const since = Date.now();
        this.#hand.push(...taken.map((batch) => ({ batch, since })));
        this.#assign();
        if (taken.length > 0 && this.#waiters.length > 0) this.#again = true;
        else this.#double();
      }
    } catch (error) {
      // The queue is away. The next look tries again.
      if (!(error instanceof EnvironmentError)) console.error(error);
    } finally {
      this.#filling = false;
    }
  }

  /** Gives what is in hand, the oldest first. */
  #assign(): void {
    if (!this.#queue.mine) return;
    for (const waiter of [...this.#waiters]) {
      const late = this.#straggler(waiter, STRAGGLER_FACTOR, this.#limits.stragglerMs);
      const at = this.#hand.findIndex((item) => this.#mayHave(waiter.worker, item));
      const item = this.#hand[at];
      if (late !== undefined && (item === undefined || late.firstSeq < item.batch.firstSeq)) {
        this.#lease(waiter, late, randomBytes(16).toString("hex"));
      } else if (item !== undefined) {
        this.#hand.splice(at, 1);
        this.#lease(waiter, item.batch, item.batch.lease);
      }
    }
  }

  /** Nothing waits: gives idle workers what is in work for longer than usual. The first proof counts. */
  #double(): void {
    if (!this.#queue.mine) return;
    for (const waiter of [...this.#waiters]) {
      const late = this.#straggler(waiter, IDLE_FACTOR, SOONEST_DOUBLE_MS);
      if (late !== undefined) this.#lease(waiter, late, randomBytes(16).toString("hex"));
    }
  }

  #lease({ worker, address, give }: Waiter, batch: TakenBatch, token: string): void {
    const now = Date.now();
    this.#leases.add({ token, batch, worker, address, since: now, heard: now });
    give({ batch, lease: token });
  }

  /** Another worker comes first. If none does, the same may try again after a growing pause. */
  #mayHave(worker: string, { batch, since }: InHand): boolean {
    const failures = batch.failures.filter((failure) => failure.worker === worker).length;
    return failures === 0 || Date.now() - since >= this.#limits.retryMs * 2 ** Math.min(failures - 1, 6);
  }

  /** The oldest batch that somebody else has for too long. */
  #straggler({ worker }: Waiter, factor: number, leastMs: number): TakenBatch | undefined {
    const sorted = [...this.#durations].sort((a, b) => a - b);
    const usual = sorted[sorted.length >> 1];
    if (usual === undefined) return undefined;
    const before = Date.now() - Math.max(factor * usual, leastMs);
    let found: TakenBatch | undefined;
    for (const { batch, since } of this.#leases.all()) {
      if (since > before || (found !== undefined && found.firstSeq <= batch.firstSeq)) continue;
      const holders = this.#leases.of(batch.id);
      if (holders.length >= MOST_HOLDERS || holders.some((lease) => lease.worker === worker)) continue;
      if (batch.failures.some((failure) => failure.worker === worker)) continue;
      found = batch;
    }
    return found;
  }
}
