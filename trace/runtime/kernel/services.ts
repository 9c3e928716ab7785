/**
 * Interfaces between the kernel and its services. Each service is a class in its own file and handles the asks of one
 * subject. The kernel makes them all.
 */
import type { Effect, MemorySlot, Place, ProgramId, Single } from "../../effects/effects.ts";
import type { Transition } from "../../machine/transition.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { SeededRandom } from "../random.ts";
import type { About, Arrived, BodyRef, Data, Handle, Held, Message, RightRef } from "../requests.ts";
import type { Holdings } from "./holdings.ts";
import type { Journal } from "./journal.ts";
import type { Host, Pending, Task } from "./task.ts";

/** Carries out an ask, or keeps it until it can. Its errors go to the asker. */
export type Handler = (pending: Pending) => void;
export type Handlers = { readonly [op: string]: Handler };

/** The kernel as its services see it. */
export interface KernelServices {
  readonly tracer: Tracer;
  readonly random: SeededRandom;
  readonly holdings: Holdings;
  readonly journal: Journal;
  readonly slots: SlotService;
  readonly rights: RightService;
  readonly delivery: DeliveryService;
  readonly tasks: TaskService;
  readonly locks: LockService;
  /** Virtual time, in seconds since 1970. It passes when all tasks wait. */
  readonly now: number;
  /** Starts a task. */
  start(
    task: { handle: Handle; name: string; program: ProgramId; service: boolean },
    host: Host,
    body: BodyRef,
    given: Arrived,
  ): Task;
  /** The worker thread for the next task that needs one. */
  worker(): Host;
  /** Takes an ended task out of the run. */
  finish(task: Task): void;
  /** The task of that name, if it was started. */
  task(handle: Handle): Task | undefined;
  /** Live tasks of a program. */
  tasksOf(program: ProgramId): Task[];
  /** Whether the program has, or had, a task. */
  hasStarted(program: ProgramId): boolean;
  /** Ends the run with an error at the end of the round. */
  abandon(error: unknown): void;
  /** Applies an effect as a program, now. @throws RefusedError if a rule refuses it */
  perform(program: ProgramId, effect: Effect): Transition[];
  /** Applies effects of several programs as one group, now. @throws RefusedError if a rule refuses one of them */
  performTogether(parts: readonly (readonly [ProgramId, Single])[]): Transition[];
  /** Calls `wake` after some virtual time. Returns a function that cancels this. */
  after(seconds: number, wake: () => void): () => void;
}

/** Finds free slots. */
export interface SlotService {
  /** A free slot, at or above `from` and not in `taken`. @throws RefusedError if there is none */
  free(program: ProgramId, from?: number, taken?: ReadonlySet<MemorySlot>): MemorySlot;
  /** `count` free slots. */
  several(program: ProgramId, count: number, from?: number): MemorySlot[];
  /** A free slot for deposits of other programs. @throws RefusedError if there is none */
  deposit(to: ProgramId, taken?: ReadonlySet<MemorySlot>): MemorySlot;
  /** Whether a slot is free. */
  isFree(program: ProgramId, slot: MemorySlot): boolean;
}

/** Finds the slots that capabilities cover. */
export interface RightService {
  /**
   * The slot that an ask means.
   * @throws RefusedError if the ask names it by a capability that is no longer there, RuntimeUseError if that
   *   capability covers every slot
   */
  placeOf(program: ProgramId, about: About, by: RightRef | undefined): Place;
  /** The slot of the capability that allows an ask. @throws RefusedError if the capability is no longer there */
  by(right: RightRef | undefined): { by?: Place };
}

/** A message in the memory of its receiver. */
export interface Parcel {
  program: ProgramId;
  owned: readonly Held[];
  shape: Data;
  /** The slot of its data token. */
  token: MemorySlot | undefined;
}

/** A message on its way: its receiver, and the called function. */
export interface DeliveryPart {
  to: ProgramId;
  name: string;
  message: Message;
}

/** Hands messages over. */
export interface DeliveryService {
  /** Whether the receiver has room for messages. */
  hasRoom(to: ProgramId, messages: readonly Message[]): boolean;
  /**
   * Hands a message over.
   * @param name the called function
   * @throws RefusedError if the sender does not own a resource of the message, or a rule refuses the call
   */
  deliver(from: ProgramId, to: ProgramId, name: string, message: Message): Parcel;
  /** Hands messages over to several programs, all or none. */
  deliverAll(from: ProgramId, parts: readonly DeliveryPart[]): Parcel[];
  /** Hands messages over between several programs, all or none: one group, and each sender signs the whole group. */
  deliverTogether(parts: readonly (DeliveryPart & { from: ProgramId })[]): Parcel[];
  /** Takes messages from their slots and retires their data tokens. */
  open(parcels: readonly Parcel[]): Arrived[];
  /**
   * The slot of an entry, declared if it is not there yet.
   * @param kind of every argument
   */
  entry(program: ProgramId, name: string, kind: bigint, nargs: number): MemorySlot;
}

/** Makes programs for tasks, and joins their clocks. */
export interface TaskService {
  /** A program for a new task. */
  newProgram(by: Task, name: string): number;
  /** Hands a message over and takes it out at once. An empty message needs no call. */
  hand(from: { program: number }, to: number, name: string, message: Message): Arrived;
  /** Raises a program's clock above another's (JoinWith). */
  meet(program: number, other: number): void;
}

/** Gives locks back. */
export interface LockService {
  /** Gives back the tokens that an ending task still holds. If they are gone, the waiting tasks get an error. */
  releaseAll(task: Task): void;
}
