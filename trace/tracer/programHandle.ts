/** A program's point of view: it asks for effects in the words of the concurrency model. */

import type {
  AtomicBatch,
  ClaimFromProgram,
  DeclareEntry,
  DelegateCapability,
  Effect,
  Eject,
  Enter,
  EscrowToProgram,
  InvokeProgram,
  Issue,
  JoinWith,
  MemorySlot,
  Merge,
  Place,
  ProgramId,
  Retire,
  RevokeResource,
  RotateAuthority,
  Split,
  WatchResource,
} from "../effects/effects.ts";
import { placeAddress } from "../effects/found.ts";
import { RefusedError } from "../errors.ts";
import { address, kindText, NO_INBOX, SLOTS } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Cell, ProgramCell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** The members of an effect, without its name; the given ones are optional. */
type Asked<T extends { effect: string }, Optional extends keyof T = never> = Omit<T, "effect" | Optional> &
  Partial<Pick<T, Optional>>;
/** A place whose slot the tracer may choose: the first free one from the program's inbox on. */
type Deposit = ProgramId | { program: ProgramId; slot?: MemorySlot };

/** The part of the tracer that a handle uses. */
interface HandledTracer {
  readonly map: TimeMap;
  readonly manifest: Manifest;
  readonly granted: Set<string>;
  authorityFor(name: string | undefined): bigint | undefined;
  freeSlot(program: ProgramId, from?: number, taken?: ReadonlySet<number>): MemorySlot;
  perform(actor: ProgramId, effect: Effect, at?: number): Transition[];
  program(id: ProgramId): ProgramHandle;
  kind(name: string): bigint;
}

/**
 * Asks for effects as one program. Own slots that are left out default to the first free one. Methods that put
 * something into a slot return the place; the others return the transitions. All throw RefusedError when a rule refuses
 * the effect. The last argument of each is the time, in seconds since 1970; by default the time of the tracer's clock.
 */
export class ProgramHandle {
  readonly id: ProgramId;
  readonly #tracer: HandledTracer;

  constructor(tracer: HandledTracer, id: ProgramId) {
    this.#tracer = tracer;
    this.id = id;
  }

  /** The header. @throws RefusedError if the program does not exist */
  header(): ProgramCell {
    const cell = this.#tracer.map.cell(address(this.id, 0));
    if (cell.type !== "program") throw new RefusedError("invocation-causal", `program ${this.id} does not exist`);
    return cell;
  }
  /** The content of an own slot. */
  cell(slot: MemorySlot): Cell {
    return this.#tracer.map.cell(placeAddress(this.place(slot)));
  }
  /** An own slot as other programs name it. */
  place(slot: MemorySlot): Place {
    return { program: this.id, slot };
  }
  /** Its occupied slots, in order. */
  memory(): { slot: MemorySlot; cell: Cell }[] {
    const cells = Array.from({ length: SLOTS - 1 }, (_, i) => ({ slot: i + 1, cell: this.cell(i + 1) }));
    return cells.filter(({ cell }) => cell.type !== "empty");
  }
  /**
   * The first of its slots with a resource of the kind that it owns outright.
   * @param kind the kind, or its name in the manifest
   * @throws RefusedError if there is none; InvalidInputError if the manifest does not have the name
   */
  resource(kind: bigint | string): MemorySlot {
    const wanted = typeof kind === "bigint" ? kind : this.#tracer.kind(kind);
    const found = this.memory().find(({ cell }) => isOutright(cell, wanted));
    if (found !== undefined) return found.slot;
    throw new RefusedError(
      "no-double-spend",
      `program ${this.id} owns nothing of ${typeof kind === "bigint" ? kindText(kind) : `the kind ${kind}`}; look into its memory()`,
    );
  }
  /** First empty, unwatched slot of its memory. */
  freeSlot(): MemorySlot {
    return this.#tracer.freeSlot(this.id);
  }

  /**
   * Makes a program. Others may deposit into it from slot 16 on by default. Without an authority of its own or for its
   * name (see TracerOptions) it is open; only an open program may ask for that.
   */
  createProgram(asked: { inbox?: number; name?: string; authority?: bigint } = {}, at?: number): ProgramHandle {
    const byName = this.#tracer.authorityFor(asked.name);
    const { name: _, inbox = 16, authority = byName ?? "open", ...unknown } = asked;
    const [created] = this.perform({ effect: "CreateProgram", inbox, authority, ...unknown }, at);
    const id = created?.peer ?? 0;
    if (asked.name !== undefined) {
      this.#tracer.manifest.programs[id.toString()] = asked.name;
      if (byName !== undefined && authority === byName) this.#tracer.granted.add(asked.name);
    }
    return this.#tracer.program(id);
  }
  /** Changes the key that signs for it, from the next batch on. */
  rotateAuthority(asked: Asked<RotateAuthority>, at?: number): Transition[] {
    return this.perform({ effect: "RotateAuthority", ...asked }, at);
  }
  /** Makes a quantity of a kind that this program issues. */
  issue(asked: Asked<Issue, "slot">, at?: number): Place {
    const slot = asked.slot ?? this.freeSlot();
    this.perform({ effect: "Issue", ...asked, slot }, at);
    return this.place(slot);
  }
  /** Destroys a resource, or a token of data. An asset of the chain is paid to `recipient`, an address as a number. */
  retire(asked: Asked<Retire>, at?: number): Transition[] {
    return this.perform({ effect: "Retire", ...asked }, at);
  }
  /** Declares a function. Without `accepts` it takes no arguments. */
  declareEntry(asked: Asked<DeclareEntry, "slot" | "nargs" | "accepts" | "minimum" | "guarded">, at?: number): Place {
    const slot = asked.slot ?? this.freeSlot();
    const terms = { nargs: asked.accepts === undefined ? 0 : 1, accepts: 0n, minimum: 0n, guarded: false };
    this.perform({ effect: "DeclareEntry", ...terms, ...asked, slot }, at);
    return this.place(slot);
  }
  /**
   * Puts a resource into another program's memory, where this program still owns it. It can take it back: at any time,
   * or from the deadline on (seconds since 1970) if there is one.
   */
  escrowToProgram(asked: { from: MemorySlot; to: Deposit; deadline?: number }, at?: number): Place {
    const to = this.#deposit(asked.to);
    const effect: EscrowToProgram = { effect: "EscrowToProgram", deadline: 0, ...asked, to };
    this.perform(effect, at);
    return to;
  }
  /** Accepts an escrow, or takes what a capability (`by`) allows. */
  claimFromProgram(asked: Asked<ClaimFromProgram, "to">, at?: number): Place {
    const to = asked.to ?? this.freeSlot();
    this.perform({ effect: "ClaimFromProgram", ...asked, to }, at);
    return to === "in place" ? asked.from : this.place(to);
  }
  /** Takes back an escrow that is not claimed yet. */
  revokeResource(asked: Asked<RevokeResource, "to">, at?: number): Place {
    const to = asked.to ?? this.freeSlot();
    this.perform({ effect: "RevokeResource", ...asked, to }, at);
    return this.place(to);
  }
  /** Calls a function. Arguments without a slot go to the first free ones from the target's inbox on. */
  invokeProgram(
    asked: Omit<Asked<InvokeProgram>, "args"> & { args?: readonly { from: MemorySlot; to?: MemorySlot }[] },
    at?: number,
  ): Transition[] {
    const taken = new Set<number>();
    const given = asked.args ?? [];
    for (const { to } of given) if (to !== undefined) taken.add(to);
    const args = given.map(({ from, to }) => {
      const slot = to ?? this.#deposit(asked.program, taken).slot;
      taken.add(slot);
      return { from, to: slot };
    });
    return this.perform({ effect: "InvokeProgram", ...asked, args }, at);
  }
  /** Lends rights over own slots. With `by`, lends on the rights of a capability, which it may narrow. */
  delegateCapability(asked: Asked<DelegateCapability, "slot" | "scope" | "subject" | "expiry">, at?: number): Place {
    const slot = asked.slot ?? this.freeSlot();
    this.perform({ effect: "DelegateCapability", scope: "all", subject: 0n, expiry: 0, ...asked, slot }, at);
    return this.place(slot);
  }
  /** Takes a capability away, and all capabilities derived from it. */
  revokeCapability(asked: { slot: MemorySlot }, at?: number): Transition[] {
    return this.perform({ effect: "RevokeCapability", ...asked }, at);
  }
  /** Empties an own slot that holds a capability, an entry, or a fired or spent watch. */
  clear(asked: { slot: MemorySlot }, at?: number): Transition[] {
    return this.perform({ effect: "Clear", ...asked }, at);
  }
  /** Sets a watch on a slot. When the condition comes true, anyone may apply the trigger. */
  watchResource(asked: Asked<WatchResource, "slot" | "kind" | "threshold" | "trigger">, at?: number): Place {
    const slot = asked.slot ?? this.freeSlot();
    this.perform({ effect: "WatchResource", kind: 0n, threshold: 0n, trigger: [], ...asked, slot }, at);
    return this.place(slot);
  }
  /** Takes a watch away. */
  unwatch(asked: { slot: MemorySlot }, at?: number): Transition[] {
    return this.perform({ effect: "Unwatch", ...asked }, at);
  }
  /** Several effects at once, or none; no slot is touched twice. */
  atomicBatch(effects: AtomicBatch["effects"], at?: number): Transition[] {
    return this.perform({ effect: "AtomicBatch", effects }, at);
  }
  /** Raises its clock above the clocks of others that have made the given number of steps. */
  joinWith(programs: JoinWith["programs"], at?: number): Transition[] {
    return this.perform({ effect: "JoinWith", programs }, at);
  }
  /** Takes a part of a resource away, into a slot of its own. */
  split(asked: Asked<Split, "to">, at?: number): Place {
    const to = asked.to ?? this.freeSlot();
    this.perform({ effect: "Split", ...asked, to }, at);
    return this.place(to);
  }
  /** Adds one resource to another of its kind. */
  merge(asked: Asked<Merge>, at?: number): Place {
    this.perform({ effect: "Merge", ...asked }, at);
    return this.place(asked.to);
  }

  /** The chain lets a deposit or a fact in. Only program 1 of a moored map may ask for it. */
  enter(asked: Asked<Enter>, at?: number): Place {
    this.perform({ effect: "Enter", ...asked }, at);
    return asked.to;
  }
  /** The chain takes an asset out. Only program 1 of a moored map may ask for it. */
  eject(asked: Asked<Eject>, at?: number): Transition[] {
    return this.perform({ effect: "Eject", ...asked }, at);
  }

  /** Asks for any effect. */
  perform(effect: Effect, at?: number): Transition[] {
    return this.#tracer.perform(this.id, effect, at);
  }

  #deposit(to: Deposit, taken?: ReadonlySet<number>): Place {
    const program = typeof to === "number" ? to : to.program;
    const named = typeof to === "number" ? undefined : to.slot;
    if (named !== undefined) return { program, slot: named };
    const header = this.#tracer.program(program).header();
    const from = program === this.id ? 1 : header.inbox;
    if (from >= NO_INBOX) throw new RefusedError("inbox-respected", `program ${program} takes no deposits`);
    return { program, slot: this.#tracer.freeSlot(program, from, taken) };
  }
}

function isOutright(cell: Cell, kind: bigint): boolean {
  return cell.type === "resource" && cell.kind === kind && cell.escrowFrom === 0;
}
