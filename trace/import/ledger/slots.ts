/** Free slots of one program's memory. The lowest free slot comes first: low slots lie near the top of its tree. */
import type { MemorySlot } from "../../effects/effects.ts";
import { SLOTS } from "../../layout.ts";

export class Slots {
  readonly #taken = new Uint8Array(SLOTS);
  #used = 0;
  #lowest = 1;

  /** Number of free slots. */
  get free(): number {
    return SLOTS - 1 - this.#used;
  }

  /** Takes the lowest free slot. @throws Error if there is none: callers ask `free` first */
  take(): MemorySlot {
    for (let slot = this.#lowest; slot < SLOTS; slot++) {
      if (this.#taken[slot] === 1) continue;
      this.mark(slot);
      this.#lowest = slot + 1;
      return slot;
    }
    throw new Error("the program has no free slot");
  }

  /** Marks a slot as taken. */
  mark(slot: MemorySlot): void {
    if (this.#taken[slot] === 0) this.#used++;
    this.#taken[slot] = 1;
  }

  /** Gives a slot back. */
  release(slot: MemorySlot): void {
    if (this.#taken[slot] === 1) this.#used--;
    this.#taken[slot] = 0;
    this.#lowest = Math.min(this.#lowest, slot);
  }
}
