/**
 * The wei of one address during the dry run of a call tree, as a few resources in slots of its program. Arriving wei
 * stay beside the present ones and are merged only when needed, so few transitions go into making change.
 */
import type { Effect, MemorySlot } from "../effects/effects.ts";
import { MOST_WEI } from "./evmFlow.ts";

/** A resource of kind wei. */
interface Coin {
  slot: MemorySlot;
  quantity: bigint;
}

/** With this many resources, they are merged before more arrives. */
const COINS = 2;

export class Purse {
  readonly #allocate: () => MemorySlot;
  readonly #ask: (effect: Effect) => void;
  readonly #coins: Coin[] = [];
  /** Slots that held wei before and are empty now. */
  readonly #free: MemorySlot[] = [];

  /**
   * @param allocate gives an unused slot
   * @param ask receives every effect that the program needs to have the right amount at hand
   */
  constructor(allocate: () => MemorySlot, ask: (effect: Effect) => void) {
    this.#allocate = allocate;
    this.#ask = ask;
  }

  /**
   * Slot of a resource of exactly `value`, which is taken out: split off, whole, or merged first. The dry run ensures
   * that there is enough.
   */
  pay(value: bigint): MemorySlot {
    for (;;) {
      const exact = this.#coins.find((coin) => coin.quantity === value);
      if (exact !== undefined) {
        this.#drop(exact);
        return exact.slot;
      }
      const larger = this.#coins.find((coin) => coin.quantity > value);
      if (larger !== undefined) {
        const to = this.#slot();
        this.#split(larger, to, value);
        this.#release(to);
        return to;
      }
      this.#topUp(value);
    }
  }

  /** An empty slot for `value` more; it counts as held from now on. `spent` is a slot that is about to be emptied. */
  receive(value: bigint, spent?: MemorySlot): MemorySlot {
    const [first, second] = this.#coins;
    if (
      this.#coins.length >= COINS &&
      first !== undefined &&
      second !== undefined &&
      first.quantity + second.quantity <= MOST_WEI
    ) {
      this.#merge(second, first);
    }
    const slot = this.#slot(spent);
    this.#coins.push({ slot, quantity: value });
    this.#coins.sort((a, b) => a.slot - b.slot);
    return slot;
  }

  /**
   * Adds to the first resource from the second: the whole if the sum fits into 128 bits, else only the amount missing
   * for `value`.
   */
  #topUp(value: bigint): void {
    const [first, second] = this.#coins;
    if (first === undefined || second === undefined) throw new Error("the dry run left too little wei");
    if (first.quantity + second.quantity <= MOST_WEI) {
      this.#merge(second, first);
      return;
    }
    const missing = { slot: this.#slot(), quantity: value - first.quantity };
    this.#split(second, missing.slot, missing.quantity);
    this.#merge(missing, first);
  }

  #split(from: Coin, to: MemorySlot, part: bigint): void {
    this.#ask({ effect: "Split", from: from.slot, to, part });
    from.quantity -= part;
  }

  #merge(from: Coin, to: Coin): void {
    this.#ask({ effect: "Merge", from: from.slot, to: to.slot });
    to.quantity += from.quantity;
    this.#drop(from);
  }

  /** The resource is no longer in its slot. */
  #drop(coin: Coin): void {
    const at = this.#coins.indexOf(coin);
    if (at >= 0) this.#coins.splice(at, 1);
    this.#release(coin.slot);
  }

  #release(slot: MemorySlot): void {
    this.#free.push(slot);
    this.#free.sort((a, b) => a - b);
  }

  /** The lowest empty slot, to touch few nodes of the tree. */
  #slot(except?: MemorySlot): MemorySlot {
    const at = this.#free.findIndex((slot) => slot !== except);
    if (at < 0) return this.#allocate();
    return this.#free.splice(at, 1)[0] as MemorySlot;
  }
}
