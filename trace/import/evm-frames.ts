/**
 * The call tree of an Ethereum transaction, as a node's `callTracer` gives it: reads and checks it, and lays it out as a list
 * in the order in which the calls happened. No recursion anywhere, so a deep tree cannot overflow the stack.
 */
import { InvalidInputError } from "../errors.ts";
import { BITS } from "../layout.ts";

/** Frames that call somebody. The others make a program, or end one. */
const CALLS = ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"] as const;
const CREATES = ["CREATE", "CREATE2"] as const;
const TYPES = [...CALLS, ...CREATES, "SELFDESTRUCT"] as const;
export type FrameType = (typeof TYPES)[number];

/** One frame of the call tree. */
export interface Frame {
  /** Where it stands in the tree: `calls[1].calls[0]`; empty for the transaction itself. */
  path: string;
  type: FrameType;
  /** Addresses in lower case. `to` is null only in a creation that failed. */
  from: string;
  to: string | null;
  /** What the frame says, in wei. */
  value: bigint;
  /** What it really moves: 0 for delegate, code and static calls, and for whatever was reverted. */
  moved: bigint;
  /** The function: a selector of four bytes (`0x…`), or `receive`, `fallback`, `constructor`, `selfdestruct`. */
  entry: string;
  /** True if this frame or one above it failed, so that nothing of it remained. */
  reverted: boolean;
  /** Why this very frame failed. */
  error: string | null;
}

/** A transaction: its frames in the order in which they began. */
export interface CallTree {
  frames: readonly Frame[];
  /** Number and time of the block, if the input says so. */
  block: bigint | null;
  timestamp: number | null;
}

/** Calls nest 1024 deep at most, below the transaction's own. */
const DEEPEST = 1_025;
/** Most that a resource holds: 2^128 − 1. */
export const MOST_WEI = (1n << BigInt(BITS.quantity)) - 1n;
const EVM_WORD = 1n << 256n;
const LONGEST_ERROR = 200;

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name of a field for messages: where the frame stands, then the field. */
function named(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/**
 * Reads a call tree: the tracer's object as it is, in a member `result`, or in a whole JSON-RPC answer.
 * @throws InvalidInputError naming the frame and the field
 */
export function readCallTree(json: unknown): CallTree {
  const outer = asObject("call tree", json);
  if (isObject(outer.error) && outer.result === undefined) {
    throw new InvalidInputError(
      "error",
      `the node gave no call tree: ${String(outer.error.message ?? "it does not say why")}`,
    );
  }
  const inner = outer.result === undefined ? outer : asObject("result", outer.result);
  // go-ethereum's own test files keep the block beside the result, in `context`.
  const context = isObject(outer.context) ? outer.context : {};
  const fact = (...names: string[]): [string, unknown] | undefined => {
    for (const source of [outer, context, inner]) {
      for (const name of names) if (source[name] !== undefined && source[name] !== null) return [name, source[name]];
    }
    return undefined;
  };
  const time = fact("timestamp");
  const block = fact("block", "blockNumber", "number");
  return {
    frames: readFrames(inner),
    block: block === undefined ? null : asNumber(...block),
    timestamp: time === undefined ? null : asTime(...time),
  };
}

interface Pending {
  raw: unknown;
  path: string;
  depth: number;
  reverted: boolean;
}

function readFrames(root: Fields): Frame[] {
  const frames: Frame[] = [];
  const pending: Pending[] = [{ raw: root, path: "", depth: 1, reverted: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { raw, path, depth } = next;
    if (depth > DEEPEST) {
      throw new InvalidInputError(
        `${path.slice(0, 60)}…`,
        `lies deeper than ${DEEPEST - 1} calls, which no transaction does; check the file`,
      );
    }
    const fields = asObject(path === "" ? "call tree" : path, raw);
    const frame = readFrame(fields, path, next.reverted);
    frames.push(frame);
    const calls = fields.calls ?? [];
    if (!Array.isArray(calls)) throw new InvalidInputError(named(path, "calls"), "is not a list of frames");
    for (let i = calls.length - 1; i >= 0; i--) {
      pending.push({ raw: calls[i], path: named(path, `calls[${i}]`), depth: depth + 1, reverted: frame.reverted });
    }
  }
  return frames;
}

function readFrame(fields: Fields, path: string, inReverted: boolean): Frame {
  const type = asType(named(path, "type"), fields.type);
  const error = asError(named(path, "error"), fields.error);
  const reverted = inReverted || error !== null;
  const from = asAddress(named(path, "from"), fields.from);
  const created = type === "CREATE" || type === "CREATE2";
  const nowhere = fields.to === undefined || fields.to === null;
  const to = nowhere && created && reverted ? null : asAddress(named(path, "to"), fields.to);
  const value = asWei(named(path, "value"), fields.value);
  const moves = type === "CALL" || type === "SELFDESTRUCT" || created;
  const moved = moves && !reverted ? value : 0n;
  if (moved > MOST_WEI) {
    throw new InvalidInputError(
      named(path, "value"),
      `${value} wei is more than 2^128 − 1, the most that a resource holds`,
    );
  }
  const input = asBytes(named(path, "input"), fields.input);
  return { path, type, from, to, value, moved, entry: entryName(type, input), reverted, error };
}

/** The function that a frame calls. */
function entryName(type: FrameType, input: string): string {
  if (type === "CREATE" || type === "CREATE2") return "constructor";
  if (type === "SELFDESTRUCT") return "selfdestruct";
  if (input.length >= 10) return input.slice(0, 10);
  return input === "0x" ? "receive" : "fallback";
}

function asObject(field: string, value: unknown): Fields {
  if (!isObject(value))
    throw new InvalidInputError(field, `is ${describe(value)}, not an object as callTracer gives it`);
  return value;
}

function asType(field: string, value: unknown): FrameType {
  const upper = typeof value === "string" ? value.toUpperCase() : "";
  const type = TYPES.find((t) => t === upper);
  if (type === undefined) throw new InvalidInputError(field, `is ${describe(value)}; it is one of ${TYPES.join(", ")}`);
  return type;
}

function asError(field: string, value: unknown): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "string") throw new InvalidInputError(field, `is ${describe(value)}, not a text`);
  return value.slice(0, LONGEST_ERROR);
}

function asAddress(field: string, value: unknown): string {
  if (typeof value !== "string" || !/^0x[0-9a-f]{40}$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not an address: 0x and 40 hexadecimal digits`);
  }
  return value.toLowerCase();
}

function asBytes(field: string, value: unknown): string {
  if (value === undefined || value === null) return "0x";
  if (typeof value !== "string" || !/^0x([0-9a-f]{2})*$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not bytes: 0x and two hexadecimal digits for each`);
  }
  return value.slice(0, 10).toLowerCase();
}

function asWei(field: string, value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value !== "string" || !/^0x[0-9a-f]+$/i.test(value)) {
    throw new InvalidInputError(field, `is ${describe(value)}, not an amount of wei: 0x and hexadecimal digits`);
  }
  const wei = BigInt(value);
  if (wei >= EVM_WORD) throw new InvalidInputError(field, `${describe(value)} is more than 256 bits`);
  return wei;
}

/** A number of a block or a time: hexadecimal or decimal text, or a number. */
function asNumber(field: string, value: unknown): bigint {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^(0x[0-9a-f]{1,64}|[0-9]{1,64})$/i.test(text)) {
    throw new InvalidInputError(
      field,
      `is ${describe(value)}, not a whole number, decimal or 0x and hexadecimal digits`,
    );
  }
  return BigInt(text);
}

function asTime(field: string, value: unknown): number {
  const seconds = asNumber(field, value);
  if (seconds >> BigInt(BITS.time) !== 0n)
    throw new InvalidInputError(field, `${seconds} is no time: seconds since 1970, below 2^40`);
  return Number(seconds);
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
