/** What the dispatcher allows. */

/** Times in milliseconds. */
export interface FleetLimits {
  /** A lease that is not heard of for so long is lost. */
  readonly leaseMs: number;
  /**
   * Most batches that one worker, or the workers of one address, may have, those included that they wait for. While
   * another address is around, an address may have fewer: see `Shares`.
   */
  readonly leasesPerWorker: number;
  readonly leasesPerAddress: number;
  /** Most proofs of one address that are verified at the same time. */
  readonly checksPerAddress: number;
  /** Different workers that must fail at a batch before it is set aside. */
  readonly failures: number;
  /** Pause before a worker gets a batch again that it failed at, if nobody else takes it. Doubled each time. */
  readonly retryMs: number;
  /** A batch in work for so long, and ten times as long as usual, is late: it is given to others in any case. */
  readonly stragglerMs: number;
  /** An idle worker gets no batch that another one has for less than this. */
  readonly soonestDoubleMs: number;
}

/** The limits where none are given. */
export const FLEET_LIMITS: FleetLimits = {
  leaseMs: 10_000,
  leasesPerWorker: 8,
  leasesPerAddress: 256,
  checksPerAddress: 64,
  failures: 3,
  retryMs: 5_000,
  stragglerMs: 60_000,
  soonestDoubleMs: 2_000,
};
