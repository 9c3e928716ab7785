/** Places that parties hold for a while: so many for each, and so many for all. */

/** Counts who holds how many. */
export class Places {
  readonly #each: number;
  readonly #all: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  /** @param each most places of one party @param all most places of all parties */
  constructor(each: number, all = Number.POSITIVE_INFINITY) {
    this.#each = each;
    this.#all = all;
  }

  /** Places that are held now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a place.
   * @returns a function to call when the place is free again; undefined if there is none
   */
  take(party: string): (() => void) | undefined {
    const before = this.#held.get(party) ?? 0;
    if (before >= this.#each || this.#taken >= this.#all) return undefined;
    this.#held.set(party, before + 1);
    this.#taken++;
    let free = false;
    return () => {
      if (free) return;
      free = true;
      this.#taken--;
      const left = (this.#held.get(party) ?? 1) - 1;
      if (left > 0) this.#held.set(party, left);
      else this.#held.delete(party);
    };
  }
}
