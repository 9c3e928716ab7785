/**
 * Handles for resources. A resource has one owner. Giving it away ends the handle; a later use is an error that names
 * both places.
 */
import { callSite as site } from "../effects/callSite.ts";
import type { Place, ProgramId } from "../effects/effects.ts";
import { issuerOf } from "../layout.ts";
import { ask, current } from "./context.ts";
import { NotOwnedError, RuntimeUseError, UseAfterMoveError } from "./errors.ts";
import type { Held } from "./requests.ts";
import { checkEscrow } from "./terms.ts";

/** The line of a program that called into the layers: file and line. */
const callSite = (): string => site() ?? "elsewhere";

/** A quantity of a kind, in its owner's memory. `K` is the kind's name. */
export class Owned<K extends string = string> {
  #held: Held & { name: K };
  readonly #owner: string;
  #movedAt: string | undefined;

  /** issue, split, recv and similar functions make handles. @internal */
  constructor(held: Held) {
    this.#held = held as Held & { name: K };
    this.#owner = current().name;
  }

  /** The kind's name. */
  get kind(): K {
    return this.#held.name;
  }
  /** The quantity. */
  get quantity(): bigint {
    return this.#held.quantity;
  }
  /** The kind itself: its issuer's number and a label. A name alone does not identify a kind. */
  get kindNumber(): bigint {
    return this.#held.kind;
  }
  /** The program that can issue more of it. */
  get issuer(): ProgramId {
    return issuerOf(this.#held.kind);
  }
  /** The resource's number; it stays the same wherever the resource goes. */
  get id(): bigint {
    return this.#held.id;
  }
  /** False once it was given away. */
  get here(): boolean {
    return this.#movedAt === undefined;
  }

  /** Splits `part` of it off into a new resource. */
  async split(part: bigint): Promise<Owned<K>> {
    const { part: taken, rest } = await ask("split", { owned: this.use(), part });
    this.#held.quantity = rest;
    return new Owned<K>(taken);
  }
  /** Merges another resource of its kind into it; that one's handle ends. */
  async merge(other: Owned<K>): Promise<void> {
    const into = this.use();
    await other.give(async (from) => {
      this.#held.quantity = await ask("merge", { from, into });
    });
  }
  /** Its slot, for effects that name slots, as triggers do. */
  async place(): Promise<Place> {
    return await ask("place", { owned: this.use() });
  }
  /** Destroys it. */
  async retire(): Promise<void> {
    await this.give((owned) => ask("retire", { owned }));
  }
  /**
   * Escrows it in another program's memory. Until that program accepts it, it can be taken back (after the deadline, if
   * there is one).
   * @param to the program, or one of its slots
   * @returns its new slot
   */
  async escrow(to: ProgramId | Place, options: { deadline?: number } = {}): Promise<Place> {
    checkEscrow(options);
    return await this.give((owned) => ask("escrow", { owned, to, deadline: options.deadline ?? 0 }));
  }

  /**
   * The kernel's reference, for an ask that does not move the resource.
   * @throws UseAfterMoveError if it was given away, NotOwnedError if another program's task has it
   * @internal
   */
  use(): number {
    const { name, quantity, ref, program } = this.#held;
    const what = `${quantity} ${name}`;
    if (this.#movedAt !== undefined) throw new UseAfterMoveError(what, this.#movedAt, callSite());
    const context = current();
    if (context.program !== program) throw new NotOwnedError(what, this.#owner, context.name);
    return ref;
  }

  /** Gives it away by an ask. If the ask is refused, the handle stays live. @internal */
  async give<T>(how: (ref: number) => Promise<T>): Promise<T> {
    const ref = this.use();
    this.#movedAt = callSite();
    try {
      return await how(ref);
    } catch (error) {
      this.#movedAt = undefined;
      throw error;
    }
  }

  /** Ends the handle for a message that is about to be sent. @returns a function that undoes this @internal */
  leave(): { ref: number; stay: () => void } {
    const ref = this.use();
    this.#movedAt = callSite();
    return {
      ref,
      stay: () => {
        this.#movedAt = undefined;
      },
    };
  }

  /** Makes the handle live again, once the resource has come back. @internal */
  comeBack(held: Held): void {
    this.#held = held as Held & { name: K };
    this.#movedAt = undefined;
  }

  /** Keeps resources out of JSON: only messages carry them. */
  toJSON(): never {
    throw new RuntimeUseError(
      `${this.#held.quantity} ${this.#held.name} cannot be written as JSON: send the resource itself`,
    );
  }
}
