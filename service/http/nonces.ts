/** Nonces of requests that were taken, until they could not be taken again anyway. */

/** Remembers nonces for each program. Only requests with a valid signature are entered, so nobody fills another's. */
export class Nonces {
  readonly #most: number;
  /** By program: nonce, and the second after which it is void. In the order of arrival. */
  readonly #seen = new Map<number, Map<bigint, number>>();

  /** @param most nonces of one program */
  constructor(most = 20_000) {
    this.#most = most;
  }

  /** Whether the program has used the nonce. */
  has(program: number, nonce: bigint): boolean {
    return this.#seen.get(program)?.has(nonce) ?? false;
  }

  /**
   * Enters a nonce.
   * @returns "taken" if it was there already, "full" if the program has too many that are not void yet
   */
  enter(program: number, nonce: bigint, expires: number, now: number): "new" | "taken" | "full" {
    const seen = this.#seen.get(program) ?? new Map<bigint, number>();
    if (seen.has(nonce)) return "taken";
    if (seen.size >= this.#most / 2) this.#clean(seen, now);
    if (seen.size >= this.#most) return "full";
    seen.set(nonce, expires);
    this.#seen.set(program, seen);
    return "new";
  }

  /** Forgets what is void. */
  clean(now: number): void {
    for (const [program, seen] of this.#seen) {
      this.#clean(seen, now);
      if (seen.size === 0) this.#seen.delete(program);
    }
  }

  #clean(seen: Map<bigint, number>, now: number): void {
    for (const [nonce, expires] of seen) if (expires < now) seen.delete(nonce);
  }
}
