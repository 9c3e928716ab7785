/**
 * Entries: functions that others may call by an effect, so that a trigger can. Calls with an answer are what actors are
 * for.
 */
import type { InvokeProgram, Place } from "../effects/effects.ts";
import { type Capability, refOf } from "./capability.ts";
import { ask } from "./context.ts";
import { type Sendable, type Sent, sendable } from "./message.ts";
import { checkDeclare } from "./terms.ts";

/** What a call of an entry must be like. */
export interface EntryTerms {
  /** How many resources it takes: one if it accepts a kind, else none. */
  readonly nargs?: number;
  /** The kind of each. See {@link Owned.kindNumber}. */
  readonly accepts?: bigint;
  /** Least sum of their quantities: 0 unless said otherwise. */
  readonly minimum?: bigint;
  /** Whether it takes a capability with the right `invoke` to call it. */
  readonly guarded?: boolean;
}

interface Declared {
  readonly name: string;
  readonly place: Place;
}

/** A declared function. It may be sent to whoever is to call it. */
export class Entry implements Sendable<Declared> {
  /** The function's name. */
  readonly name: string;
  /** Where it is declared. */
  readonly place: Place;

  /** Entries are made by {@link declare}. @internal */
  constructor(name: string, place: Place) {
    this.name = name;
    this.place = place;
  }

  /**
   * A call of it, for a trigger or for {@link perform}.
   * @param args own slots that hold what is passed ({@link Owned.place}), and where in the memory of the entry's
   *   program each goes
   * @param by the capability, if it is guarded
   */
  call(args: InvokeProgram["args"] = [], by?: Place | Capability): InvokeProgram {
    const { program, slot } = this.place;
    const call = { effect: "InvokeProgram" as const, program, name: this.name, entry: slot, args };
    const right = refOf(by);
    return right === undefined ? call : { ...call, by: right.place };
  }

  /**
   * Takes it away (Clear): it cannot be called any more, and its slot is free.
   * @throws RuntimeUseError if another program declared it
   */
  async remove(): Promise<void> {
    await ask("undeclare", { name: this.name, place: this.place });
  }

  /** What stands for it in a message. @internal */
  toMessage(): Sent<Declared> {
    return { sort: "entry", name: this.name, place: this.place };
  }
}
sendable<Declared>("entry", ({ name, place }) => new Entry(name, place));

/**
 * Declares a function of this program (DeclareEntry). What a call passes is this program's from then on: see
 * {@link adopt}.
 */
export async function declare(name: string, terms: EntryTerms = {}): Promise<Entry> {
  checkDeclare(terms);
  const { accepts = 0n, nargs = accepts === 0n ? 0 : 1, minimum = 0n, guarded = false } = terms;
  return new Entry(name, await ask("declare", { name, nargs, accepts, minimum, guarded }));
}
