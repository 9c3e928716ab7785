/** Speed of proving, and the estimated time for the remaining batches. */
import type { Profile } from "../profiles.ts";

/** The estimate, available after the first batch. */
export interface Throughput {
  /** Wall time of one batch, in seconds, on average over those proven so far. */
  readonly secondsPerBatch: number;
  /** Estimate for the remaining batches. */
  readonly secondsLeft: number;
}

/**
 * The proving time follows the number of constraints, which grows with rows and nodes: 4, 13 and 41 s were measured for
 * 32, 124 and 368 of them.
 */
const weightOf = ({ rows, nodes }: Profile): number => rows + nodes;

/** Estimates proving speed. Overlapping batches are timed from the end of the previous one. */
export class ThroughputEstimate {
  readonly #batches: readonly { readonly profile: Profile; readonly proven: boolean }[];
  readonly #clock: () => number;
  /** Weight of the batches still to prove, and of the proven ones with their seconds. */
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

  /** The time at which work on a batch begins, once circuit and keys are ready. Pass it to {@link proven}. */
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
    // A batch that only seemed to be proven was never counted as left.
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
