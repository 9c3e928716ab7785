/** One program of an address, and how much of its memory is promised. */
import { Slots } from "./slots.ts";

/** Slots of a program that stay free for things in transit. */
const TRANSIT = 6;

/** One program of an address. An address gets a further one when the slots of the others are promised. */
export class Room {
  readonly program: number;
  readonly slots = new Slots();
  #promised = 0;

  constructor(program: number) {
    this.program = program;
  }

  /** Whether this many more slots can be promised. */
  has(slots: number): boolean {
    return this.#promised + slots + TRANSIT <= 255;
  }
  /** Promises slots to a purse, a function, a till or a capability. A negative number takes a promise back. */
  promise(slots: number): void {
    this.#promised += slots;
  }
}
