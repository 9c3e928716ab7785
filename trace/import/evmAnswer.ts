/** Finds the call tree in a file or a node's answer. If there is none, the error says what to ask the node for. */
import { InvalidInputError } from "../errors.ts";
import { asBytes, asNumber, asObject, asTime, type Fields, isAbsent, isObject, named } from "./evmFields.ts";
import { NodeAnswer, type NodeFacts } from "./evmNode.ts";

/** The parts of an answer. */
export interface Answer {
  /** The transaction's own frame, with the frames below it. */
  root: Fields;
  /** Number and time of the block, if the input has them. */
  block: bigint | null;
  timestamp: number | null;
  /** The node's other facts on the transaction; null for a file. */
  node: NodeFacts | null;
  /** True if the configuration beside the tree leaves inner calls out. */
  topCallOnly: boolean;
}

const ASK = 'ask for debug_traceTransaction with {"tracer":"callTracer","tracerConfig":{"withLog":true}}';

/**
 * Finds the call tree: the tracer's object as it is, in a member `result`, or in a whole JSON-RPC answer.
 * @throws InvalidInputError with the node's own words if it gave an error; with a hint if it gave anything else
 */
export function readAnswer(json: unknown): Answer {
  refuseOtherKinds("call tree", json);
  const outer = asObject("call tree", json);
  // A call tree itself has a `type`; its `error` is the frame's.
  if (!isAbsent(outer.error) && isAbsent(outer.type)) {
    throw new InvalidInputError("error", `the node gave no call tree: ${wordsOf(outer.error)}`);
  }
  if (outer.result === null) {
    throw new InvalidInputError("result", `is null: the node knows no such transaction, or keeps its state no more`);
  }
  refuseOtherKinds("result", outer.result);
  const root = outer.result === undefined ? outer : asObject("result", outer.result);
  // go-ethereum's own test files keep the block beside the result, in `context`.
  const context = isObject(outer.context) ? outer.context : {};
  const fact = (...names: string[]): [string, unknown] | undefined => {
    for (const source of [outer, context, root]) {
      for (const name of names) if (!isAbsent(source[name])) return [name, source[name]];
    }
    return undefined;
  };
  const time = fact("timestamp");
  const block = fact("block", "blockNumber", "number");
  return {
    root,
    block: block === undefined ? null : asNumber(...block),
    timestamp: time === undefined ? null : asTime(...time),
    node: json instanceof NodeAnswer ? json.node : null,
    topCallOnly: [outer, context, root].some(asksForTopCallOnly),
  };
}

/** True if a tracer's configuration, here or in a request kept beside the answer, leaves inner calls out. */
function asksForTopCallOnly(source: Fields): boolean {
  const { config, options, params } = source;
  const places = [source, config, options, ...(Array.isArray(params) ? params : [])].filter(isObject);
  return places.some(({ tracerConfig }) => isObject(tracerConfig) && tracerConfig.onlyTopCall === true);
}

/** The text of a node's error: a string, or an object with a message. */
function wordsOf(error: unknown): string {
  if (typeof error === "string") return error;
  const message = isObject(error) ? error.message : undefined;
  return typeof message === "string" && message !== "" ? message : "it does not say why";
}

/** Rejects answers to other questions than a transaction's calls. */
function refuseOtherKinds(field: string, value: unknown): void {
  if (Array.isArray(value)) {
    const block = value.some((one) => isObject(one) && isObject(one.result));
    const what = block ? "the transactions of a whole block, as debug_traceBlockByNumber gives them" : "a list";
    const one = block ? " with the hash of one of them, or keep one member of the list in the file" : "";
    throw new InvalidInputError(field, `is ${what}, not one call tree; ${ASK}${one}`);
  }
  if (!isObject(value) || !isAbsent(value.type)) return;
  if (Array.isArray(value.structLogs)) {
    throw new InvalidInputError(
      field,
      `holds structLogs, the steps of the machine, as a node gives them without a tracer; ${ASK}`,
    );
  }
  if (isObject(value.pre) && isObject(value.post)) {
    throw new InvalidInputError(field, `holds balances before and after, as prestateTracer gives them; ${ASK}`);
  }
}

/** Gas of a transaction before code runs, and of each byte of its input. */
const BASE_GAS = 21_000n;
const BYTE_GAS = { zero: 4n, other: 16n };

/**
 * True if code ran in the transaction but the tree shows no inner call: there was none, or the tree was requested
 * without them.
 */
export function mayHideCalls(root: Fields): boolean {
  if (Array.isArray(root.calls) && root.calls.length > 0) return false;
  if (isAbsent(root.gasUsed)) return false;
  const input = asBytes(named("", "input"), root.input);
  let least = BASE_GAS;
  for (let at = 2; at < input.length; at += 2) {
    least += input.slice(at, at + 2) === "00" ? BYTE_GAS.zero : BYTE_GAS.other;
  }
  return asNumber("gasUsed", root.gasUsed) > least;
}
