/** Tasks and their asks, as the kernel sees them. */
import type { ProgramId } from "../../effects/effects.ts";
import type { Arrived, Ask, BodyRef, Handle, Message, Op } from "../requests.ts";

/** Takes the answer to an ask. */
export interface Settle {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}
/** Takes a task's ask; without `settle` the task waits for no answer. */
export type Submit = (task: Handle, ask: Ask, settle: Settle | undefined) => void;

/** A thread that runs tasks. */
export interface Host {
  /** Starts a task; its first ask comes after this. */
  start(task: Task, body: BodyRef, given: Arrived): void;
  /** Whether no ask can come from it before it gets an answer. */
  readonly quiet: boolean;
}

/** One task: a program runs one, or several that share its memory. */
export class Task {
  readonly handle: Handle;
  readonly name: string;
  readonly program: ProgramId;
  /** Its number in order of creation; it makes orders deterministic. */
  readonly index: number;
  /** Whether the run may end while it waits. */
  readonly service: boolean;
  /** The host that runs it, or is meant to. */
  host: Host;
  /** Its asks without an answer yet. */
  readonly pending = new Set<Pending>();
  ended: { result?: Message | undefined; error?: unknown } | undefined;
  /** Whether another task learnt of its error. */
  observed = false;
  /** The error of an ask that it did not wait for. */
  fault: { error: unknown } | undefined;

  constructor(handle: Handle, name: string, program: ProgramId, index: number, service: boolean, host: Host) {
    this.handle = handle;
    this.name = name;
    this.program = program;
    this.index = index;
    this.service = service;
    this.host = host;
  }
}

/** A task's ask of one sort. */
export type Asked<K extends Op> = Pending<Extract<Ask, { op: K }>>;

/** A task's ask. */
export class Pending<A extends Ask = Ask> {
  readonly task: Task;
  readonly ask: A;
  /** Set while it waits: what it waits for, and the tasks that could end the wait. */
  waits: { what: string; on: () => readonly Task[] } | undefined;
  readonly #settle: Settle | undefined;
  #done = false;

  /** @param settle takes the answer; none for an ask without an answer */
  constructor(task: Task, ask: A, settle?: Settle) {
    this.task = task;
    this.ask = ask;
    this.#settle = settle;
    if (settle !== undefined) task.pending.add(this);
  }

  /** Whether it was answered. */
  get done(): boolean {
    return this.#done;
  }

  answer(value?: unknown): void {
    if (this.#end()) this.#settle?.resolve(value);
  }

  /** Fails the ask. If the task does not wait for it, the task's next ask fails. */
  fail(error: unknown): void {
    if (!this.#end()) return;
    if (this.#settle === undefined) this.task.fault ??= { error };
    else this.#settle.reject(error);
  }

  #end(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.task.pending.delete(this);
    return true;
  }
}
