/** Actors: an object in a program of its own. A method call is a message; the actor handles its calls one at a time. */

import { ask, current, post } from "./context.ts";
import { type Contracts, checked } from "./contract.ts";
import { CancelledError, TaskFailedError } from "./errors.ts";
import { type Packed, pack, unpack } from "./message.ts";
import type { Handle, Message, Supervision } from "./requests.ts";
import { checkActor } from "./terms.ts";

/**
 * The future answer to a call. If it is dropped (`using`) or cancelled before the call's turn, the call is not made.
 */
export class Future<T> implements PromiseLike<T>, Disposable {
  readonly #call: Handle;
  readonly #given: Packed;
  #answer: Promise<T> | undefined;

  /** An actor's methods return futures. @internal */
  constructor(call: Handle, given: Packed) {
    this.#call = call;
    this.#given = given;
  }

  /**
   * Asks for the answer. `await` calls this.
   * @throws TaskFailedError, CancelledError; the caller then has the call's resources again
   */
  // biome-ignore lint/suspicious/noThenProperty: to await a future is to ask for the answer.
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.#answer ??= this.#ask();
    return this.#answer.then(fulfilled, rejected);
  }

  /**
   * Cancels the call. A waiting call is not made, and its resources come back. A running call goes on, and its answer
   * is dropped.
   * @returns whether the call was prevented
   */
  async cancel(): Promise<boolean> {
    if (this.#answer !== undefined) return false;
    this.#answer = Promise.reject(new CancelledError("a call", "it was given up"));
    this.#answer.catch(() => undefined);
    const { cancelled, returned } = await ask("cancel", { call: this.#call });
    this.#given.comeBack(returned);
    return cancelled;
  }
  /** Cancels a call that was not awaited. `using` calls this at the end of its scope. */
  [Symbol.dispose](): void {
    if (this.#answer === undefined) void this.cancel();
  }

  async #ask(): Promise<T> {
    try {
      return unpack(await ask("answer", { call: this.#call })) as T;
    } catch (error) {
      if (error instanceof CancelledError || error instanceof TaskFailedError) this.#given.comeBack(error.returned);
      // The call never reached the actor: nothing has moved.
      else this.#given.undo();
      throw error;
    }
  }
}

/** A class whose objects can be actors: its methods take and return values that can be sent. */
export interface ActorClass<Given extends unknown[], T extends object> {
  new (...given: Given): T;
  /** Conditions that hold when a method is called, and when it returns. */
  readonly contracts?: Contracts<T>;
}

/** A reference to an actor: its methods, each returning a future. */
export type ActorRef<T extends object> = {
  readonly [K in keyof T as T[K] extends (...given: never[]) => unknown ? K : never]: T[K] extends (
    ...given: infer Given
  ) => infer Result
    ? (...given: Given) => Future<Awaited<Result>>
    : never;
};

/** How an actor is started. */
export interface ActorOptions {
  /** Name of its program; by default the class's name. */
  name?: string;
  /** Reaction to a failing method: by default a new instance takes over, up to three times. */
  supervision?: Partial<Supervision>;
}

const HANDLES = new WeakMap<object, Handle>();

/**
 * Starts an actor (CreateProgram): an object of the class, in a program of its own.
 * @param given the constructor's arguments; resources in them become the actor's
 */
export function actor<Given extends unknown[], T extends object>(
  type: ActorClass<Given, T>,
  options: ActorOptions = {},
  ...given: Given
): ActorRef<T> {
  checkActor(options);
  const context = current();
  const handle = context.newHandle();
  const name = options.name ?? type.name;
  const supervision: Supervision = { strategy: "restart", restarts: 3, ...options.supervision };
  const body = context.port.body(async (arrived) => {
    const given = (unpack(arrived) ?? []) as Given;
    return await live(type, name, given);
  });
  post("actor", { handle, name, body, supervision, message: pack(given).message });
  const ref = new Proxy({} as ActorRef<T>, {
    get(_, method) {
      // An actor must not look like a promise.
      if (typeof method !== "string" || method === "then" || method === "toMessage") return undefined;
      return (...args: unknown[]) => call(handle, method, args);
    },
  });
  HANDLES.set(ref, handle);
  return ref;
}

/** Stops an actor after its current call; waiting calls are cancelled. */
export function stop<T extends object>(ref: ActorRef<T>): void {
  post("stop", { actor: HANDLES.get(ref) as Handle });
}

function call(actor: Handle, method: string, args: readonly unknown[]): Future<unknown> {
  const handle = current().newHandle();
  const packed = pack(args);
  // (Arguments are always a list; an empty list counts as no data.)
  post("call", { handle, actor, method, message: packed.message });
  return new Future(handle, packed);
}

/** Body of an actor's task: handles one call after the other. */
async function live<Given extends unknown[], T extends object>(
  type: ActorClass<Given, T>,
  name: string,
  given: Given,
): Promise<undefined> {
  let instance = new type(...given);
  for (;;) {
    const { call, method, message, restart } = await ask("next", {});
    if (restart) instance = new type(...given);
    let result: Message | undefined;
    try {
      const args = (unpack(message) ?? []) as unknown[];
      const value = await invoke(type, name, instance, method, args);
      result = value === undefined ? undefined : pack(value).message;
    } catch (error) {
      post("reply", { call, error });
      continue;
    }
    post("reply", result === undefined ? { call } : { call, result });
  }
}

async function invoke<Given extends unknown[], T extends object>(
  type: ActorClass<Given, T>,
  name: string,
  instance: T,
  method: string,
  args: unknown[],
): Promise<unknown> {
  const work = (instance as Record<string, unknown>)[method];
  if (typeof work !== "function" || !isDeclared(type.prototype, method)) {
    throw new TypeError(`${name} has no method ${method}`);
  }
  const clauses = type.contracts?.[method as keyof T];
  const bound = (...given: unknown[]): unknown => work.apply(instance, given);
  if (clauses === undefined) return await bound(...args);
  return await checked(`${name}.${method}`, clauses, bound, instance)(...args);
}

/** Whether a class or one of its superclasses has a method of that name; methods of Object do not count. */
function isDeclared(prototype: object, method: string): boolean {
  if (method === "constructor") return false;
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, method)) return true;
  }
  return false;
}
