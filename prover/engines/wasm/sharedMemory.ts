/**
 * The vectors that threads pass to each other, reused by the next proof. A thread keeps a vector that it was sent until
 * its next garbage collection. Threads make little garbage, so with new vectors for each proof those of several proofs
 * would be in memory at once.
 */
export class SharedMemory {
  readonly #free = new Map<number, SharedArrayBuffer[]>();

  /** Lends memory for one proof. Dispose of the loan when no thread uses any of it. */
  lend(): Loan {
    return new Loan(this.#free);
  }
}

export class Loan {
  readonly #free: Map<number, SharedArrayBuffer[]>;
  readonly #taken: SharedArrayBuffer[] = [];

  constructor(free: Map<number, SharedArrayBuffer[]>) {
    this.#free = free;
  }

  /** `bytes` bytes with arbitrary content. */
  take(bytes: number): SharedArrayBuffer {
    const buffer = this.#free.get(bytes)?.pop() ?? new SharedArrayBuffer(bytes);
    this.#taken.push(buffer);
    return buffer;
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#taken.splice(0)) {
      const { byteLength } = buffer;
      const same = this.#free.get(byteLength);
      if (same === undefined) this.#free.set(byteLength, [buffer]);
      else same.push(buffer);
    }
  }
}
