/** Brings waiting workers and waiting batches together. */
import { randomBytes } from "node:crypto";
import { EnvironmentError } from "../../trace/errors.ts";
import type { Lease, Leases } from "./leases.ts";
import type { FleetLimits } from "./limits.ts";
import type { Shares } from "./shares.ts";
import { OWN_WORKER } from "./workers.ts";
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

/** What assignment works on. */
export interface AssignmentParts {
  readonly queue: WorkQueue;
  readonly leases: Leases;
  readonly shares: Shares;
  readonly limits: FleetLimits;
  readonly clock: () => number;
}

/** Holders of one batch at the same time that keep it from others. */
const MOST_HOLDERS = 2;
/** Durations that the usual one is found from. */
const MOST_DURATIONS = 101;
/** An idle worker doubles a batch that is in work for so many times the usual duration. */
const IDLE_FACTOR = 2;
const STRAGGLER_FACTOR = 10;
/** A pause is doubled so often at most. */
const MOST_DOUBLINGS = 6;

export class Assignment {
  readonly #queue: WorkQueue;
  readonly #leases: Leases;
  readonly #shares: Shares;
  readonly #limits: FleetLimits;
  readonly #clock: () => number;
  readonly #waiters: Waiter[] = [];
  readonly #hand: InHand[] = [];
  readonly #durations: number[] = [];
  #filling = false;
  #again = false;
  #closed = false;

  constructor({ queue, leases, shares, limits, clock }: AssignmentParts) {
    this.#queue = queue;
    this.#leases = leases;
    this.#shares = shares;
    this.#limits = limits;
    this.#clock = clock;
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
    this.#shares.heard(address);
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
        const room = this.#room();
        const taken = room === 0 ? [] : await this.#queue.take(room);
        const since = this.#clock();
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

  /** Gives what is in hand and what is late, the oldest first. */
  #assign(): void {
    if (!this.#queue.mine || this.#waiters.length === 0) return;
    const lateMs = this.#lateMs();
    const hand = this.#hand.map((item) => ({ item, batch: item.batch }));
    const late = this.#heldFor(lateMs).map((batch) => ({ item: undefined, batch }));
    for (const { item, batch } of [...hand, ...late].sort((a, b) => a.batch.firstSeq - b.batch.firstSeq)) {
      if (item === undefined) this.#giveLate(batch, lateMs);
      else this.#giveFirst(item);
    }
  }

  #giveFirst(item: InHand): void {
    const waiter = this.#choose(item.batch, ({ worker }) => this.#mayHave(worker, item));
    const at = this.#hand.indexOf(item);
    if (waiter === undefined || at < 0) return;
    this.#hand.splice(at, 1);
    this.#lease(waiter, item.batch, item.batch.lease);
  }

  /** However many have a late batch: it can be given on. What keeps nobody from it is ended for that. */
  #giveLate(batch: TakenBatch, lateMs: number): void {
    const may = (waiter: Waiter): boolean =>
      this.#mayDouble(waiter, batch) && (waiter.worker === OWN_WORKER || !this.#isKept(batch, waiter, lateMs));
    for (let waiter = this.#choose(batch, may); waiter !== undefined; waiter = this.#choose(batch, may)) {
      const spent = this.#leases.of(batch.id).filter((lease) => !this.#keeps(lease, lease.worker, lateMs));
      for (const lease of spent.sort((a, b) => a.since - b.since)) {
        if (this.#leases.of(batch.id).length < MOST_HOLDERS) break;
        this.#leases.end(lease);
        this.#shares.unproven(lease.address);
      }
      this.#lease(waiter, batch, randomBytes(16).toString("hex"));
    }
  }

  /** Nothing waits: gives idle workers what is in work for longer than usual. The first proof counts. */
  #double(): void {
    if (!this.#queue.mine || this.#waiters.length === 0) return;
    const lateMs = this.#lateMs();
    const longMs = Math.max(IDLE_FACTOR * this.#usualMs(), this.#limits.soonestDoubleMs);
    for (const batch of this.#heldFor(longMs).sort((a, b) => a.firstSeq - b.firstSeq)) {
      const may = (waiter: Waiter): boolean =>
        this.#mayDouble(waiter, batch) &&
        !this.#isKept(batch, waiter, lateMs) &&
        !batch.failures.some(({ worker }) => worker === waiter.worker);
      for (let waiter = this.#choose(batch, may); waiter !== undefined; waiter = this.#choose(batch, may)) {
        this.#lease(waiter, batch, randomBytes(16).toString("hex"));
      }
    }
  }

  #lease({ worker, address, give }: Waiter, batch: TakenBatch, token: string): void {
    this.#leases.give(batch, token, worker, address);
    give({ batch, lease: token });
  }

  /** Who gets a batch: first an address that never had it, then a worker that never had it, then who waits longest. */
  #choose({ id }: TakenBatch, may: (waiter: Waiter) => boolean): Waiter | undefined {
    const { past } = this.#leases;
    let best: { waiter: Waiter; address: number; worker: number } | undefined;
    for (const waiter of this.#waiters) {
      if (this.#left(waiter.address, waiter.worker) <= 0 || !may(waiter)) continue;
      const [address, worker] = [past.times(id, waiter.address), past.times(id, waiter.worker)];
      const better = best === undefined || address < best.address || (address === best.address && worker < best.worker);
      if (better) best = { waiter, address, worker };
    }
    return best?.waiter;
  }

  /** Batches that an address may have beyond those that it has. This process may have any number. */
  #left(address: string, worker: string): number {
    if (worker === OWN_WORKER) return Number.POSITIVE_INFINITY;
    const known = this.#leases.held + this.#hand.length;
    return this.#shares.most(address, known) - this.#leases.count("address", address);
  }

  /** Batches that those who wait may have. */
  #room(): number {
    const taken = new Map<string, number>();
    for (const { address, worker } of this.#waiters) {
      const before = taken.get(address) ?? 0;
      if (before < this.#left(address, worker)) taken.set(address, before + 1);
    }
    return [...taken.values()].reduce((sum, each) => sum + each, 0);
  }

  /** Another worker comes first. If none does, the same may try again after a growing pause. */
  #mayHave(worker: string, { batch, since }: InHand): boolean {
    const failures = batch.failures.filter((failure) => failure.worker === worker).length;
    return failures === 0 || this.#clock() - since >= this.#pauseMs(failures);
  }

  /** Whether a worker may have a batch that others have. If it had the batch in vain, then after a growing pause. */
  #mayDouble({ worker }: Waiter, { id }: TakenBatch): boolean {
    if (this.#leases.of(id).some((lease) => lease.worker === worker)) return false;
    const times = this.#leases.past.times(id, worker);
    return times === 0 || this.#clock() - this.#leases.past.ended(id, worker) >= this.#pauseMs(times);
  }

  #pauseMs(times: number): number {
    return this.#limits.retryMs * 2 ** Math.min(times - 1, MOST_DOUBLINGS);
  }

  /** Whether enough others have the batch. The workers of another address are one holder, whatever their names. */
  #isKept({ id }: TakenBatch, { address }: Waiter, lateMs: number): boolean {
    const holders = new Set<string>();
    for (const lease of this.#leases.of(id)) {
      const holder = lease.address === address ? lease.worker : lease.address;
      if (this.#keeps(lease, holder, lateMs)) holders.add(holder);
    }
    return holders.size >= MOST_HOLDERS;
  }

  /** A lease keeps a batch from others until it is late, and only the holder's first one does. */
  #keeps({ batch, since }: Lease, holder: string, lateMs: number): boolean {
    return this.#clock() - since < lateMs && this.#leases.past.times(batch.id, holder) === 0;
  }

  /** The batches that were with workers for so long, all their leases together. */
  #heldFor(ms: number): TakenBatch[] {
    const now = this.#clock();
    return this.#leases.batches().filter(({ id }) => this.#leases.past.heldMs(id, now) >= ms);
  }

  #lateMs(): number {
    return Math.max(STRAGGLER_FACTOR * this.#usualMs(), this.#limits.stragglerMs);
  }

  /** The median of the last durations. Before the first proof, the duration at which `stragglerMs` is ten times it. */
  #usualMs(): number {
    const sorted = [...this.#durations].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? this.#limits.stragglerMs / STRAGGLER_FACTOR;
  }
}
