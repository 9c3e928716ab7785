/** Token buckets, one for each party: so many at once, and so many a second after that. */

/** How much a party may have. */
export interface Allowance {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens of a party that has rested. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
}

/** Parties remembered. One that was forgotten begins with a full bucket. */
const MOST_PARTIES = 20_000;

/** The buckets of all parties for one limit. */
export class Buckets {
  readonly allowance: Allowance;
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.allowance = allowance;
    this.#now = now;
  }

  /**
   * Takes tokens of a party. Who asks for more than the burst gets none, ever.
   * @returns 0 if they were there, else the seconds to wait; nothing is taken then
   */
  take(party: string, tokens = 1): number {
    const bucket = this.#bucketOf(party);
    if (bucket.tokens >= tokens) {
      bucket.tokens -= tokens;
      return 0;
    }
    return Math.max((tokens - bucket.tokens) / this.allowance.perSecond, 0.001);
  }

  /** Parties remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucketOf(party: string): Bucket {
    const { perSecond, burst } = this.allowance;
    const now = this.#now();
    const known = this.#buckets.get(party);
    // Last used comes last, so the first is the one to forget.
    this.#buckets.delete(party);
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + ((now - known.at) / 1_000) * perSecond);
    const bucket = { tokens, at: now };
    this.#buckets.set(party, bucket);
    if (this.#buckets.size > MOST_PARTIES) this.#forgetOne();
    return bucket;
  }

  #forgetOne(): void {
    for (const party of this.#buckets.keys()) {
      this.#buckets.delete(party);
      return;
    }
  }
}
