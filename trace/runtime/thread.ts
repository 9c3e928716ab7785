/** Threads: tasks with a program of their own, and tasks beside others in one. */
import type { ProgramId } from "../effects/effects.ts";
import { ask, type Body, current, post } from "./context.ts";
import { pack, unpack } from "./message.ts";
import type { Arrived, Handle, Message } from "./requests.ts";

/** What a function that starts a task is given: what was passed to spawn, on arrival. */
type Work<Given extends unknown[], Result> = (...given: Given) => Promise<Result> | Result;

/** A task from the outside. */
export class Thread<Result> {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** Threads are started by {@link spawn}, {@link spawnWorker} and {@link go}. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /** The number of its program, once it has one: for effects that name it. */
  async started(): Promise<{ readonly program: ProgramId }> {
    return await ask("started", { task: this.handle });
  }

  /**
   * Waits for its end (JoinWith): whatever it did came before what the joining program does next.
   * @returns its result; resources in it are the joining program's now, and only the first who joins gets it
   * @throws TaskFailedError if it failed
   */
  async join(): Promise<Result> {
    return unpack(await ask("join", { task: this.handle })) as Result;
  }
}

/**
 * Starts a task in a program of its own (CreateProgram).
 * @param name what the program is called; an authority that the run has for this name is its
 * @param work what it does; what it uses of others it must be given, or receive
 * @param given what it starts with: resources in it become the new program's
 */
export function spawn<Given extends unknown[], Result>(
  name: string,
  work: Work<Given, Result>,
  ...given: Given
): Thread<Result> {
  return begin(name, "new", work, given);
}

/**
 * Starts a task in a program that the run had before it went on (`run --continue`): what that program owns is the
 * task's, see {@link holdings}. What ran in the program before is over.
 *
 *     const alice = resume("Alice", async () => {
 *       const [gold] = await holdings();
 *       …
 *     });
 *
 * @param name what the program is called in the manifest
 * @throws InvalidInputError at the join, if the run had no program of the name, or several; RuntimeUseError if it has
 *   a task already
 */
export function resume<Given extends unknown[], Result>(
  name: string,
  work: Work<Given, Result>,
  ...given: Given
): Thread<Result> {
  return begin(name, "before", work, given);
}

/** A function that a worker thread can find: the export of a module. */
export interface ModuleExport {
  readonly module: URL;
  /** Name of the export; `default` unless said otherwise. */
  readonly name?: string;
}

/**
 * The same in a worker thread: what it computes, it computes beside the others. What it asks happens in the order that
 * the seed decides, so the trace is that of a task in this thread, whatever takes how long.
 * @param work the module's function; what it is given must be data, resources and ends of channels
 */
export function spawnWorker<Result>(name: string, work: ModuleExport, ...given: unknown[]): Thread<Result> {
  const handle = current().newHandle();
  const body = { module: work.module.href, name: work.name ?? "default" };
  post("spawn", { handle, name, body, program: "new", message: pack(given).message });
  return new Thread(handle, name);
}

/**
 * Starts a task within the program: what the program has is this task's as well, and nothing of it leaves a trace by
 * itself.
 */
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

/** A function as the kernel starts it: given what arrived, its result as a message. */
export function bodyOf<Given extends unknown[]>(work: Work<Given, unknown>): Body {
  return async (arrived: Arrived): Promise<Message | undefined> => {
    const given = (unpack(arrived) ?? []) as Given;
    const result = await work(...given);
    return result === undefined ? undefined : pack(result).message;
  };
}

/** Time as all programs see it, in seconds since 1970. */
export async function now(): Promise<number> {
  return await ask("now", {});
}

/** Lets virtual time pass: everybody's, once nobody has anything else to do. */
export async function sleep(seconds: number): Promise<void> {
  await ask("sleep", { seconds });
}
