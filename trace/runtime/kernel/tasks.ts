/** Tasks: spawned with their own program (CreateProgram) or within an existing one, and joined (JoinWith). */

import { RuntimeUseError, TaskFailedError } from "../errors.ts";
import type { Arrived, Handle, Message } from "../requests.ts";
import type { Handlers, KernelServices, TaskService } from "./services.ts";
import type { Asked, Task } from "./task.ts";

const NOTHING: Arrived = { owned: [], shape: undefined };

export class Tasks implements TaskService {
  readonly #kernel: KernelServices;
  /** The joins that wait for each task's end. */
  readonly #joiners = new Map<Task, Asked<"join">[]>();

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    spawn: (p) => {
      const { task, ask } = p as Asked<"spawn">;
      const { handle, name, message } = ask;
      const program = this.#programFor(task, ask);
      const given = this.hand(task, program, `start ${name}`, message);
      // A function stays in the thread of its spawner; a module's export can start anywhere.
      const host = typeof ask.body === "number" ? task.host : this.#kernel.worker();
      this.#kernel.start({ handle, name, program, service: false }, host, ask.body, given);
      p.answer();
    },
    join: (p) => {
      const { ask } = p as Asked<"join">;
      const other = this.#started(ask.task);
      if (other.ended !== undefined) {
        this.#join(p as Asked<"join">, other);
        return;
      }
      p.waits = { what: `the end of ${other.name}`, on: () => [other] };
      this.#joiners.set(other, [...(this.#joiners.get(other) ?? []), p as Asked<"join">]);
    },
    started: (p) => {
      const { ask } = p as Asked<"started">;
      p.answer({ program: this.#started(ask.task).program });
    },
    end: (p) => {
      const { task, ask } = p as Asked<"end">;
      // Without an error of its own, the task fails with the error of an ask that it did not wait for.
      const error = ask.error ?? task.fault?.error;
      task.ended = error === undefined ? { result: ask.result } : { error };
      this.#kernel.locks.releaseAll(task);
      p.answer();
      this.#kernel.finish(task);
      for (const joiner of this.#joiners.get(task) ?? []) this.#attempt(joiner, task);
      this.#joiners.delete(task);
    },
  };

  #programFor(by: Task, { name, program }: Asked<"spawn">["ask"]): number {
    if (program === "new") return this.newProgram(by, name);
    if (program === "own") return by.program;
    const known = this.#kernel.tracer.program(name).id;
    if (!this.#kernel.hasStarted(known)) return known;
    throw new RuntimeUseError(`${name} was started in this run already: send it messages instead`);
  }

  #started(handle: Handle): Task {
    const task = this.#kernel.task(handle);
    if (task === undefined) {
      throw new RuntimeUseError(`${handle} was never started: its arguments were refused`);
    }
    return task;
  }

  /** A program for a new task. */
  newProgram(by: Task, name: string): number {
    const { tracer, now } = this.#kernel;
    return tracer.program(by.program).createProgram({ name }, now).id;
  }

  /** Hands a message over and takes it out at once. An empty message needs no call. */
  hand(from: { program: number }, to: number, name: string, message: Message): Arrived {
    if (message.owned.length === 0 && !message.data) return { owned: [], shape: message.shape };
    const { delivery } = this.#kernel;
    const parcel = delivery.deliver(from.program, to, name, message);
    return delivery.open([parcel])[0] ?? NOTHING;
  }

  /** Raises a program's clock above another's (JoinWith). */
  meet(program: number, other: number): void {
    if (program === other) return;
    const { steps } = this.#kernel.tracer.program(other).header();
    this.#kernel.perform(program, { effect: "JoinWith", programs: [{ program: other, steps }] });
  }

  #attempt(p: Asked<"join">, other: Task): void {
    try {
      this.#join(p, other);
    } catch (error) {
      p.fail(error);
    }
  }

  #join(p: Asked<"join">, other: Task): void {
    other.observed = true;
    const { ended } = other;
    if (ended?.error !== undefined) {
      this.meet(p.task.program, other.program);
      throw new TaskFailedError(other.name, ended.error);
    }
    let result = NOTHING;
    if (ended?.result !== undefined) {
      // A result is handed over once; a later join gets nothing. Its data needs no token: the join itself hands it
      // over.
      result = this.hand(other, p.task.program, `${other.name} ended`, { ...ended.result, data: false });
      ended.result = undefined;
    }
    this.meet(p.task.program, other.program);
    p.answer(result);
  }
}
