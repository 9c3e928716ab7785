/** Who has which batch, and when it was last heard of. */
import { Holdings } from "./holdings.ts";
import type { TakenBatch } from "./workQueue.ts";

/** A batch that a worker has. A slow worker's batch may be given to others too, each with another lease. */
export interface Lease {
  readonly token: string;
  readonly batch: TakenBatch;
  readonly worker: string;
  /** Where the worker's requests come from. */
  readonly address: string;
  readonly since: number;
  heard: number;
}

export class Leases {
  /** What became of earlier leases of the batches. */
  readonly past = new Holdings();
  readonly #byToken = new Map<string, Lease>();
  readonly #byBatch = new Map<string, Set<Lease>>();
  readonly #counts = new Map<string, number>();
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** A worker gets a batch. */
  give(batch: TakenBatch, token: string, worker: string, address: string): Lease {
    const now = this.#clock();
    const lease: Lease = { token, batch, worker, address, since: now, heard: now };
    this.#byToken.set(token, lease);
    const holders = this.#byBatch.get(batch.id) ?? new Set();
    this.#byBatch.set(batch.id, holders.add(lease));
    this.past.begin(batch.id, now);
    this.#count(lease, 1);
    return lease;
  }

  get(token: string): Lease | undefined {
    return this.#byToken.get(token);
  }

  /** Ends a lease that brought no proof. @returns whether nobody has the batch now */
  end(lease: Lease): boolean {
    if (!this.#remove(lease)) return false;
    const last = !this.#byBatch.has(lease.batch.id);
    this.past.end(lease, last, this.#clock());
    return last;
  }

  /** The batch is proven, or not wanted any more. */
  drop(id: string): void {
    for (const lease of this.of(id)) this.#remove(lease);
    this.past.drop(id);
  }

  all(): Iterable<Lease> {
    return this.#byToken.values();
  }

  of(id: string): readonly Lease[] {
    return [...(this.#byBatch.get(id) ?? [])];
  }

  /** The batches that workers have. */
  batches(): TakenBatch[] {
    return [...this.#byBatch.values()].flatMap((holders) => {
      const [lease] = holders;
      return lease === undefined ? [] : [lease.batch];
    });
  }

  ofWorker(worker: string): Lease[] {
    return [...this.#byToken.values()].filter((lease) => lease.worker === worker);
  }

  /** Number of leases of a worker, or from an address. */
  count(kind: "worker" | "address", name: string): number {
    return this.#counts.get(`${kind} ${name}`) ?? 0;
  }

  /** Number of batches that workers have. */
  get held(): number {
    return this.#byBatch.size;
  }

  get size(): number {
    return this.#byToken.size;
  }

  #remove(lease: Lease): boolean {
    if (!this.#byToken.delete(lease.token)) return false;
    this.#count(lease, -1);
    const holders = this.#byBatch.get(lease.batch.id);
    holders?.delete(lease);
    if (holders?.size === 0) this.#byBatch.delete(lease.batch.id);
    return true;
  }

  #count({ worker, address }: Lease, by: number): void {
    for (const key of [`worker ${worker}`, `address ${address}`]) {
      const next = (this.#counts.get(key) ?? 0) + by;
      if (next === 0) this.#counts.delete(key);
      else this.#counts.set(key, next);
    }
  }
}
