/**
 * A double-ended queue of numbers in shared memory (Chase and Lev, "Dynamic circular work-stealing deque", SPAA 2005;
 * bounded, so nothing ever moves). One thread owns it, and pushes and pops at the bottom. Other threads take at the
 * top.
 *
 * Both counters only grow. They are 32-bit numbers that wrap around, so only their difference counts. Atomics are
 * sequentially consistent, and the argument needs this in one place: `pop` lowers the bottom and then reads the top; a
 * thief reads the top and then the bottom. So for the last number, at least one of them sees the other's change. If
 * both still claim it, raising the top by compareExchange decides. A thief reads its slot before it has won it. The
 * owner overwrites a slot only after the top has passed it, and then the thief's compareExchange fails.
 */

/** Counters, in 32-bit words before the slots. */
const TOP = 0;
const BOTTOM = 1;
const HEADER = 2;

/** A thief's result when another thread was faster: there may be more numbers. */
export const LOST = "lost";

export class Deque {
  readonly #words: Int32Array;
  readonly #mask: number;

  /**
   * @param memory zeros at first, shared by all sides
   * @param offset in bytes
   * @param capacity most numbers that it holds, a power of two
   */
  constructor(memory: SharedArrayBuffer, offset: number, capacity: number) {
    this.#words = new Int32Array(memory, offset, HEADER + capacity);
    this.#mask = capacity - 1;
  }

  /** Bytes of a deque of this capacity. */
  static bytes(capacity: number): number {
    return 4 * (HEADER + capacity);
  }

  /** Approximate number of entries, as other threads may be changing it. */
  get size(): number {
    return Math.max(0, (Atomics.load(this.#words, BOTTOM) - Atomics.load(this.#words, TOP)) | 0);
  }

  /** Puts a number at the bottom. Only the owner calls this. False if the deque is full. */
  push(value: number): boolean {
    const bottom = Atomics.load(this.#words, BOTTOM);
    if (((bottom - Atomics.load(this.#words, TOP)) | 0) > this.#mask) return false;
    Atomics.store(this.#words, this.#slot(bottom), value);
    // Makes the number visible to thieves.
    Atomics.store(this.#words, BOTTOM, (bottom + 1) | 0);
    return true;
  }

  /** Takes the number pushed last. Only the owner calls this. Undefined if the deque is empty. */
  pop(): number | undefined {
    const bottom = (Atomics.load(this.#words, BOTTOM) - 1) | 0;
    Atomics.store(this.#words, BOTTOM, bottom);
    const top = Atomics.load(this.#words, TOP);
    const left = (bottom - top) | 0;
    if (left > 0) return Atomics.load(this.#words, this.#slot(bottom));
    // At most one number is left: thieves may take it too.
    const won = left === 0 && Atomics.compareExchange(this.#words, TOP, top, (top + 1) | 0) === top;
    const value = won ? Atomics.load(this.#words, this.#slot(bottom)) : undefined;
    Atomics.store(this.#words, BOTTOM, (bottom + 1) | 0);
    return value;
  }

  /**
   * Takes the number pushed first. Any thread can call this. Undefined if the deque is empty, {@link LOST} if another
   * thread was faster.
   */
  steal(): number | typeof LOST | undefined {
    const top = Atomics.load(this.#words, TOP);
    const bottom = Atomics.load(this.#words, BOTTOM);
    if (((bottom - top) | 0) <= 0) return undefined;
    const value = Atomics.load(this.#words, this.#slot(top));
    return Atomics.compareExchange(this.#words, TOP, top, (top + 1) | 0) === top ? value : LOST;
  }

  /** Repeats {@link steal} until its result is not {@link LOST}. */
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
