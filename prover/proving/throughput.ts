/** How fast batches are proven, and how long the rest of them will take at that. */
import type { Profile } from "../profiles.ts";

/** What is known after the first batch. */
export interface Throughput {
  /** Wall time of one batch, in seconds, on average over those proven so far. */
  readonly secondsPerBatch: number;
  /** For the batches that are still to be proven. */
  readonly secondsLeft: number;
}

/**
 * A proof takes time by its constraints, and those come with rows and nodes: 4, 13 and 41 s were measured for 32, 124
 * and 368 of them.
 */
const weightOf = ({ rows, nodes }: Profile): number => rows + nodes;

/** Listens to batches being proven, in their order. Those that overlap count once: from the end of the one before. */
export class ThroughputEstimate {
  readonly #batches: readonly { readonly profile: Profile; readonly proven: boolean }[];
  readonly #clock: () => number;
  /** Weight of what is to be proven, and of what is proven, which took so many seconds. */
  #left: number;
  #done = 0;
  #seconds = 0;
  #proven = 0;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * @param batches every batch of the run, and whether it seems to be proven already
   * @param clock in seconds
   */
  constructor(
    batches: readonly { readonly profile: Profile; readonly proven: boolean }[],
    clock: () => number = () => performance.now() / 1000,
  ) {
    this.#batches = batches;
    this.#clock = clock;
    this.#left = batches.reduce((sum, { profile, proven }) => sum + (proven ? 0 : weightOf(profile)), 0);
  }

  /**
   * The time, to be given back when the batch on which work begins now is proven. Circuit and keys are there by then.
   */
  begun(): number {
    return this.#clock();
  }

  /** Counts the batch of that index as proven. */
  proven(index: number, begun: number): void {
    const batch = this.#batches[index];
    if (batch === undefined) return;
    const now = this.#clock();
    this.#seconds += now - Math.max(begun, this.#last);
    this.#last = now;
    this.#proven++;
    this.#done += weightOf(batch.profile);
    // One that only seemed to be proven was never counted as left.
    if (!batch.proven) this.#left -= weightOf(batch.profile);
  }

  /** Undefined as long as no batch is proven. */
  now(): Throughput | undefined {
    if (this.#proven === 0) return undefined;
    return {
      secondsPerBatch: this.#seconds / this.#proven,
      secondsLeft: (this.#seconds / this.#done) * this.#left,
    };
  }
}
