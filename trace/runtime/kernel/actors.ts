/**
 * Actors: a call is a message (InvokeProgram), and its answer is another. A call cancelled before its turn is not made.
 */

import { CancelledError, ContractError, RuntimeUseError, TaskFailedError } from "../errors.ts";
import type { Handle, Held, Message, Supervision } from "../requests.ts";
import type { Handlers, KernelServices, Parcel } from "./services.ts";
import type { Asked, Task } from "./task.ts";

interface Actor {
  readonly name: string;
  readonly task: Task;
  readonly supervision: Supervision;
  readonly queue: Call[];
  /** The actor's own wait for the next message. */
  waiting: Asked<"next"> | undefined;
  restarts: number;
  /** Whether its next call finds a new instance. */
  fresh: boolean;
  stopped: boolean;
}
interface Call {
  readonly handle: Handle;
  readonly name: string;
  readonly method: string;
  readonly actor: Actor;
  readonly caller: Task;
  parcel: Parcel | undefined;
  /** The call's resources, as the actor's references. */
  given: readonly Held[];
  /** Resources that never left the caller, as the caller's references. */
  kept: readonly number[];
  state: "queued" | "running" | "answered" | "failed" | "given up";
  result: Parcel | undefined;
  error: unknown;
  waiter: Asked<"answer"> | undefined;
}

export class Actors {
  readonly #kernel: KernelServices;
  readonly #actors = new Map<Handle, Actor>();
  readonly #byTask = new Map<Task, Actor>();
  readonly #calls = new Map<Handle, Call>();

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    actor: (p) => {
      const { task, ask } = p as Asked<"actor">;
      const { handle, name, supervision, message } = ask;
      const { tasks } = this.#kernel;
      const program = tasks.newProgram(task, name);
      const given = tasks.hand(task, program, `start ${name}`, message);
      const own = this.#kernel.start({ handle, name, program, service: true }, task.host, ask.body, given);
      const state = { queue: [], waiting: undefined, restarts: 0, fresh: false, stopped: false };
      const actor = { name, task: own, supervision, ...state };
      this.#actors.set(handle, actor);
      this.#byTask.set(own, actor);
      p.answer();
    },
    call: (p) => this.#call(p as Asked<"call">),
    answer: (p) => {
      const call = this.#callOf((p as Asked<"answer">).ask.call);
      call.waiter = p as Asked<"answer">;
      p.waits = { what: `the answer to ${call.name}`, on: () => [call.actor.task] };
      this.#settle(call);
    },
    cancel: (p) => {
      const call = this.#callOf((p as Asked<"cancel">).ask.call);
      const queued = call.state === "queued";
      if (queued) this.#giveUp(call, "it was given up before its turn");
      else if (call.state === "running") call.state = "given up";
      p.answer({ cancelled: queued, returned: call.state === "failed" ? this.#handBack(call) : [] });
    },
    stop: (p) => {
      const actor = this.#actor((p as Asked<"stop">).ask.actor);
      this.#stop(actor);
      p.answer();
    },
    next: (p) => {
      const actor = this.#byTask.get(p.task) as Actor;
      actor.waiting = p as Asked<"next">;
      p.waits = { what: "a call", on: () => [] };
      this.#serve(actor);
    },
    reply: (p) => {
      const { ask } = p as Asked<"reply">;
      this.#reply(this.#callOf(ask.call), ask.result, ask.error);
      p.answer();
    },
  };

  #actor(handle: Handle): Actor {
    const actor = this.#actors.get(handle);
    if (actor === undefined)
      throw new RuntimeUseError(`there is no actor ${handle} in this run: it could not be started`);
    return actor;
  }
  #callOf(handle: Handle): Call {
    const call = this.#calls.get(handle);
    if (call === undefined) throw new RuntimeUseError(`there is no call ${handle} in this run`);
    return call;
  }

  #call(p: Asked<"call">): void {
    const { task: caller, ask } = p;
    const actor = this.#actor(ask.actor);
    const { handle, method } = ask;
    const name = `${actor.name}.${method}`;
    const state = {
      parcel: undefined,
      given: [],
      kept: [],
      state: "queued" as const,
      result: undefined,
      error: undefined,
      waiter: undefined,
    };
    const call: Call = { handle, name, method, actor, caller, ...state };
    this.#calls.set(handle, call);
    try {
      if (actor.stopped) throw new CancelledError(name, `${actor.name} has stopped`);
      call.parcel = this.#kernel.delivery.deliver(caller.program, actor.task.program, name, ask.message);
      call.given = call.parcel.owned;
      actor.queue.push(call);
      this.#serve(actor);
    } catch (error) {
      call.state = "failed";
      call.error = error;
      call.kept = ask.message.owned;
    }
    p.answer();
  }

  /** Gives the actor its next call. */
  #serve(actor: Actor): void {
    const { waiting } = actor;
    const call = actor.queue[0];
    if (waiting === undefined || call === undefined) return;
    actor.queue.shift();
    actor.waiting = undefined;
    call.state = "running";
    const [message] = call.parcel === undefined ? [] : this.#kernel.delivery.open([call.parcel]);
    waiting.answer({ call: call.handle, method: call.method, message, restart: actor.fresh });
    actor.fresh = false;
  }

  #reply(call: Call, result: Message | undefined, error: unknown): void {
    const { actor, caller } = call;
    if (error !== undefined) {
      this.#failed(call, error);
      return;
    }
    // The result of a cancelled call stays with the actor.
    if (call.state === "given up") return;
    call.state = "answered";
    if (result !== undefined) {
      call.result = this.#kernel.delivery.deliver(actor.task.program, caller.program, `answer of ${call.name}`, result);
    }
    this.#settle(call);
  }

  #failed(call: Call, error: unknown): void {
    const { actor } = call;
    if (error instanceof ContractError && error.part === "requires") {
      // The caller's fault: the method did not run, and the actor is unchanged.
      call.state = "failed";
      call.error = new TaskFailedError(call.name, error);
      this.#settle(call);
      return;
    }
    const { strategy, restarts } = actor.supervision;
    const restart = strategy === "restart" && actor.restarts < restarts;
    const then = strategy === "escalate" ? "the run ends" : restart ? "the actor starts anew" : "the actor stops";
    this.#kernel.journal.failure(actor.task, this.#kernel.tracer.seq, error, then);
    call.state = "failed";
    call.error = new TaskFailedError(call.name, error);
    this.#settle(call);
    if (strategy === "escalate") this.#kernel.abandon(call.error);
    else if (restart) {
      actor.restarts++;
      actor.fresh = true;
    } else this.#stop(actor);
  }

  #stop(actor: Actor): void {
    actor.stopped = true;
    for (const call of actor.queue.splice(0)) this.#giveUp(call, `${actor.name} has stopped`);
  }

  #giveUp(call: Call, why: string): void {
    const { actor } = call;
    const at = actor.queue.indexOf(call);
    if (at >= 0) actor.queue.splice(at, 1);
    if (call.parcel !== undefined) this.#kernel.delivery.open([call.parcel]);
    call.state = "failed";
    call.error = new CancelledError(call.name, why);
    this.#settle(call);
  }

  /**
   * Tells the waiting caller how a call ended. A failed call's resources go back, as far as the actor still has them.
   */
  #settle(call: Call): void {
    const { waiter, caller, actor } = call;
    if (waiter === undefined || call.state === "queued" || call.state === "running") return;
    call.waiter = undefined;
    const { tasks, delivery } = this.#kernel;
    if (call.state === "answered") {
      const [result] = call.result === undefined ? [] : delivery.open([call.result]);
      call.result = undefined;
      if (result === undefined) tasks.meet(caller.program, actor.task.program);
      waiter.answer(result ?? { owned: [], shape: undefined });
      return;
    }
    if (call.state === "given up") {
      waiter.fail(new CancelledError(call.name, "it was given up"));
      return;
    }
    // With any other error nothing has left the caller; its handles restore themselves.
    if (call.error instanceof CancelledError || call.error instanceof TaskFailedError) {
      call.error.returned = this.#handBack(call);
    }
    waiter.fail(call.error);
  }

  /** Gives a call's resources back to the caller, as far as the actor still has them. */
  #handBack(call: Call): readonly Held[] {
    const { tasks, holdings } = this.#kernel;
    const from = call.parcel === undefined ? call.caller : call.actor.task;
    const given = call.parcel === undefined ? call.kept : call.given.map(({ ref }) => ref);
    const owned = given.filter((ref) => holdings.has(from.program, ref));
    call.given = [];
    call.kept = [];
    if (owned.length === 0) return [];
    const shape = owned.map((_, i) => ({ $owned: i }));
    return tasks.hand(from, call.caller.program, `return of ${call.name}`, { owned, shape, data: false }).owned;
  }
}
