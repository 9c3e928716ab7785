/**
 * Delivers messages between programs. A message is a call of an entry that the receiver has declared. The call hands
 * the resources over outright, so the sender cannot take them back. For data, the sender issues a token with the data's
 * digest as its quantity; the receiver retires the token when it takes the message. Between tasks of one program
 * nothing moves.
 */
import type { MemorySlot, ProgramId, Single } from "../../effects/effects.ts";
import { selectorOf } from "../../effects/selector.ts";
import { SLOTS } from "../../layout.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { Arrived, Data, Held, Message } from "../requests.ts";
import { digestOf } from "../values.ts";
import type { DeliveryPart, DeliveryService, KernelServices, Parcel } from "./services.ts";

/** One argument of a call: its slot before and after. */
interface Argument {
  from: MemorySlot;
  kind: bigint;
}
/** Entries to call, and the arguments of each. */
type Calls = readonly [entry: MemorySlot, args: readonly Argument[]][];
export class Delivery implements DeliveryService {
  readonly #kernel: KernelServices;
  /** Slots of entries by receiver, name, kind and number of arguments. */
  readonly #entries = new Map<string, MemorySlot>();
  /** The same for entries from before the run continued; their keys have selectors instead of names. */
  readonly #before: ReadonlyMap<string, MemorySlot>;

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
    this.#before = entriesBefore(kernel.tracer);
  }

  /** Whether the receiver has room for messages. */
  hasRoom(to: ProgramId, messages: readonly Message[]): boolean {
    const { tracer, slots } = this.#kernel;
    let needed = messages.reduce((sum, { owned, data }) => sum + owned.length + (data ? 1 : 0), 0);
    if (needed === 0) return true;
    const { inbox } = tracer.program(to).header();
    for (let slot = inbox; slot < SLOTS; slot++) if (slots.isFree(to, slot) && --needed === 0) return true;
    return false;
  }

  /**
   * Hands a message over.
   * @param name the called function
   * @throws RefusedError if the sender does not own a resource of the message, or a rule refuses the call
   */
  deliver(from: ProgramId, to: ProgramId, name: string, message: Message): Parcel {
    return this.deliverAll(from, [{ to, name, message }])[0] as Parcel;
  }

  /** Hands messages over to several programs, all or none. */
  deliverAll(from: ProgramId, parts: readonly DeliveryPart[]): Parcel[] {
    return this.deliverTogether(parts.map((part) => ({ from, ...part })));
  }

  /** Hands messages over between several programs, all or none: one group, and each sender signs the whole group. */
  deliverTogether(parts: readonly (DeliveryPart & { from: ProgramId })[]): Parcel[] {
    const { holdings } = this.#kernel;
    const planned = parts.map((part) => ({ ...part, args: [] as Argument[], calls: [] as Calls }));
    for (const part of planned) {
      const { from, to, name, message } = part;
      if (to === from) continue;
      part.args.push(
        ...message.owned.map((ref) => ({ from: holdings.slotOf(from, ref), kind: holdings.kindOf(from, ref) })),
      );
      if (message.data) part.args.push({ from: this.#token(from, message.shape), kind: holdings.valueKind(from) });
      part.calls = this.#byKind(to, name, part.args);
    }
    // All entries have their slots by now, so a free slot stays free until the call.
    const taken = new Map<ProgramId, Set<MemorySlot>>();
    const calls: (readonly [ProgramId, Single])[] = [];
    const arrivals = planned.map(({ from, to, name, args, calls: kinds }) => {
      const slots = new Map(args.map((arg) => [arg, this.#slotAt(to, taken)]));
      for (const [entry, list] of kinds) {
        const given = list.map((arg) => ({ from: arg.from, to: slots.get(arg) as MemorySlot }));
        calls.push([from, { effect: "InvokeProgram", program: to, name, entry, args: given }]);
      }
      return args.map((arg) => slots.get(arg) as MemorySlot);
    });
    if (calls.length > 0) this.#kernel.performTogether(calls);
    return planned.map(({ from, to, message }, i) => {
      const { owned, shape } = message;
      if (to === from)
        return { program: to, owned: owned.map((ref) => this.#again(from, ref)), shape, token: undefined };
      const slots = arrivals[i] as MemorySlot[];
      for (const ref of owned) holdings.drop(ref);
      const held = owned.map((_, at) => holdings.hold(to, slots[at] as MemorySlot));
      return { program: to, owned: held, shape, token: slots[owned.length] };
    });
  }

  /** Takes messages from their slots and retires their data tokens. */
  open(parcels: readonly Parcel[]): Arrived[] {
    const retired: (readonly [ProgramId, Single])[] = [];
    for (const { program, token } of parcels) {
      if (token !== undefined) retired.push([program, { effect: "Retire", slot: token }]);
    }
    if (retired.length > 0) this.#kernel.performTogether(retired);
    return parcels.map(({ owned, shape }) => ({ owned, shape }));
  }

  /**
   * The slot of an entry, declared if it is not there yet.
   * @param kind of every argument
   */
  entry(program: ProgramId, name: string, kind: bigint, nargs: number): MemorySlot {
    const key = `${program} ${nargs} ${kind} ${name}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const there = this.#entryBefore(program, name, nargs === 0 ? 0n : kind, nargs);
    if (there !== undefined && this.#kernel.tracer.program(program).cell(there).type === "entry") return there;
    const slot = this.#kernel.slots.free(program);
    const terms = { nargs, accepts: nargs === 0 ? 0n : kind, minimum: 0n, guarded: false };
    this.#kernel.perform(program, { effect: "DeclareEntry", slot, name, ...terms });
    this.#entries.set(key, slot);
    return slot;
  }

  #entryBefore(program: ProgramId, name: string, accepts: bigint, nargs: number): MemorySlot | undefined {
    if (this.#before.size === 0) return undefined;
    return this.#before.get(`${program} ${nargs} ${accepts} ${selectorOf(name)}`);
  }

  /** A second reference to a resource that stays in its slot. */
  #again(program: ProgramId, ref: number): Held {
    const { holdings } = this.#kernel;
    const slot = holdings.slotOf(program, ref);
    holdings.drop(ref);
    return holdings.hold(program, slot);
  }

  #token(from: ProgramId, shape: Data): MemorySlot {
    const { holdings, slots } = this.#kernel;
    const slot = slots.free(from);
    this.#kernel.perform(from, { effect: "Issue", kind: holdings.valueKind(from), quantity: digestOf(shape), slot });
    return slot;
  }

  #slotAt(to: ProgramId, all: Map<ProgramId, Set<MemorySlot>>): MemorySlot {
    const taken = all.get(to) ?? new Set();
    const slot = this.#kernel.slots.deposit(to, taken);
    all.set(to, taken.add(slot));
    return slot;
  }

  /** The calls of a message: one for each kind, as an entry accepts only one kind. */
  #byKind(to: ProgramId, name: string, args: readonly Argument[]): Calls {
    const kinds = new Map<bigint, Argument[]>();
    for (const arg of args) kinds.set(arg.kind, [...(kinds.get(arg.kind) ?? []), arg]);
    if (kinds.size === 0) kinds.set(0n, []);
    return [...kinds].map(([kind, list]) => [this.entry(to, name, kind, list.length), list]);
  }
}

/** Entries without guard and minimum, by receiver, number of arguments, kind and selector. A new run has none. */
function entriesBefore(tracer: Tracer): Map<string, MemorySlot> {
  const found = new Map<string, MemorySlot>();
  const programs = tracer.seq === 0 ? 0 : tracer.map.programs();
  for (let program = 1; program <= programs; program++) {
    for (const { slot, cell } of tracer.program(program).memory()) {
      if (cell.type !== "entry" || cell.guard !== 0 || cell.minimum !== 0n) continue;
      found.set(`${program} ${cell.nargs} ${cell.accepts} ${cell.selector}`, slot);
    }
  }
  return found;
}
