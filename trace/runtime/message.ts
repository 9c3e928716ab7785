/** Messages: values split into resources and data, and rebuilt on arrival. */

import { RuntimeUseError } from "./errors.ts";
import { Owned } from "./owned.ts";
import type { Arrived, Data, Held, Message } from "./requests.ts";
import { isList } from "./values.ts";

/** A message's form of a value that is neither resource nor data: its sort, and the data to rebuild it on arrival. */
export type Sent<State extends object> = { readonly sort: string } & State;
/** A sendable value that is neither resource nor data: an end of a channel, a capability, an entry. */
export interface Sendable<State extends object = object> {
  /** The data to rebuild it on arrival. */
  toMessage(): Sent<State>;
}
const makers = new Map<string, (sent: never) => unknown>();

/** Registers a sort of values with messages. */
export function sendable<State extends object>(sort: string, make: (sent: Sent<State>) => Sendable<State>): void {
  makers.set(sort, make);
}

export interface Packed {
  message: Message;
  /** Restores the sender's handles, if the message was not sent. */
  undo(): void;
  /** Restores the handles of resources that have come back. */
  comeBack(returned: readonly Held[]): void;
}

/**
 * Splits a value into resources and data; the handles of its resources end.
 * @throws RuntimeUseError if it holds a value that cannot be sent, UseAfterMoveError if a resource in it was given away
 *   before
 */
export function pack(value: unknown): Packed {
  const owned: number[] = [];
  const handles: Owned[] = [];
  const undos: (() => void)[] = [];
  const undo = (): void => {
    for (const stay of undos) stay();
  };
  let data = false;
  const shapeOf = (part: unknown): Data => {
    if (part instanceof Owned) {
      const { ref, stay } = part.leave();
      undos.push(stay);
      handles.push(part);
      return { $owned: owned.push(ref) - 1 };
    }
    if (isList(part)) return part.map(shapeOf);
    if (isSendable(part)) {
      data = true;
      return { $sent: { ...part.toMessage() } as Data };
    }
    if (typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype) {
      return Object.fromEntries(Object.entries(part).map(([name, inner]) => [plainName(name), shapeOf(inner)]));
    }
    if (typeof part === "object" && part !== null) {
      throw new RuntimeUseError(
        `a ${part.constructor?.name ?? "nameless object"} cannot be sent: send plain data and resources only`,
      );
    }
    if (typeof part === "function" || typeof part === "symbol") {
      throw new RuntimeUseError(`a ${typeof part} cannot be sent: send plain data and resources only`);
    }
    if (part !== undefined) data = true;
    return part as Data;
  };
  try {
    const shape = shapeOf(value);
    const comeBack = (returned: readonly Held[]): void => {
      for (const held of returned) handles.find(({ id }) => id === held.id)?.comeBack(held);
    };
    return { message: { owned, shape, data }, undo, comeBack };
  } catch (error) {
    undo();
    throw error;
  }
}

/** Sends a value by `how`, and restores its handles if that fails. */
export async function sending<T>(value: unknown, how: (message: Message) => Promise<T>): Promise<T> {
  const { message, undo } = pack(value);
  try {
    return await how(message);
  } catch (error) {
    undo();
    throw error;
  }
}

/** Rebuilds an arrived message; its resources are now the receiver's. */
export function unpack({ owned, shape }: Arrived): unknown {
  const value = (part: Data): unknown => {
    if (isList(part)) return part.map(value);
    if (typeof part !== "object" || part === null) return part;
    const members = part as { readonly [name: string]: Data };
    if (typeof members.$owned === "number") {
      const held = owned[members.$owned];
      if (held !== undefined) return new Owned(held);
    }
    if (members.$sent !== undefined) {
      const sent = members.$sent as Sent<object>;
      return makers.get(sent.sort)?.(sent as never);
    }
    return Object.fromEntries(Object.entries(members).map(([key, inner]) => [key, value(inner)]));
  };
  return value(shape);
}

function isSendable(value: unknown): value is Sendable {
  return typeof value === "object" && value !== null && typeof (value as Partial<Sendable>).toMessage === "function";
}

/** Names that begin with $ mark values that are not data, so data cannot pose as a resource. */
function plainName(name: string): string {
  if (name.startsWith("$"))
    throw new RuntimeUseError(`a message has a member "${name}": names with $ are kept for resources`);
  return name;
}
