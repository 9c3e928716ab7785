/** Channels: what is sent is the receiver's from then on, and nobody can call it back. */

import { ask, current, post } from "./context.ts";
import { ChannelClosedError } from "./errors.ts";
import { type Packed, pack, type Sendable, type Sent, sendable, sending, unpack } from "./message.ts";
import type { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";
import { checkChannel } from "./terms.ts";

/** An end of a channel, in a message. */
interface End {
  readonly handle: Handle;
  readonly name: string;
}

/** Where values go in. It may itself be sent, so that any number of programs send. */
export class Sender<T> implements Sendable<End>, Disposable {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** Ends are made by {@link channel}. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /**
   * Sends a value: resources in it change owner (InvokeProgram), of data a token with its digest. Waits for room.
   * @throws ChannelClosedError; the value is the sender's still then
   */
  async send(value: T): Promise<void> {
    await sending(value, (message) => ask("send", { sends: [{ channel: this.handle, message }] }));
  }

  /** Sends all of the values at once, or none (AtomicBatch). They must fit into one group of the map's profiles. */
  async sendAll(values: readonly T[]): Promise<void> {
    await sendEach(...values.map((value) => [this as Sender<unknown>, value] as const));
  }

  /** Says that nothing more will come; what is in the channel stays. */
  close(): void {
    post("close", { channel: this.handle });
  }
  /** At the end of its scope, the channel is closed. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What stands for it in a message. @internal */
  toMessage(): Sent<End> {
    return { sort: "sender", handle: this.handle, name: this.name };
  }
}
sendable<End>("sender", ({ handle, name }) => new Sender(handle, name));

/** Where values come out: for the tasks of one program, the one that asks first. */
export class Receiver<T> implements AsyncIterable<T> {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** Ends are made by {@link channel}. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /** Waits for a value. @throws ChannelClosedError once it is closed and empty */
  async recv(): Promise<T> {
    const [value] = await this.recvAll(1);
    return value as T;
  }

  /** Waits for a value, and takes with it what else is there (AtomicBatch), at most so many. */
  async recvAll(most = Number.MAX_SAFE_INTEGER): Promise<T[]> {
    return (await ask("recv", { channel: this.handle, most })).map((arrived) => unpack(arrived) as T);
  }

  /** Values until the channel is closed. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      let value: T;
      try {
        value = await this.recv();
      } catch (error) {
        if (error instanceof ChannelClosedError) return;
        throw error;
      }
      yield value;
    }
  }
}

/**
 * Makes a channel.
 * @param options.capacity how many values may wait in it; 0 = each waits for its receiver; by default as many as the
 *   receiver's memory holds
 */
export function channel<T>(name: string, options: { capacity?: number } = {}): [Sender<T>, Receiver<T>] {
  checkChannel(options);
  const handle = current().newHandle();
  post("channel", { handle, name, capacity: options.capacity ?? Number.MAX_SAFE_INTEGER });
  return [new Sender<T>(handle, name), new Receiver<T>(handle, name)];
}

/**
 * Sends a resource without waiting, and ends the variable for the compiler too: whatever uses it afterwards is a type
 * error. If the channel refuses it, the task's next step fails.
 */
export function give<K extends string>(resource: Owned<K>, to: Sender<Owned<K>>): asserts resource is never {
  const { message } = pack(resource);
  post("send", { sends: [{ channel: to.handle, message }] });
}

/**
 * Sends values into several channels at once: every receiver gets its own, or none does (AtomicBatch). Waits until all
 * have room.
 * @throws ChannelClosedError if one of them is closed; the values are the sender's still then
 */
export async function sendEach(...sends: readonly (readonly [Sender<unknown>, unknown])[]): Promise<void> {
  const packed: Packed[] = [];
  try {
    const parts = sends.map(([to, value]) => {
      const each = pack(value);
      packed.push(each);
      return { channel: to.handle, message: each.message };
    });
    await ask("send", { sends: parts });
  } catch (error) {
    for (const { undo } of packed) undo();
    throw error;
  }
}

/** What select waits for, and what it does then: made by {@link when}, {@link otherwise} and {@link timeout}. */
export type Case<R> =
  | {
      readonly sort: "when";
      readonly receiver: Receiver<unknown>;
      /** Gets the value. */
      readonly run: (value: unknown) => R | Promise<R>;
    }
  | {
      readonly sort: "otherwise";
      /** What is done if nothing is there. */
      readonly run: () => R | Promise<R>;
    }
  | {
      readonly sort: "late";
      readonly seconds: number;
      /** What is done if nothing came in time. */
      readonly run: () => R | Promise<R>;
    };

/** A case of select: a value from a channel. */
export function when<T, R>(receiver: Receiver<T>, run: (value: T) => R | Promise<R>): Case<R> {
  return { sort: "when", receiver, run: run as (value: unknown) => R | Promise<R> };
}
/** A case of select: nothing is there now. */
export function otherwise<R>(run: () => R | Promise<R>): Case<R> {
  return { sort: "otherwise", run };
}
/** A case of select: nothing came within so many seconds. */
export function timeout<R>(seconds: number, run: () => R | Promise<R>): Case<R> {
  return { sort: "late", seconds, run };
}

/**
 * Waits for the first of several channels that has something, and does what its case says. Where several have, the seed
 * decides.
 * @throws ChannelClosedError if all are closed and empty, and there is no `otherwise`
 */
export async function select<R>(...cases: readonly Case<R>[]): Promise<R> {
  const receivers = cases.filter((each) => each.sort === "when");
  const fallback = cases.find((each) => each.sort === "otherwise");
  const late = cases.find((each) => each.sort === "late");
  const chosen = await ask("select", {
    channels: receivers.map(({ receiver }) => receiver.handle),
    otherwise: fallback !== undefined,
    seconds: late?.seconds,
  });
  if (chosen === "otherwise") return await (fallback as { run: () => R | Promise<R> }).run();
  if (chosen === "late") return await (late as { run: () => R | Promise<R> }).run();
  const { index, message } = chosen;
  return await (receivers[index] as { run: (value: unknown) => R | Promise<R> }).run(unpack(message));
}
