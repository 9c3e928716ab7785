/** Who has which batch, and when it was last heard of. */
import type { TakenBatch } from "./workQueue.ts";

/** A batch that a worker has. A slow worker's batch may be given to a second one, with another lease. */
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
  readonly #byToken = new Map<string, Lease>();
  readonly #byBatch = new Map<string, Set<Lease>>();
  readonly #counts = new Map<string, number>();

  add(lease: Lease): void {
    this.#byToken.set(lease.token, lease);
    const holders = this.#byBatch.get(lease.batch.id) ?? new Set();
    this.#byBatch.set(lease.batch.id, holders.add(lease));
    this.#count(lease, 1);
  }

  get(token: string): Lease | undefined {
    return this.#byToken.get(token);
  }

  /** Ends a lease. @returns whether nobody has the batch now */
  remove(lease: Lease): boolean {
    if (!this.#byToken.delete(lease.token)) return false;
    this.#count(lease, -1);
    const holders = this.#byBatch.get(lease.batch.id);
    holders?.delete(lease);
    if ((holders?.size ?? 0) > 0) return false;
    this.#byBatch.delete(lease.batch.id);
    return true;
  }

  all(): Iterable<Lease> {
    return this.#byToken.values();
  }

  of(id: string): readonly Lease[] {
    return [...(this.#byBatch.get(id) ?? [])];
  }

  ofWorker(worker: string): Lease[] {
    return [...this.#byToken.values()].filter((lease) => lease.worker === worker);
  }

  /** Number of leases of a worker, or from an address. */
  count(kind: "worker" | "address", name: string): number {
    return this.#counts.get(`${kind} ${name}`) ?? 0;
  }

  get size(): number {
    return this.#byToken.size;
  }

  #count({ worker, address }: Lease, by: number): void {
    for (const key of [`worker ${worker}`, `address ${address}`]) {
      const next = (this.#counts.get(key) ?? 0) + by;
      if (next === 0) this.#counts.delete(key);
      else this.#counts.set(key, next);
    }
  }
}
