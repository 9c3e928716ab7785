/** Tasks, and what they ask, as the kernel sees them. */
import type { ProgramId } from "../../effects/effects.ts";
import type { Arrived, Ask, BodyRef, Handle, Message, Op } from "../requests.ts";

/** Where the answer to an ask goes. */
export interface Settle {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}
/** Takes what a task asks; without `settle` it waits for no answer. */
export type Submit = (task: Handle, ask: Ask, settle: Settle | undefined) => void;

/** Somewhere tasks run. */
export interface Host {
  /** Starts a task; what it asks first comes after this. */
  start(task: Task, body: BodyRef, given: Arrived): void;
  /** Whether nothing more can come from it before it is answered. */
  readonly quiet: boolean;
}

/** One task: a program runs one, or several that share its memory. */
export class Task {
  readonly handle: Handle;
  readonly name: string;
  readonly program: ProgramId;
  /** Its number in order of creation: where orders must not depend on luck, this decides. */
  readonly index: number;
  /** Whether the run may end while it waits. */
  readonly service: boolean;
  /** Where it runs, or is meant to. */
  host: Host;
  /** What it has asked and nobody has answered. */
  readonly pending = new Set<Pending>();
  ended: { result?: Message | undefined; error?: unknown } | undefined;
  /** Whether somebody was told of its error. */
  observed = false;
  /** What went wrong with something it did not wait for. */
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

/** What a task asked, of one sort. */
export type Asked<K extends Op> = Pending<Extract<Ask, { op: K }>>;

/** What a task asked. */
export class Pending<A extends Ask = Ask> {
  readonly task: Task;
  readonly ask: A;
  /** What it waits for, and who could end that, once it does. */
  waits: { what: string; on: () => readonly Task[] } | undefined;
  readonly #settle: Settle | undefined;
  #done = false;

  /** @param settle where the answer goes; none for what has no answer */
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

  /** What nobody waits for fails at what the task asks next. */
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
