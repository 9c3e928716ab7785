/** Which task runs: what it asks goes to its kernel. */
import { AsyncLocalStorage } from "node:async_hooks";
import { callSite } from "../effects/callSite.ts";
import { InvalidEffectError } from "../errors.ts";
import { RuntimeUseError } from "./errors.ts";
import type { Answers, Arrived, Ask, Asks, Handle, Message, Op, Question } from "./requests.ts";

/** Where a task's asks go. */
export interface Port {
  /** Asks and waits for the answer. */
  ask(task: Handle, ask: Ask): Promise<unknown>;
  /**
   * Asks for something that has no answer: it happens before whatever the task asks next, and fails then if it fails.
   */
  post(task: Handle, ask: Ask): void;
  /** Keeps a function that a task may be started with. */
  body(run: Body): number;
}
/** What a task does, with what it was given; its result. */
export type Body = (given: Arrived) => Promise<Message | undefined>;
/** A task from the inside. */
export class TaskContext {
  readonly task: Handle;
  readonly name: string;
  readonly program: number;
  readonly port: Port;
  #made = 0;

  constructor(task: Handle, name: string, program: number, port: Port) {
    this.task = task;
    this.name = name;
    this.program = program;
    this.port = port;
  }

  /** A name for something new. */
  newHandle(): Handle {
    this.#made++;
    return `${this.task}/${this.#made}`;
  }
}

const storage = new AsyncLocalStorage<TaskContext>();

/** Runs something as a task. */
export function within<T>(context: TaskContext, work: () => T): T {
  return storage.run(context, work);
}

/** The task that runs. @throws RuntimeUseError outside of tasks */
export function current(): TaskContext {
  const context = storage.getStore();
  if (context === undefined) {
    throw new RuntimeUseError("this is for tasks: use it within what concurrent() or spawn() runs");
  }
  return context;
}

/** Asks the kernel as the task that runs. */
export async function ask<K extends Question>(op: K, asked: Asks[K]): Promise<Answers[K]> {
  const { port, task } = current();
  try {
    return (await port.ask(task, { op, ...asked } as unknown as Ask)) as Answers[K];
  } catch (error) {
    // The kernel found it wrong, and does not know whose line asked for it.
    throw error instanceof InvalidEffectError ? error.calledAt(callSite()) : error;
  }
}

/** Asks the kernel for something and does not wait: what fails then fails at the task's next step. */
export function post<K extends Op>(op: K, asked: Asks[K]): void {
  const { port, task } = current();
  port.post(task, { op, ...asked } as unknown as Ask);
}
