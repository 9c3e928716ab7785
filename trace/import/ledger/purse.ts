/**
 * One address's holding of one kind, as a few resources in slots of its program. Arriving resources stay beside the
 * present ones and are merged only when needed, so few transitions go into making change.
 */
import type { Effect, MemorySlot } from "../../effects/effects.ts";
import { MOST_WEI } from "../evmFlow.ts";
import type { Room } from "./room.ts";

/** A resource. */
interface Coin {
  slot: MemorySlot;
  quantity: bigint;
}

/** With this many resources, they are merged before more arrives. */
const COINS = 2;

export class Purse {
  readonly room: Room;
  readonly #ask: (effect: Effect) => void;
  readonly #coins: Coin[] = [];

  /**
   * @param room the program that holds the resources
   * @param ask receives every effect by which the program makes change
   */
  constructor(room: Room, ask: (effect: Effect) => void) {
    this.room = room;
    this.#ask = ask;
  }

  /** The whole quantity. */
  get sum(): bigint {
    return this.#coins.reduce((sum, { quantity }) => sum + quantity, 0n);
  }
  /** Slots and quantities. */
  get coins(): readonly Readonly<Coin>[] {
    return this.#coins;
  }

  /** Registers a resource that already lies in a slot. */
  found(slot: MemorySlot, quantity: bigint): void {
    this.room.slots.mark(slot);
    this.#add(slot, quantity);
  }

  /**
   * The slot of a resource of exactly `value`, which leaves the purse: whole, split off, or merged first. The slot is
   * free again once the resource has left it.
   * @throws Error if there is too little: callers look at `sum` first
   */
  pay(value: bigint): MemorySlot {
    for (;;) {
      const exact = this.#coins.find(({ quantity }) => quantity === value);
      if (exact !== undefined) {
        this.#drop(exact);
        return exact.slot;
      }
      const larger = this.#coins.find(({ quantity }) => quantity > value);
      if (larger !== undefined) {
        const to = this.room.slots.take();
        this.#split(larger, to, value);
        this.room.slots.release(to);
        return to;
      }
      this.#topUp(value);
    }
  }

  /**
   * Splits exactly `value` off into the empty slot `to`.
   * @returns false if a resource of exactly `value` is there instead: `pay` gives it, and it has to be moved whole
   */
  splitInto(to: MemorySlot, value: bigint): boolean {
    for (;;) {
      if (this.#coins.some(({ quantity }) => quantity === value)) return false;
      const larger = this.#coins.find(({ quantity }) => quantity > value);
      if (larger !== undefined) {
        this.#split(larger, to, value);
        return true;
      }
      this.#topUp(value);
    }
  }

  /**
   * An empty slot for `value` more, which counts as held from now on.
   * @param spent a slot that is about to be emptied, and not empty yet
   */
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
    if (spent !== undefined) this.room.slots.mark(spent);
    const slot = this.room.slots.take();
    if (spent !== undefined) this.room.slots.release(spent);
    this.#add(slot, value);
    return slot;
  }

  #add(slot: MemorySlot, quantity: bigint): void {
    this.#coins.push({ slot, quantity });
    this.#coins.sort((a, b) => a.slot - b.slot);
  }

  /** Adds to the first resource from the second: the whole if the sum fits, else only the quantity missing. */
  #topUp(value: bigint): void {
    const [first, second] = this.#coins;
    if (first === undefined || second === undefined) throw new Error("the purse holds too little");
    if (first.quantity + second.quantity <= MOST_WEI) {
      this.#merge(second, first);
      return;
    }
    const missing = { slot: this.room.slots.take(), quantity: value - first.quantity };
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

  /** The resource has left its slot, or is about to. */
  #drop(coin: Coin): void {
    const at = this.#coins.indexOf(coin);
    if (at >= 0) this.#coins.splice(at, 1);
    this.room.slots.release(coin.slot);
  }
}
