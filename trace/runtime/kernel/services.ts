/**
 * What the kernel's services know of it and of each other. Each service handles the asks of its own subject, and is a
 * class in a file of its own; the kernel makes them all.
 */
import type { Effect, MemorySlot, Place, ProgramId, Single } from "../../effects/effects.ts";
import type { Transition } from "../../machine/transition.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { SeededRandom } from "../random.ts";
import type { About, Arrived, BodyRef, Data, Handle, Held, Message, RightRef } from "../requests.ts";
import type { Holdings } from "./holdings.ts";
import type { Journal } from "./journal.ts";
import type { Host, Pending, Task } from "./task.ts";

/** Carries out an ask, or keeps it until it can. What it throws is the asker's. */
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
  /** Time as the programs see it, in seconds since 1970: it passes when all of them wait. */
  readonly now: number;
  /** Starts a task. */
  start(
    task: { handle: Handle; name: string; program: ProgramId; service: boolean },
    host: Host,
    body: BodyRef,
    given: Arrived,
  ): Task;
  /** The worker thread for the next task that wants one. */
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
  /** Applies effects of any number of programs as one group, now. @throws RefusedError if a rule refuses one of them */
  performTogether(parts: readonly (readonly [ProgramId, Single])[]): Transition[];
  /** Wakes something after some time. Returns what calls it off. */
  after(seconds: number, wake: () => void): () => void;
}

/** Finds free slots. */
export interface SlotService {
  /** A free slot, from some slot on and none of those. @throws RefusedError if there is none */
  free(program: ProgramId, from?: number, taken?: ReadonlySet<MemorySlot>): MemorySlot;
  /** So many free slots. */
  several(program: ProgramId, count: number, from?: number): MemorySlot[];
  /** A free slot that others may put something into. @throws RefusedError if there is none */
  deposit(to: ProgramId, taken?: ReadonlySet<MemorySlot>): MemorySlot;
  /** Whether a slot is free. */
  isFree(program: ProgramId, slot: MemorySlot): boolean;
}

/** Finds what capabilities are about. */
export interface RightService {
  /**
   * The slot that something is about.
   * @throws RefusedError if it is said by a capability that is not there any more, RuntimeUseError if that is about
   *   every slot
   */
  placeOf(program: ProgramId, about: About, by: RightRef | undefined): Place;
  /** Where the capability lies that allows something. @throws RefusedError if it is not there any more */
  by(right: RightRef | undefined): { by?: Place };
}

/** A message in the memory of its receiver. */
export interface Parcel {
  program: ProgramId;
  owned: readonly Held[];
  shape: Data;
  /** Where its data's token lies. */
  token: MemorySlot | undefined;
}

/** A message on its way: to whom, and as a call of what. */
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
   * @param name the function that is called
   * @throws RefusedError if the sender does not have what it sends, or a rule refuses the call
   */
  deliver(from: ProgramId, to: ProgramId, name: string, message: Message): Parcel;
  /** Hands messages over to any number of programs, all or none. */
  deliverAll(from: ProgramId, parts: readonly DeliveryPart[]): Parcel[];
  /**
   * Hands messages over from any number of programs to any number, all or none: one group, which each sender signs
   * whole.
   */
  deliverTogether(parts: readonly (DeliveryPart & { from: ProgramId })[]): Parcel[];
  /** Takes messages out of where they arrived: their tokens are retired. */
  open(parcels: readonly Parcel[]): Arrived[];
  /**
   * The slot of an entry, declared if it is not there yet.
   * @param kind of every argument
   */
  entry(program: ProgramId, name: string, kind: bigint, nargs: number): MemorySlot;
}

/** Makes programs for tasks, and lets them meet. */
export interface TaskService {
  /** A program for a new task. */
  newProgram(by: Task, name: string): number;
  /** Hands a message over and takes it out at once. Without anything in it there is no call. */
  hand(from: { program: number }, to: number, name: string, message: Message): Arrived;
  /** Raises a program's clock above another's, now that it has learnt what that one did. */
  meet(program: number, other: number): void;
}

/** Gives locks back. */
export interface LockService {
  /** Gives back what a task that ends still has. If that is gone, whoever waits for it is told. */
  releaseAll(task: Task): void;
}
