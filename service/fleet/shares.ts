/**
 * How many of the wanted batches one address may have, so that none has all of them. An address that is alone may have
 * all. While another one is around, each may have a quarter, and one more for each proof that it handed in. Each batch
 * that it had in vain halves what its proofs earned.
 */

/** Part of the wanted batches that every address may have, and the least number of that. */
const PART = 1 / 4;
const LEAST = 4;
/** An address is around for so long after it asked for a batch or worked on one, in milliseconds. */
const AROUND_MS = 60_000;
/** More addresses are not kept. The one that was heard of least lately is dropped. */
const MOST_ADDRESSES = 10_000;

export class Shares {
  readonly #wanted = new Set<string>();
  /** By address, the one that was heard of last at the end. */
  readonly #earned = new Map<string, number>();
  readonly #most: number;
  readonly #clock: () => number;
  /** The address that was heard of last, and the last one that was another. */
  #last = { address: "", at: Number.NEGATIVE_INFINITY };
  #other = this.#last;

  /** @param most no address earns more batches than this */
  constructor(most: number, clock: () => number = Date.now) {
    this.#most = most;
    this.#clock = clock;
  }

  /** A proof of the batch is wanted. */
  want(id: string): void {
    this.#wanted.add(id);
  }

  /** The batch is proven, or not wanted any more. */
  drop(id: string): void {
    this.#wanted.delete(id);
  }

  /** An address asks for a batch, or works on one. */
  heard(address: string): void {
    if (this.#last.address !== address) this.#other = this.#last;
    this.#last = { address, at: this.#clock() };
    this.#set(address, this.#earned.get(address) ?? 0);
  }

  /** An address handed in the proof of a batch. */
  proven(address: string): void {
    this.#set(address, Math.min(this.#most, (this.#earned.get(address) ?? 0) + 1));
  }

  /** An address had a batch in vain. */
  unproven(address: string): void {
    this.#set(address, (this.#earned.get(address) ?? 0) >> 1);
  }

  /**
   * Batches that an address may have at the same time.
   * @param known batches that are known to wait or to be with workers; more may be wanted
   */
  most(address: string, known: number): number {
    const { at } = this.#last.address === address ? this.#other : this.#last;
    if (this.#clock() - at > AROUND_MS) return Number.POSITIVE_INFINITY;
    const part = Math.ceil(PART * Math.max(known, this.#wanted.size));
    return Math.max(LEAST, part) + (this.#earned.get(address) ?? 0);
  }

  #set(address: string, earned: number): void {
    this.#earned.delete(address);
    this.#earned.set(address, earned);
    const [oldest] = this.#earned.keys();
    if (this.#earned.size > MOST_ADDRESSES && oldest !== undefined) this.#earned.delete(oldest);
  }
}
