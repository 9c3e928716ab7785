/**
 * Gives batches to workers, and takes their proofs. A proof counts only after it was verified, and only once. Workers
 * are strangers: what they say is checked, and what they have is limited.
 */
import { type Bundle, bundleFrom } from "../../prover/bundles/bundle.ts";
import { EnvironmentError, inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { Assignment, type Offer } from "./assignment.ts";
import { type Lease, Leases } from "./leases.ts";
import type { FleetLimits } from "./limits.ts";
import type { SetAside } from "./proofSource.ts";
import { WorkerRefusedError } from "./refusals.ts";
import { Shares } from "./shares.ts";
import type { ProofVerifier } from "./verifier.ts";
import { OWN_WORKER, type WorkerHello, Workers } from "./workers.ts";
import type { Failure, KeptProof, WorkQueue } from "./workQueue.ts";

/** How often leases are looked through, in milliseconds, and after how many of these the queue hears of them. */
const TICK_MS = 500;
const BEAT_TICKS = 6;
const LONGEST_REASON = 500;

export interface DispatcherParts {
  readonly queue: WorkQueue;
  readonly verifier: ProofVerifier;
  readonly limits: FleetLimits;
  readonly circuits: Readonly<Record<string, string>>;
  /** A verified proof was kept: deliver it. */
  readonly proven: (proof: KeptProof) => void;
  readonly setAside: (batch: SetAside) => void;
  /** Milliseconds, as `Date.now` has them. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Who a worker is: its name for itself, and where its requests come from. The name alone would let a stranger have
 * another's worker set aside, by lying under its name.
 */
function identityOf(name: string, address: string): string {
  return name === OWN_WORKER ? name : `${name}@${address}`;
}

/** What became of a proof that was handed in. */
export type HandedIn = "accepted" | "late";

export class Dispatcher {
  readonly workers: Workers;
  readonly #parts: DispatcherParts;
  readonly #clock: () => number;
  readonly #leases: Leases;
  readonly #shares: Shares;
  readonly #assignment: Assignment;
  /** Proofs that are being verified, by address. */
  readonly #checks = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #beating = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.workers = new Workers(parts.circuits);
    const { queue, limits, clock = Date.now } = parts;
    this.#clock = clock;
    this.#leases = new Leases(clock);
    this.#shares = new Shares(limits.leasesPerAddress, clock);
    this.#assignment = new Assignment({ queue, limits, clock, leases: this.#leases, shares: this.#shares });
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** Ends the waiting of workers. What they have stays theirs. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#assignment.close();
    // Nobody has what is in hand: the next server should not have to wait for it.
    for (const attempt of this.#assignment.inHand) await this.#parts.queue.giveBack(attempt).catch(() => undefined);
  }

  /** The batch's proof is wanted. */
  want(id: string): void {
    this.#shares.want(id);
    this.look();
  }

  /** There may be something to give out. */
  look(): void {
    this.#assignment.look();
  }

  /** Seconds after which a worker that is not heard of has lost its batch. */
  get leaseSeconds(): number {
    return this.#parts.limits.leaseMs / 1_000;
  }

  /** Batches with workers. */
  get active(): number {
    return this.#leases.size;
  }

  /**
   * Asks for a batch, and waits for one.
   * @param address where the request comes from, as a party: an IPv6 network is one
   * @throws WorkerRefusedError
   */
  async take(hello: WorkerHello, address: string, waitMs: number, signal?: AbortSignal): Promise<Offer | undefined> {
    const worker = identityOf(hello.worker, address);
    this.workers.admit(hello, worker);
    const { leasesPerWorker, leasesPerAddress } = this.#parts.limits;
    // Requests that wait count, too: each may get a batch.
    const has = (kind: "worker" | "address", name: string): number =>
      this.#leases.count(kind, name) + this.#assignment.count(kind, name);
    if (has("worker", worker) >= leasesPerWorker) {
      throw new WorkerRefusedError(
        "tooManyLeases",
        `worker ${worker} has ${leasesPerWorker} batches; prove them first`,
      );
    }
    if (has("address", address) >= leasesPerAddress) {
      throw new WorkerRefusedError("tooManyLeases", `the workers of this address have ${leasesPerAddress} batches`);
    }
    return await this.#assignment.wait(worker, address, waitMs, signal);
  }

  /** The worker lives, and works on the batch. @returns false if it may stop */
  async beat(id: string, token: string, name: string, address: string): Promise<boolean> {
    const worker = identityOf(name, address);
    this.workers.requireGood(worker);
    this.workers.heard(worker);
    const lease = this.#leases.get(token) ?? (await this.#resumed(id, token, worker, address));
    if (lease === undefined || lease.batch.id !== id) return false;
    lease.heard = this.#clock();
    this.#shares.heard(address);
    return true;
  }

  /** A lease of the time before this server was started. One that was ended here does not come back. */
  async #resumed(id: string, token: string, worker: string, address: string): Promise<Lease | undefined> {
    const batch = await this.#parts.queue.resume(id, token);
    if (batch === undefined || this.#leases.get(token) !== undefined) return this.#leases.get(token);
    if (this.#leases.past.isOver(id, token)) return undefined;
    return this.#leases.give(batch, token, worker, address);
  }

  /**
   * Takes a proof. It counts if the batch still waits for one, whoever has the batch now.
   * @throws WorkerRefusedError if it is none, or does not hold; the worker is set aside then
   */
  async handIn(id: string, token: string, name: string, address: string, json: unknown): Promise<HandedIn> {
    const worker = identityOf(name, address);
    this.workers.requireGood(worker);
    this.workers.heard(worker);
    const { queue, limits } = this.#parts;
    const lease = this.#leases.get(token);
    if (lease !== undefined) lease.heard = this.#clock();
    const batch = lease?.batch.id === id ? lease.batch : await queue.find(id);
    if (batch === undefined) return "late";
    const checks = this.#checks.get(address) ?? 0;
    if (checks >= limits.checksPerAddress) {
      throw new WorkerRefusedError("tooManyLeases", `${checks} proofs of this address are being verified; wait`);
    }
    this.#checks.set(address, checks + 1);
    let bundle: Bundle;
    try {
      bundle = this.#read(worker, json);
      const fault = await this.#parts.verifier.check(bundle, batch);
      if (fault !== null) throw this.#liar(worker, "wrongProof", `its proof of ${id} is wrong: ${fault}`);
    } finally {
      const left = (this.#checks.get(address) ?? 1) - 1;
      if (left === 0) this.#checks.delete(address);
      else this.#checks.set(address, left);
    }
    const kept = await queue.keep({ id, bundle });
    if (kept) this.#earned(id, worker, address, lease?.batch.id === id ? lease : undefined);
    this.#drop(id);
    if (kept) this.#parts.proven({ id, bundle });
    this.look();
    return kept ? "accepted" : "late";
  }

  /** A proof counts for the address that it comes from, and against those that had the batch before. */
  #earned(id: string, worker: string, address: string, lease: Lease | undefined): void {
    this.#shares.proven(address);
    for (const other of this.#leases.of(id)) {
      const before = lease === undefined || other.since < lease.since;
      if (before && other.address !== address) this.#shares.unproven(other.address);
    }
    const now = this.#clock();
    if (lease !== undefined) this.#assignment.took(now - lease.since);
    else if (this.#leases.past.times(id, worker) > 0) this.#assignment.took(this.#leases.past.heldMs(id, now));
  }

  #read(worker: string, json: unknown): Bundle {
    try {
      return bundleFrom("bundle", json);
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
      throw this.#liar(worker, "malformed", `it handed in what is no bundle: ${error.message}`);
    }
  }

  /** Sets a worker aside, and takes its batches back. */
  #liar(worker: string, reason: "wrongProof" | "malformed", message: string): WorkerRefusedError {
    if (worker === OWN_WORKER) return new WorkerRefusedError(reason, message);
    this.workers.setAside(worker, message);
    for (const lease of this.#leases.ofWorker(worker)) this.#giveBack(lease);
    return new WorkerRefusedError(reason, `worker ${worker} is set aside: ${message}`);
  }

  /** A worker could not prove a batch, or gives it back unproven (without a reason). */
  async fail(id: string, token: string, name: string, address: string, reason?: string): Promise<void> {
    const worker = identityOf(name, address);
    this.workers.requireGood(worker);
    const lease = this.#leases.get(token);
    if (lease === undefined || lease.batch.id !== id || lease.worker !== worker) return;
    if (reason === undefined) {
      this.#giveBack(lease);
      return;
    }
    const failure: Failure = { worker, reason: inOneLine(reason, LONGEST_REASON) };
    const others = this.#leases.of(id).filter((other) => other !== lease);
    // Somebody else is at it. If that one fails, too, it waits again then.
    if (others.length > 0) {
      this.#end(lease);
      return;
    }
    const failures = [...lease.batch.failures, failure];
    const enough = this.#isHopeless(failures);
    await this.#parts.queue.fail(lease.batch, failure, enough);
    this.#end(lease);
    if (enough) this.#parts.setAside({ id, reasons: failures.map((each) => `${each.worker}: ${each.reason}`) });
    this.look();
  }

  /** Three workers failed, or the one in this process did so three times. */
  #isHopeless(failures: readonly Failure[]): boolean {
    const own = failures.filter(({ worker }) => worker === OWN_WORKER).length;
    const different = new Set(failures.map(({ worker }) => worker)).size;
    return Math.max(own, different) >= this.#parts.limits.failures;
  }

  /** The batch is not wanted any more. */
  forget(id: string): void {
    this.#drop(id);
  }

  #drop(id: string): void {
    this.#leases.drop(id);
    this.#shares.drop(id);
    this.#assignment.dropFromHand(new Set([id]));
  }

  /** Ends a lease without a proof. @returns whether nobody has the batch now */
  #end(lease: Lease): boolean {
    this.#shares.unproven(lease.address);
    return this.#leases.end(lease);
  }

  #giveBack(lease: Lease): void {
    if (!this.#end(lease)) return;
    // If the queue is away, it finds by itself that the attempt is not heard of.
    this.#parts.queue
      .giveBack(lease.batch)
      .catch(() => undefined)
      .finally(() => this.look());
  }

  #tick(): void {
    const before = this.#clock() - this.#parts.limits.leaseMs;
    for (const lease of [...this.#leases.all()]) if (lease.heard < before) this.#giveBack(lease);
    // Batches come back by themselves, too: those that another server had.
    if (!this.#assignment.idle) this.look();
    if (++this.#ticks % BEAT_TICKS === 0) void this.#beatAll();
  }

  /** Tells the queue which batches are in work, and lets go of those that are lost. */
  async #beatAll(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    try {
      const held = [...this.#leases.all()].map(({ batch }) => batch);
      const lost = await this.#parts.queue.beat([...held, ...this.#assignment.inHand]);
      for (const lease of [...this.#leases.all()]) {
        if (lost.has(lease.batch.id) && held.includes(lease.batch)) this.#leases.end(lease);
      }
      this.#assignment.dropFromHand(lost);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) console.error(error);
    } finally {
      this.#beating = false;
    }
  }
}
