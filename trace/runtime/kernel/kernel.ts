/**
 * The kernel runs tasks in rounds. In a round every task computes until it asks for something; several threads compute
 * at once. Then the kernel carries out the asks one by one, in an order that depends on the seed alone. So the trace
 * does not depend on the threads' speed, and another seed gives another interleaving.
 */
import type { Effect, ProgramId, Single } from "../../effects/effects.ts";
import type { Transition } from "../../machine/transition.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { Body } from "../context.ts";
import { DeadlockError, RuntimeUseError, TaskFailedError } from "../errors.ts";
import { SeededRandom } from "../random.ts";
import type { Arrived, Ask, BodyRef, Handle } from "../requests.ts";
import { Hosts } from "../workers/hosts.ts";
import { Actors } from "./actors.ts";
import { Channels } from "./channels.ts";
import { cycleOf, waitsOf } from "./deadlock.ts";
import { Delivery } from "./delivery.ts";
import { Exchanges } from "./exchanges.ts";
import { Holdings } from "./holdings.ts";
import { Journal } from "./journal.ts";
import { LocalHost } from "./localHost.ts";
import { Locks } from "./locks.ts";
import { resourceOps } from "./resources.ts";
import { Rights } from "./rights.ts";
import type { Handler, KernelServices } from "./services.ts";
import { Slots } from "./slots.ts";
import { type Host, Pending, type Settle, Task } from "./task.ts";
import { Tasks } from "./tasks.ts";
import { Watches } from "./watches.ts";

export interface KernelOptions {
  /** Decides the interleaving. */
  seed: number;
  /** Time of the first transition, in seconds since 1970. */
  start: number;
}

/** Everything that wakes at some time. */
interface Sleeper {
  until: number;
  wake(): void;
}

export class Kernel implements KernelServices {
  readonly tracer: Tracer;
  readonly random: SeededRandom;
  readonly holdings: Holdings;
  readonly slots: Slots;
  readonly rights: Rights;
  readonly delivery: Delivery;
  readonly journal: Journal;
  readonly tasks: Tasks;
  readonly locks: Locks;
  /** Virtual time, in seconds since 1970. It passes when all tasks wait. */
  now: number;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #live = new Set<Task>();
  readonly #byHandle = new Map<Handle, Task>();
  readonly #local: LocalHost;
  readonly #workers = new Hosts(this);
  readonly #watches = new Watches(this);
  readonly #sleepers: Sleeper[] = [];
  #inbox: Pending[] = [];
  #arrived: (() => void) | undefined;
  #failure: { error: unknown } | undefined;

  constructor(tracer: Tracer, { seed, start }: KernelOptions) {
    this.tracer = tracer;
    this.now = Math.max(start, tracer.at);
    this.random = new SeededRandom(seed);
    this.holdings = new Holdings(tracer);
    this.slots = new Slots(tracer);
    this.rights = new Rights(this);
    this.delivery = new Delivery(this);
    this.journal = new Journal(seed, tracer.manifest.runtime);
    this.tasks = new Tasks(this);
    this.locks = new Locks(this);
    this.#local = new LocalHost((task, ask, settle) => this.submit(task, ask, settle));
    const parts = [
      resourceOps(this),
      this.slots.handlers,
      this.rights.handlers,
      this.#watches.handlers,
      this.tasks.handlers,
      new Channels(this).handlers,
      this.locks.handlers,
      new Exchanges(this).handlers,
      new Actors(this).handlers,
    ];
    this.#handlers = new Map(parts.flatMap((handlers) => Object.entries(handlers)));
  }

  /**
   * Runs the first task, and all that it starts, until no task has work left.
   * @throws DeadlockError if all tasks wait and none can go on, TaskFailedError if a task failed and no task learnt of
   *   it
   */
  async run(name: string, program: ProgramId, body: Body): Promise<void> {
    const first = { handle: name, name, program, service: false };
    this.start(first, this.#local, this.#local.body(body), { owned: [], shape: undefined });
    try {
      while ([...this.#live].some((task) => !task.service)) {
        await this.#quiet();
        this.#requireGoingOn();
        if (!this.#round() && !this.#wake()) {
          if ([...this.#live].every((task) => task.service)) break;
          this.#requireNoFailure();
          throw this.#deadlock();
        }
        this.#requireGoingOn();
      }
      this.#requireNoFailure();
    } finally {
      await this.#workers.close();
      this.tracer.manifest.runtime = this.journal.record([...this.#byHandle.values()]);
    }
  }

  /** Starts a task. */
  start(
    { handle, name, program, service }: { handle: Handle; name: string; program: ProgramId; service: boolean },
    host: Host,
    body: BodyRef,
    given: Arrived,
  ): Task {
    const task = new Task(handle, name, program, this.#byHandle.size + 1, service, host);
    this.#byHandle.set(handle, task);
    this.#live.add(task);
    host.start(task, body, given);
    return task;
  }

  /** The worker thread for the next task that needs one. */
  worker(): Host {
    return this.#workers.next();
  }

  /** A task stays on the host that started it. */
  began(handle: Handle, host: Host): void {
    const task = this.#byHandle.get(handle);
    if (task !== undefined) task.host = host;
  }

  /** Takes an ended task out of the run. */
  finish(task: Task): void {
    this.#live.delete(task);
  }

  task(handle: Handle): Task | undefined {
    return this.#byHandle.get(handle);
  }

  /** Live tasks of a program. */
  tasksOf(program: ProgramId): Task[] {
    return [...this.#live].filter((task) => task.program === program);
  }

  /** Whether the program has, or had, a task. */
  hasStarted(program: ProgramId): boolean {
    return [...this.#byHandle.values()].some((task) => task.program === program);
  }

  /** Ends the run with an error at the end of the round. */
  abandon(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Applies an effect as a program, now. @throws RefusedError if a rule refuses it */
  perform(program: ProgramId, effect: Effect): Transition[] {
    return this.tracer.perform(program, effect, this.now);
  }

  /** Applies effects of several programs as one group, now. @throws RefusedError if a rule refuses one of them */
  performTogether(parts: readonly (readonly [ProgramId, Single])[]): Transition[] {
    return this.tracer.together(parts, this.now);
  }

  /** Calls `wake` after some virtual time. Returns a function that cancels this. */
  after(seconds: number, wake: () => void): () => void {
    const sleeper = { until: this.now + seconds, wake };
    this.#sleepers.push(sleeper);
    return () => {
      const at = this.#sleepers.indexOf(sleeper);
      if (at >= 0) this.#sleepers.splice(at, 1);
    };
  }

  /** Takes a task's ask; the next round carries it out. */
  submit(handle: Handle, ask: Ask, settle: Settle | undefined): void {
    const task = this.#byHandle.get(handle);
    if (task === undefined || !this.#live.has(task)) {
      throw new RuntimeUseError(`${handle} has ended and can ask for nothing more: await all its work before it ends`);
    }
    this.#inbox.push(new Pending(task, ask, settle));
    this.#arrived?.();
  }

  /** Checks again whether all tasks wait. */
  heard(): void {
    this.#arrived?.();
  }

  /** Ends the run: a thread was lost, and its tasks cannot go on. */
  lost(error: Error): void {
    this.abandon(new RuntimeUseError(`a worker thread ended: ${error.message}; its tasks are lost`));
    this.#arrived?.();
  }

  /** Waits until every task has asked for something and cannot go on. */
  async #quiet(): Promise<void> {
    this.#workers.flush();
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failure !== undefined || (this.#local.quiet && this.#workers.quiet)) return;
      // A task still computes on a worker, or waits for the outside world.
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      this.#arrived = undefined;
    }
  }

  /** Carries out the asks. False if there were none. */
  #round(): boolean {
    if (this.#inbox.length === 0) return false;
    const byTask = new Map<Task, Pending[]>();
    for (const pending of this.#inbox) byTask.set(pending.task, [...(byTask.get(pending.task) ?? []), pending]);
    this.#inbox = [];
    const tasks = [...byTask.keys()].sort((a, b) => a.index - b.index);
    for (const task of this.random.shuffled(tasks))
      for (const pending of byTask.get(task) ?? []) this.#carryOut(pending);
    this.#watches.settle();
    return true;
  }

  #carryOut(pending: Pending): void {
    const { task, ask } = pending;
    if (task.fault !== undefined && ask.op !== "end") {
      const { error } = task.fault;
      task.fault = undefined;
      pending.fail(error);
      return;
    }
    try {
      const handler = this.#handlers.get(ask.op) as Handler;
      handler(pending);
    } catch (error) {
      pending.fail(error);
    }
  }

  /** Lets time pass until the next sleeper wakes. False if there is none. */
  #wake(): boolean {
    if (this.#sleepers.length === 0) return false;
    const until = Math.min(...this.#sleepers.map((sleeper) => sleeper.until));
    this.now = Math.max(this.now, until);
    for (const sleeper of this.#sleepers.filter((each) => each.until <= this.now)) {
      const at = this.#sleepers.indexOf(sleeper);
      if (at < 0) continue;
      this.#sleepers.splice(at, 1);
      sleeper.wake();
    }
    return true;
  }

  #deadlock(): DeadlockError {
    const stuck = [...this.#live].filter((task) => !task.service);
    const waits = waitsOf(stuck);
    const cycle = cycleOf(stuck);
    this.journal.waits(stuck);
    return new DeadlockError(
      waits,
      cycle.map(({ name }) => name),
    );
  }

  #requireGoingOn(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #requireNoFailure(): void {
    for (const task of this.#byHandle.values()) {
      if (task.ended?.error === undefined || task.observed) continue;
      throw task.index === 1 ? task.ended.error : new TaskFailedError(task.name, task.ended.error);
    }
  }
}
