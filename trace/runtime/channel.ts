/** Channels: a sent value belongs to the receiver from then on, and cannot be called back. */

import { ask, current, post } from "./context.ts";
import { ChannelClosedError } from "./errors.ts";
import { type Packed, pack, type Sendable, type Sent, sendable, sending, unpack } from "./message.ts";
import type { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";
import { checkChannel } from "./terms.ts";

/** A channel's end, in a message. */
interface End {
  readonly handle: Handle;
  readonly name: string;
}

/** The sending end of a channel. It can itself be sent, so any number of programs can send. */
export class Sender<T> implements Sendable<End>, Disposable {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** {@link channel} makes ends. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /**
   * Sends a value (InvokeProgram). Its resources change owner; for data, a token with the data's digest does. Waits for
   * room.
   * @throws ChannelClosedError; the sender then keeps the value
   */
  async send(value: T): Promise<void> {
    await sending(value, (message) => ask("send", { sends: [{ channel: this.handle, message }] }));
  }

  /** Sends all values at once, or none (AtomicBatch). They must fit into one group of the map's profiles. */
  async sendAll(values: readonly T[]): Promise<void> {
    await sendEach(...values.map((value) => [this as Sender<unknown>, value] as const));
  }

  /** Closes the channel for sending; values already in it can still be received. */
  close(): void {
    post("close", { channel: this.handle });
  }
  /** Closes the channel at the end of the scope. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Its form in a message. @internal */
  toMessage(): Sent<End> {
    return { sort: "sender", handle: this.handle, name: this.name };
  }
}
sendable<End>("sender", ({ handle, name }) => new Sender(handle, name));

/** The receiving end of a channel. The first program that receives owns it: only its tasks can receive. */
export class Receiver<T> implements AsyncIterable<T> {
  /** @internal */
  readonly handle: Handle;
  readonly name: string;

  /** {@link channel} makes ends. @internal */
  constructor(handle: Handle, name: string) {
    this.handle = handle;
    this.name = name;
  }

  /** Waits for a value. @throws ChannelClosedError once the channel is closed and empty */
  async recv(): Promise<T> {
    const [value] = await this.recvAll(1);
    return value as T;
  }

  /** Waits for a value, and takes up to `most` values that are there (AtomicBatch). */
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
 * @param options.capacity how many values can wait in it; 0 = each send waits for a receiver; by default as many as the
 *   receiver's memory holds
 */
export function channel<T>(name: string, options: { capacity?: number } = {}): [Sender<T>, Receiver<T>] {
  checkChannel(options);
  const handle = current().newHandle();
  post("channel", { handle, name, capacity: options.capacity ?? Number.MAX_SAFE_INTEGER });
  return [new Sender<T>(handle, name), new Receiver<T>(handle, name)];
}

/**
 * Sends a resource without waiting. The variable ends for the compiler too: a later use is a type error. If the channel
 * refuses the resource, the task's next step fails.
 */
export function give<K extends string>(resource: Owned<K>, to: Sender<Owned<K>>): asserts resource is never {
  const { message } = pack(resource);
  post("send", { sends: [{ channel: to.handle, message }] });
}

/**
 * Sends values into several channels at once: every receiver gets its value, or none does (AtomicBatch). Waits until
 * all channels have room.
 * @throws ChannelClosedError if one of them is closed; the sender then keeps the values
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

/** A case of {@link select}: made by {@link when}, {@link otherwise} and {@link timeout}. */
export type Case<R> =
  | {
      readonly sort: "when";
      readonly receiver: Receiver<unknown>;
      /** Called with the value. */
      readonly run: (value: unknown) => R | Promise<R>;
    }
  | {
      readonly sort: "otherwise";
      /** Called if no channel has a value. */
      readonly run: () => R | Promise<R>;
    }
  | {
      readonly sort: "late";
      readonly seconds: number;
      /** Called if no value came in time. */
      readonly run: () => R | Promise<R>;
    };

/** A case of select: a value from a channel. */
export function when<T, R>(receiver: Receiver<T>, run: (value: T) => R | Promise<R>): Case<R> {
  return { sort: "when", receiver, run: run as (value: unknown) => R | Promise<R> };
}
/** A case of select: no channel has a value now. */
export function otherwise<R>(run: () => R | Promise<R>): Case<R> {
  return { sort: "otherwise", run };
}
/** A case of select: no value came within `seconds`. */
export function timeout<R>(seconds: number, run: () => R | Promise<R>): Case<R> {
  return { sort: "late", seconds, run };
}

/**
 * Waits until one of several channels has a value, and runs its case. If several have a value, the seed decides.
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
