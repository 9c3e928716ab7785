/** Tasks in the kernel's own thread. */

import { type Body, type Port, TaskContext, within } from "../context.ts";
import type { Arrived, Ask, BodyRef, Handle, Message } from "../requests.ts";
import type { Host, Settle, Submit, Task } from "./task.ts";

export class LocalHost implements Host, Port {
  readonly #submit: Submit;
  readonly #tasks = new Set<Task>();
  readonly #bodies: Body[] = [];

  constructor(submit: Submit) {
    this.#submit = submit;
  }

  get quiet(): boolean {
    for (const task of this.#tasks) {
      if (task.ended !== undefined) this.#tasks.delete(task);
      else if (task.pending.size === 0) return false;
    }
    return true;
  }

  start(task: Task, body: BodyRef, given: Arrived): void {
    const { handle, name, program } = task;
    this.#tasks.add(task);
    const run = this.#bodies[body as number] as Body;
    // (An end has an answer like a question, so the task counts as waiting until the end is carried out.)
    const end = (ended: { result?: Message | undefined; error?: unknown }): void =>
      this.#submit(handle, { op: "end", ...ended } as Ask, SILENT);
    within(new TaskContext(handle, name, program, this), () => run(given)).then(
      (result) => end(result === undefined ? {} : { result }),
      (error: unknown) => end({ error }),
    );
  }

  ask(task: Handle, ask: Ask): Promise<unknown> {
    return new Promise((resolve, reject) => this.#submit(task, ask, { resolve, reject }));
  }
  post(task: Handle, ask: Ask): void {
    this.#submit(task, ask, undefined);
  }
  body(run: Body): number {
    return this.#bodies.push(run) - 1;
  }
}

const SILENT: Settle = { resolve: () => undefined, reject: () => undefined };
