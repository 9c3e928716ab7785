/**
 * Reads the frames of a call tree, checks them against each other, and lists them in the order of the calls. Without
 * recursion, so a deep tree cannot overflow the stack.
 */
import { InvalidInputError } from "../errors.ts";
import {
  asAddress,
  asBytes,
  asError,
  asList,
  asObject,
  asWei,
  describe,
  type Fields,
  isAbsent,
  named,
} from "./evmFields.ts";
import { type Log, readLogs } from "./evmLogs.ts";
import { ZERO } from "./tokens/kinds.ts";

/** Frames that call a contract. The others make or end one. */
const CALLS = ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"] as const;
const CREATES = ["CREATE", "CREATE2"] as const;
const TYPES = [...CALLS, ...CREATES, "SELFDESTRUCT"] as const;
export type FrameType = (typeof TYPES)[number];

/**
 * Outcome of a frame. `reverted`: it or a frame above it failed, so it had no effect. `unknown`: it or a frame above it
 * has no address, so its effect cannot be told.
 */
export type Fate = "done" | "reverted" | "unknown";

/** One frame of the call tree. */
export interface Frame {
  /** Its path in the tree: `calls[1].calls[0]`; empty for the transaction itself. */
  path: string;
  type: FrameType;
  /**
   * Addresses in lower case. `from` is the contract that runs the frame around this one; `to` is null if the node
   * leaves it out.
   */
  from: string;
  to: string | null;
  /** The frame's value in wei; null if absent. */
  value: bigint | null;
  /** The function: a selector of four bytes (`0x…`), or `receive`, `fallback`, `constructor`, `selfdestruct`. */
  entry: string;
  fate: Fate;
  /** Why this frame itself failed. */
  error: string | null;
  /**
   * The sender that the frame shows. It differs from `from` only in a self-destruct shown as another address's payment.
   */
  shownFrom: string;
  logs: readonly Log[];
}

/** Calls nest 1024 deep at most, below the transaction's own. */
const DEEPEST = 1_025;

/** A frame still to be read, with facts from the frames around it. */
interface Pending {
  raw: unknown;
  path: string;
  depth: number;
  fate: Fate;
  /** The contract that runs the frame around it; null for the transaction, and in a creation without an address. */
  runner: string | null;
  /** The static call that it lies below, if any. */
  below: string | null;
}

/**
 * Reads the frames of a transaction in the order in which they began.
 * @param failed why the whole transaction failed, if another source says so
 * @throws InvalidInputError naming the frame and the field, also if the frames contradict each other
 */
export function readFrames(root: Fields, failed: string | null = null): Frame[] {
  const frames: Frame[] = [];
  const fate = failed === null ? "done" : "reverted";
  const pending: Pending[] = [{ raw: root, path: "", depth: 1, fate, runner: null, below: null }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next;
    if (depth > DEEPEST) {
      throw new InvalidInputError(
        `${path.slice(0, 60)}…`,
        `lies deeper than ${DEEPEST - 1} calls, which no transaction does; check the file`,
      );
    }
    const fields = asObject(path === "" ? "call tree" : path, next.raw);
    const frame = readFrame(fields, next);
    if (path === "") frame.error ??= failed;
    frames.push(frame);
    const calls = asList(named(path, "calls"), fields.calls, "frames");
    if (calls.length > 0 && frame.type === "SELFDESTRUCT") {
      throw new InvalidInputError(named(path, "calls"), "are below a SELFDESTRUCT, which calls nobody; check the file");
    }
    const runner = runnerOf(frame);
    const below = next.below ?? (frame.type === "STATICCALL" ? path || "the transaction" : null);
    for (let i = calls.length - 1; i >= 0; i--) {
      const inner = named(path, `calls[${i}]`);
      pending.push({ raw: calls[i], path: inner, depth: depth + 1, fate: frame.fate, runner, below });
    }
  }
  return frames;
}

function readFrame(fields: Fields, pending: Pending): Frame {
  const { path, below } = pending;
  const type = asType(path, fields.type);
  const creates = type === "CREATE" || type === "CREATE2";
  // Some clients mark a failed frame by the reason alone.
  const error =
    asError(named(path, "error"), fields.error) ?? asError(named(path, "revertReason"), fields.revertReason);
  const outcome = error === null ? pending.fate : "reverted";
  const to = addressOf(fields, path, creates && outcome === "reverted");
  if (to === null && type !== "CREATE" && path === "" && outcome !== "reverted") asAddress("to", fields.to);
  const fate = to === null && type !== "SELFDESTRUCT" && outcome === "done" ? "unknown" : outcome;
  const { from, shownFrom } = senderOf(fields, pending, type);
  const value = asWei(named(path, "value"), fields.value);
  const moves = creates || type === "SELFDESTRUCT" || (type === "CALL" && (value ?? 0n) > 0n);
  if (below !== null && moves && fate !== "reverted") {
    const what = type === "CALL" ? `moves ${value} wei` : `is a ${type}`;
    throw new InvalidInputError(
      path,
      `${what} below the static call ${below}, where nothing can change; the node's answer contradicts itself`,
    );
  }
  const entry = entryName(type, asBytes(named(path, "input"), fields.input));
  const logs = readLogs(named(path, "logs"), fields.logs);
  return { path, type, from, to, value, entry, fate, error, shownFrom, logs };
}

/** The called address; null if the node leaves it out. A failed creation can show zeros instead of an address. */
function addressOf(fields: Fields, path: string, failedCreation: boolean): string | null {
  if (isAbsent(fields.to)) return null;
  const to = asAddress(named(path, "to"), fields.to);
  return failedCreation && to === ZERO ? null : to;
}

/**
 * The sender of a frame: the contract that runs the frame around it. A self-destruct always belongs to that contract,
 * even if its `from` differs: some clients show one in place as a payment by the caller.
 */
function senderOf(fields: Fields, { path, runner }: Pending, type: FrameType): Pick<Frame, "from" | "shownFrom"> {
  const ends = type === "SELFDESTRUCT";
  // Old clients give only a self-destruct's type. In a creation without an address, the running contract is unknown.
  if (ends && isAbsent(fields.from)) return { from: runner ?? ZERO, shownFrom: runner ?? ZERO };
  const from = asAddress(named(path, "from"), fields.from);
  if (runner === null || from === runner) return { from, shownFrom: from };
  if (ends) return { from: runner, shownFrom: from };
  throw new InvalidInputError(
    named(path, "from"),
    `is ${from}, but ${runner} runs the frame around it; the node's answer contradicts itself, so it is not imported`,
  );
}

/** The contract whose wei a frame's code spends. */
function runnerOf({ type, from, to }: Frame): string | null {
  switch (type) {
    case "DELEGATECALL":
    case "CALLCODE":
      return from;
    case "SELFDESTRUCT":
      return null;
    default:
      return to;
  }
}

/** The function that a frame calls. */
function entryName(type: FrameType, input: string): string {
  if (type === "CREATE" || type === "CREATE2") return "constructor";
  if (type === "SELFDESTRUCT") return "selfdestruct";
  if (input.length >= 10) return input.slice(0, 10);
  return input === "0x" ? "receive" : "fallback";
}

function asType(path: string, value: unknown): FrameType {
  const field = named(path, "type");
  const upper = typeof value === "string" ? value.toUpperCase() : "";
  const type = TYPES.find((t) => t === upper);
  if (type === undefined) throw new InvalidInputError(field, `is ${describe(value)}; it is one of ${TYPES.join(", ")}`);
  if (path === "" && type !== "CALL" && type !== "CREATE") {
    throw new InvalidInputError(field, `is ${type}; a transaction is a CALL or a CREATE`);
  }
  return type;
}
