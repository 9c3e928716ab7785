/** Threads: tasks with their own program, and tasks that share one. */
import type { ProgramId } from "../effects/effects.ts";
import { ask, type Body, current, post } from "./context.ts";
import { pack, unpack } from "./message.ts";
import type { Arrived, Handle, Message } from "./requests.ts";

/** A task's function: takes the arguments of spawn, on arrival. */
type Work<Given extends unknown[], Result> = (...given: Given) => Promise<Result> | Result;

/** A reference to a task. */
export class Thread<Result> {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** {@link spawn}, {@link spawnWorker} and {@link go} make threads. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /** Waits for its program's number, for effects that name the program. */
  async started(): Promise<{ readonly program: ProgramId }> {
    return await ask("started", { task: this.handle });
  }

  /**
   * Waits for its end (JoinWith): everything it did comes before the joining program's next step.
   * @returns its result, to the first task that joins; resources in it become the joining program's
   * @throws TaskFailedError if it failed
   */
  async join(): Promise<Result> {
    return unpack(await ask("join", { task: this.handle })) as Result;
  }
}

/**
 * Starts a task in a program of its own (CreateProgram).
 * @param name the program's name; if the run has an authority for this name, the program gets it
 * @param work the task's function; it must be given, or receive, any resource of others that it uses
 * @param given the function's arguments; resources in them become the new program's
 */
export function spawn<Given extends unknown[], Result>(
  name: string,
  work: Work<Given, Result>,
  ...given: Given
): Thread<Result> {
  return begin(name, "new", work, given);
}

/**
 * Starts a task in a program from before the run continued (`run --continue`). The task has what that program owns: see
 * {@link holdings}. Earlier tasks of the program are gone.
 *
 *     const alice = resume("Alice", async () => {
 *       const [gold] = await holdings();
 *       …
 *     });
 *
 * @param name the program's name in the manifest
 * @throws InvalidInputError at the join, if no program of the run has the name, or several have; RuntimeUseError if the
 *   program already has a task
 */
export function resume<Given extends unknown[], Result>(
  name: string,
  work: Work<Given, Result>,
  ...given: Given
): Thread<Result> {
  return begin(name, "before", work, given);
}

/** A function that a worker thread can load: the export of a module. */
export interface ModuleExport {
  readonly module: URL;
  /** Name of the export; by default `default`. */
  readonly name?: string;
}

/**
 * Starts a task in a program of its own, in a worker thread: it computes in parallel with the others. The seed decides
 * the order of its asks, so the trace equals that of a task in this thread and does not depend on speed.
 * @param work the module's function; its arguments must be data, resources and ends of channels
 */
export function spawnWorker<Result>(name: string, work: ModuleExport, ...given: unknown[]): Thread<Result> {
  const handle = current().newHandle();
  const body = { module: work.module.href, name: work.name ?? "default" };
  post("spawn", { handle, name, body, program: "new", message: pack(given).message });
  return new Thread(handle, name);
}

/** Starts a task within the program. It shares what the program has; starting it leaves no row in the trace. */
export function go<Given extends unknown[], Result>(
  name: string,
  work: Work<Given, Result>,
  ...given: Given
): Thread<Result> {
  return begin(name, "own", work, given);
}

function begin<Given extends unknown[], Result>(
  name: string,
  program: "new" | "own" | "before",
  work: Work<Given, Result>,
  given: Given,
): Thread<Result> {
  const context = current();
  const handle = context.newHandle();
  const body = context.port.body(bodyOf(work));
  post("spawn", { handle, name, body, program, message: pack(given).message });
  return new Thread(handle, name);
}

/** Wraps a function for the kernel: takes its arguments as they arrived, returns its result as a message. */
export function bodyOf<Given extends unknown[]>(work: Work<Given, unknown>): Body {
  return async (arrived: Arrived): Promise<Message | undefined> => {
    const given = (unpack(arrived) ?? []) as Given;
    const result = await work(...given);
    return result === undefined ? undefined : pack(result).message;
  };
}

/** The virtual time of all programs, in seconds since 1970. */
export async function now(): Promise<number> {
  return await ask("now", {});
}

/** Lets virtual time pass. It passes for all programs, once every task waits. */
export async function sleep(seconds: number): Promise<void> {
  await ask("sleep", { seconds });
}
