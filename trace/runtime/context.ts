/** The running task, and its way to the kernel. */
import { AsyncLocalStorage } from "node:async_hooks";
import { callSite } from "../effects/callSite.ts";
import { InvalidEffectError } from "../errors.ts";
import { RuntimeUseError } from "./errors.ts";
import type { Answers, Arrived, Ask, Asks, Handle, Message, Op, Question } from "./requests.ts";

/** The way from a task to its kernel. */
export interface Port {
  /** Asks and waits for the answer. */
  ask(task: Handle, ask: Ask): Promise<unknown>;
  /** Asks for something without an answer. It happens before the task's next ask; if it fails, that next ask fails. */
  post(task: Handle, ask: Ask): void;
  /** Keeps a function that a task can start with. */
  body(run: Body): number;
}
/** A task's function: takes what the task was given, returns its result. */
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
    // The kernel rejected the effect, and does not know the line that asked for it.
    throw error instanceof InvalidEffectError ? error.calledAt(callSite()) : error;
  }
}

/** Asks the kernel for something without waiting. A failure shows at the task's next step. */
export function post<K extends Op>(op: K, asked: Asks[K]): void {
  const { port, task } = current();
  port.post(task, { op, ...asked } as unknown as Ask);
}
