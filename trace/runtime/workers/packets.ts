/** Packets between the kernel and a worker, as bytes. */
import { deserialize, serialize } from "node:v8";
import { InvalidEffectError, InvalidInputError, RefusedError, TimeBanditsError } from "../../errors.ts";
import {
  CancelledError,
  ChannelClosedError,
  ContractError,
  NotOwnedError,
  RuntimeUseError,
  TaskFailedError,
  UseAfterMoveError,
} from "../errors.ts";
import type { Arrived, Ask, BodyRef, Handle } from "../requests.ts";

/** A worker's data at its start. */
export interface WorkerSetup {
  /** Memory of the rings to the worker and from it. */
  readonly orders: SharedArrayBuffer;
  readonly asks: SharedArrayBuffer;
  /** Memory of the tasks that any worker can start, and this worker's number in it. */
  readonly starts: SharedArrayBuffer;
  readonly index: number;
}

/** A task to start. */
export interface Start {
  task: Handle;
  name: string;
  program: number;
  body: BodyRef;
  given: Arrived;
}
/** From the kernel: tasks that this worker starts, tasks that it can start if no other has, and answers to asks. */
export interface Orders {
  starts: Start[];
  /** Offered tasks, with their numbers in the workers' queues. */
  offers: { number: number; start: Start }[];
  answers: { id: number; value?: unknown; error?: ErrorData }[];
}
/** From a worker, when all its tasks wait. */
export interface Report {
  /** Which of the offered tasks it has started. */
  began: Handle[];
  asked: Asked[];
}
/** A task's asks, with an id where the task waits for an answer. */
export interface Asked {
  task: Handle;
  ask: Ask;
  id: number | undefined;
}

/** An error on its way between threads. */
export interface ErrorData {
  name: string;
  message: string;
  stack: string | undefined;
  cause: ErrorData | undefined;
  /** Further fields of the project's errors: code, invariant, clause and similar. */
  fields: Readonly<Record<string, unknown>>;
}

export function toBytes(value: Orders | Report): Uint8Array {
  return serialize(value);
}
export function ordersFrom(bytes: Uint8Array): Orders {
  return deserialize(bytes) as Orders;
}
export function reportFrom(bytes: Uint8Array): Report {
  return deserialize(bytes) as Report;
}

/** An error as data. */
export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: undefined, cause: undefined, fields: {} };
  }
  const { cause, ...fields } = error instanceof TimeBanditsError ? error : { cause: error.cause };
  return {
    name: error.constructor.name,
    message: error.message,
    stack: error.stack,
    cause: cause === undefined ? undefined : errorData(cause),
    fields,
  };
}

/** Errors that programs distinguish keep their class; the others keep name and message. */
const CLASSES: readonly { readonly name: string; readonly prototype: Error }[] = [
  ...[InvalidEffectError, InvalidInputError],
  ...[RefusedError, CancelledError, ChannelClosedError, ContractError, NotOwnedError, RuntimeUseError, TaskFailedError],
  UseAfterMoveError,
];

/** The error from its data. */
export function errorFrom({ name, message, stack = `${name}: ${message}`, cause, fields }: ErrorData): Error {
  const known = CLASSES.find((each) => each.name === name);
  const error: Error = Object.create(known?.prototype ?? Error.prototype) as Error;
  const own = { ...fields, name, message, stack, ...(cause === undefined ? {} : { cause: errorFrom(cause) }) };
  for (const [key, value] of Object.entries(own)) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  return error;
}
