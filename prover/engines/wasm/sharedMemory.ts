/**
 * The vectors that threads hand to each other, used again by the next proof. A thread that was sent one keeps it until
 * it next collects its garbage, of which it makes so little that with new ones for each proof those of several proofs
 * would be there at a time.
 */
export class SharedMemory {
  readonly #free = new Map<number, SharedArrayBuffer[]>();

  /** For one proof. Dispose of the loan when no thread uses any of it. */
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

  /** So many bytes, with anything in them. */
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
