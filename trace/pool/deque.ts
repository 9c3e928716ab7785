/**
 * A double-ended queue of numbers in shared memory (Chase and Lev, "Dynamic circular work-stealing deque", SPAA 2005;
 * bounded, so nothing ever moves). One thread owns it: it pushes and pops at the bottom. Any other takes at the top.
 *
 * Both counters only grow, as 32-bit numbers that run over, so what counts is their difference. Atomics are
 * sequentially consistent, and the argument needs it in one place: `pop` first lowers the bottom and then reads the
 * top, a thief reads the top and then the bottom. So for the last number, one of them sees what the other did; if both
 * still believe that it is theirs, raising the top by compareExchange decides. A thief reads its slot before it has won
 * it; the owner writes over a slot only after the top has passed it, in which case the thief's compareExchange fails.
 */

/** Counters, in 32-bit words before the slots. */
const TOP = 0;
const BOTTOM = 1;
const HEADER = 2;

/** What a thief comes back with that was too late: there may be more. */
export const LOST = "lost";

export class Deque {
  readonly #words: Int32Array;
  readonly #mask: number;

  /**
   * @param memory zeros at first, shared by all sides
   * @param offset in bytes
   * @param capacity most numbers in it, a power of two
   */
  constructor(memory: SharedArrayBuffer, offset: number, capacity: number) {
    this.#words = new Int32Array(memory, offset, HEADER + capacity);
    this.#mask = capacity - 1;
  }

  /** Bytes that one of this capacity takes. */
  static bytes(capacity: number): number {
    return 4 * (HEADER + capacity);
  }

  /** About how many there are: others may be at work. */
  get size(): number {
    return Math.max(0, (Atomics.load(this.#words, BOTTOM) - Atomics.load(this.#words, TOP)) | 0);
  }

  /** Puts a number at the bottom. The owner's. False if it is full. */
  push(value: number): boolean {
    const bottom = Atomics.load(this.#words, BOTTOM);
    if (((bottom - Atomics.load(this.#words, TOP)) | 0) > this.#mask) return false;
    Atomics.store(this.#words, this.#slot(bottom), value);
    // Only now may a thief see it.
    Atomics.store(this.#words, BOTTOM, (bottom + 1) | 0);
    return true;
  }

  /** Takes what was pushed last. The owner's. Undefined if there is nothing. */
  pop(): number | undefined {
    const bottom = (Atomics.load(this.#words, BOTTOM) - 1) | 0;
    Atomics.store(this.#words, BOTTOM, bottom);
    const top = Atomics.load(this.#words, TOP);
    const left = (bottom - top) | 0;
    if (left > 0) return Atomics.load(this.#words, this.#slot(bottom));
    // It is the last one, if there is any: thieves may want it too.
    const won = left === 0 && Atomics.compareExchange(this.#words, TOP, top, (top + 1) | 0) === top;
    const value = won ? Atomics.load(this.#words, this.#slot(bottom)) : undefined;
    Atomics.store(this.#words, BOTTOM, (bottom + 1) | 0);
    return value;
  }

  /**
   * Takes what was pushed first. Anybody's. Undefined if there is nothing, {@link LOST} if somebody else was faster.
   */
  steal(): number | typeof LOST | undefined {
    const top = Atomics.load(this.#words, TOP);
    const bottom = Atomics.load(this.#words, BOTTOM);
    if (((bottom - top) | 0) <= 0) return undefined;
    const value = Atomics.load(this.#words, this.#slot(top));
    return Atomics.compareExchange(this.#words, TOP, top, (top + 1) | 0) === top ? value : LOST;
  }

  /** {@link steal} until it is not too late. */
  take(): number | undefined {
    for (;;) {
      const taken = this.steal();
      if (taken !== LOST) return taken;
    }
  }

  #slot(counter: number): number {
    return HEADER + (counter & this.#mask);
  }
}
