/** Messages: values taken apart into resources and data, and put together again where they arrive. */

import { RuntimeUseError } from "./errors.ts";
import { Owned } from "./owned.ts";
import type { Arrived, Data, Held, Message } from "./requests.ts";
import { isList } from "./values.ts";

/**
 * What stands in a message for something else than resources and data: its sort, and what makes it anew where it
 * arrives.
 */
export type Sent<State extends object> = { readonly sort: string } & State;
/** Something else than resources and data that may be sent: an end of a channel, a capability, an entry. */
export interface Sendable<State extends object = object> {
  /** What makes it anew where it arrives: data. */
  toMessage(): Sent<State>;
}
const makers = new Map<string, (sent: never) => unknown>();

/** Makes values of a sort known to messages. */
export function sendable<State extends object>(sort: string, make: (sent: Sent<State>) => Sendable<State>): void {
  makers.set(sort, make);
}

export interface Packed {
  message: Message;
  /** Gives the resources back to the sender's handles, when the message did not go. */
  undo(): void;
  /** Makes the handles live again of those resources that have come back. */
  comeBack(returned: readonly Held[]): void;
}

/**
 * Takes a value apart; the handles of its resources end.
 * @throws RuntimeUseError if something in it cannot be sent, UseAfterMoveError if a resource in it was given away
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

/** Sends what `how` sends, and gives the resources back if it fails. */
export async function sending<T>(value: unknown, how: (message: Message) => Promise<T>): Promise<T> {
  const { message, undo } = pack(value);
  try {
    return await how(message);
  } catch (error) {
    undo();
    throw error;
  }
}

/** Puts an arrived message together: its resources are the receiver's now. */
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

/** Names that begin with $ mark what is not data: nobody passes data off as a resource. */
function plainName(name: string): string {
  if (name.startsWith("$"))
    throw new RuntimeUseError(`a message has a member "${name}": names with $ are kept for resources`);
  return name;
}
