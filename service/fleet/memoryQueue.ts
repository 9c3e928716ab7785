/** A work queue in the memory of the process. The operator asks again for all its batches after a restart. */
import { randomBytes } from "node:crypto";
import type { Bundle } from "../../prover/bundles/bundle.ts";
import type { SetAside, WantedProof } from "./proofSource.ts";
import type { Attempt, Failure, KeptProof, TakenBatch, WorkQueue } from "./workQueue.ts";

interface Entry {
  readonly batch: WantedProof;
  state: "waiting" | "active" | "setAside" | "proven";
  attempt: number;
  lease: string;
  failures: Failure[];
  bundle: Bundle | undefined;
}

export class MemoryQueue implements WorkQueue {
  readonly mine = true;
  readonly #entries = new Map<string, Entry>();
  /** Ids of waiting batches, the oldest first. */
  readonly #waiting: string[] = [];

  async open(): Promise<{ proofs: KeptProof[]; setAside: SetAside[] }> {
    return { proofs: [], setAside: [] };
  }

  async add(batch: WantedProof): Promise<void> {
    if (this.#entries.has(batch.id)) return;
    const none = { attempt: 0, lease: "", failures: [], bundle: undefined };
    this.#entries.set(batch.id, { batch, state: "waiting", ...none });
    this.#wait(batch);
  }

  async take(most: number): Promise<TakenBatch[]> {
    return this.#waiting.splice(0, most).flatMap((id) => {
      const entry = this.#entries.get(id);
      if (entry === undefined) return [];
      entry.state = "active";
      entry.attempt++;
      entry.lease = randomBytes(16).toString("hex");
      return [taken(entry)];
    });
  }

  async beat(attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    return new Set(attempts.filter((each) => this.#active(each) === undefined).map(({ id }) => id));
  }

  async resume(id: string, lease: string): Promise<TakenBatch | undefined> {
    const entry = this.#entries.get(id);
    return entry?.state === "active" && entry.lease === lease ? taken(entry) : undefined;
  }

  async giveBack(attempt: Attempt): Promise<void> {
    const entry = this.#active(attempt);
    if (entry === undefined) return;
    entry.state = "waiting";
    this.#wait(entry.batch);
  }

  async fail(attempt: Attempt, failure: Failure, setAside: boolean): Promise<void> {
    const entry = this.#active(attempt);
    if (entry === undefined) return;
    entry.failures = [...entry.failures, failure];
    entry.state = setAside ? "setAside" : "waiting";
    if (!setAside) this.#wait(entry.batch);
  }

  async find(id: string): Promise<WantedProof | undefined> {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.state === "proven" ? undefined : entry.batch;
  }

  async keep({ id, bundle }: KeptProof): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.state === "proven") return false;
    this.#unwait(id);
    Object.assign(entry, { state: "proven", bundle });
    return true;
  }

  async delivered(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  async forget(id: string): Promise<void> {
    this.#unwait(id);
    this.#entries.delete(id);
  }

  async retry(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry?.state !== "setAside") return false;
    Object.assign(entry, { state: "waiting", failures: [] });
    this.#wait(entry.batch);
    return true;
  }

  async counts(): Promise<{ waiting: number; active: number; setAside: number }> {
    const counts = { waiting: 0, active: 0, setAside: 0, proven: 0 };
    for (const { state } of this.#entries.values()) counts[state]++;
    const { waiting, active, setAside } = counts;
    return { waiting, active, setAside };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#entries.clear();
    this.#waiting.length = 0;
  }

  #active({ id, attempt }: Attempt): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry?.state === "active" && entry.attempt === attempt ? entry : undefined;
  }

  /** Batches are wanted in order nearly always, so the place is near the end. */
  #wait({ id, firstSeq }: WantedProof): void {
    let at = this.#waiting.length;
    while (at > 0 && (this.#entries.get(this.#waiting[at - 1] ?? "")?.batch.firstSeq ?? 0) > firstSeq) at--;
    this.#waiting.splice(at, 0, id);
  }

  #unwait(id: string): void {
    const at = this.#waiting.indexOf(id);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}

function taken({ batch, attempt, lease, failures }: Entry): TakenBatch {
  return { ...batch, attempt, lease, failures };
}
