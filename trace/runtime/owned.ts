/**
 * Resources as programs hold them. A resource has one owner; giving it away ends the handle, and using it afterwards is
 * an error that names both places.
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

/** A quantity of some kind, in the memory of the program that holds it. `K` is what the kind is called. */
export class Owned<K extends string = string> {
  #held: Held & { name: K };
  readonly #owner: string;
  #movedAt: string | undefined;

  /** Handles are made by the layers: by issue, split, recv and the like. @internal */
  constructor(held: Held) {
    this.#held = held as Held & { name: K };
    this.#owner = current().name;
  }

  /** What the kind is called. */
  get kind(): K {
    return this.#held.name;
  }
  /** How much of it there is. */
  get quantity(): bigint {
    return this.#held.quantity;
  }
  /** The kind itself: its issuer's number and a label. Names are anybody's. */
  get kindNumber(): bigint {
    return this.#held.kind;
  }
  /** The program that may make more of it. */
  get issuer(): ProgramId {
    return issuerOf(this.#held.kind);
  }
  /** Number that stays with the resource wherever it goes. */
  get id(): bigint {
    return this.#held.id;
  }
  /** False once it was given away. */
  get here(): boolean {
    return this.#movedAt === undefined;
  }

  /** Takes `part` of it away into a resource of its own. */
  async split(part: bigint): Promise<Owned<K>> {
    const { part: taken, rest } = await ask("split", { owned: this.use(), part });
    this.#held.quantity = rest;
    return new Owned<K>(taken);
  }
  /** Adds another one of its kind, whose handle ends. */
  async merge(other: Owned<K>): Promise<void> {
    const into = this.use();
    await other.give(async (from) => {
      this.#held.quantity = await ask("merge", { from, into });
    });
  }
  /** Where it lies, for effects that name slots: those of a trigger. */
  async place(): Promise<Place> {
    return await ask("place", { owned: this.use() });
  }
  /** Destroys it. */
  async retire(): Promise<void> {
    await this.give((owned) => ask("retire", { owned }));
  }
  /**
   * Puts it into another program's memory; until that program accepts it, it can be taken back (after the deadline, if
   * there is one).
   * @param to the program, or one slot of it
   * @returns where it lies
   */
  async escrow(to: ProgramId | Place, options: { deadline?: number } = {}): Promise<Place> {
    checkEscrow(options);
    return await this.give((owned) => ask("escrow", { owned, to, deadline: options.deadline ?? 0 }));
  }

  /**
   * The kernel's reference, for an ask that leaves it here.
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

  /** Gives it away by an ask; if that is refused, it stays. @internal */
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

  /** Ends the handle for a message that is about to go. Returns what undoes it. @internal */
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

  /** Makes the handle live again: the resource has come back from where it was sent. @internal */
  comeBack(held: Held): void {
    this.#held = held as Held & { name: K };
    this.#movedAt = undefined;
  }

  /** Keeps resources out of JSON: what is sent is sent by the layers. */
  toJSON(): never {
    throw new RuntimeUseError(
      `${this.#held.quantity} ${this.#held.name} cannot be written as JSON: send the resource itself`,
    );
  }
}
