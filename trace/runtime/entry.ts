/**
 * Entries: functions that other programs can call by an effect, and so by a trigger. For calls with an answer, use
 * actors.
 */
import type { InvokeProgram, Place } from "../effects/effects.ts";
import { type Capability, refOf } from "./capability.ts";
import { ask } from "./context.ts";
import { type Sendable, type Sent, sendable } from "./message.ts";
import { checkDeclare } from "./terms.ts";

/** Conditions for a call of an entry. */
export interface EntryTerms {
  /** Number of resources it takes; default: one if it accepts a kind, else none. */
  readonly nargs?: number;
  /** The kind of each. See {@link Owned.kindNumber}. */
  readonly accepts?: bigint;
  /** Least sum of their quantities; default 0. */
  readonly minimum?: bigint;
  /** Whether a call needs a capability with the right `invoke`. */
  readonly guarded?: boolean;
}

interface Declared {
  readonly name: string;
  readonly place: Place;
}

/** A declared function. It can be sent to its callers. */
export class Entry implements Sendable<Declared> {
  /** The function's name. */
  readonly name: string;
  /** Its slot. */
  readonly place: Place;

  /** {@link declare} makes entries. @internal */
  constructor(name: string, place: Place) {
    this.name = name;
    this.place = place;
  }

  /**
   * A call of it, for a trigger or for {@link perform}.
   * @param args own slots that hold the arguments ({@link Owned.place}), and each one's slot in the memory of the
   *   entry's program
   * @param by the capability, if the entry is guarded
   */
  call(args: InvokeProgram["args"] = [], by?: Place | Capability): InvokeProgram {
    const { program, slot } = this.place;
    const call = { effect: "InvokeProgram" as const, program, name: this.name, entry: slot, args };
    const right = refOf(by);
    return right === undefined ? call : { ...call, by: right.place };
  }

  /**
   * Removes the entry (Clear): it can no longer be called, and its slot is free.
   * @throws RuntimeUseError if another program declared it
   */
  async remove(): Promise<void> {
    await ask("undeclare", { name: this.name, place: this.place });
  }

  /** Its form in a message. @internal */
  toMessage(): Sent<Declared> {
    return { sort: "entry", name: this.name, place: this.place };
  }
}
sendable<Declared>("entry", ({ name, place }) => new Entry(name, place));

/** Declares a function of this program (DeclareEntry). A call's arguments become this program's: see {@link adopt}. */
export async function declare(name: string, terms: EntryTerms = {}): Promise<Entry> {
  checkDeclare(terms);
  const { accepts = 0n, nargs = accepts === 0n ? 0 : 1, minimum = 0n, guarded = false } = terms;
  return new Entry(name, await ask("declare", { name, nargs, accepts, minimum, guarded }));
}
