import { type ErrorDescription, Interface, isError, isHexString } from "ethers";
import { EnvironmentError, inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { CROSSING_REFUSALS } from "./crossing/refusals.ts";

/** The arguments of a contract's error, by name. */
export type RefusalArguments = Readonly<Record<string, bigint | string | boolean>>;

/** Explanations of the refusals that a user can meet. */
const HINTS: Readonly<Record<string, string>> = {
  BeforeHead: "the batch begins before the map's head ends",
  DeltaIsGenerator: "the key has no contribution, so anyone could forge a proof",
  DevelopmentKeyOnPublicChain: "development keys are for chains 31337 and 1337; make a key with a ceremony",
  FromTheFuture: "the batch ends after the chain's present time",
  GammaIsDelta: "the key has no contribution, so anyone could forge a proof",
  KeyExists: "the registry already has this key",
  MapExists: "this account already has a map of this genesis with this salt; choose another salt",
  NotOwner: "only the map's owner may do this",
  NotPendingOwner: "the map's owner has not offered it to this account",
  NotSubmitter: "the map's owner has not allowed this account to submit",
  ProofRejected: "the proof is not valid for this map on this contract and chain",
  ProofsRejected: "at least one of these proofs is not valid for this map on this contract and chain",
  TooOld:
    "the batch holds transitions older than the map allows; trace them again with a later time (--at), then prove",
  UnknownKey: "the registry has no such verification key",
  UnknownMap: "the registry has no such map",
  UnknownVerifier: "the map does not know this verification key",
  VerifierDisabled: "the map's owner has disabled this verifier",
  VerifierNotYetEnabled: "the verifier's notice period has not passed yet",
  WrongPreRoot: "the batches do not begin at the map's head; they may have been submitted already",
  WrongSeq: "the batch is not the next one",
};

/** A contract refused a call. `reason` is the name of its error. */
export class ChainRefusal extends TimeBanditsError {
  readonly reason: string;
  readonly args: RefusalArguments;
  constructor(reason: string, args: RefusalArguments, options?: ErrorOptions) {
    const list = Object.entries(args).map(([name, value]) => `${name} ${value}`);
    const hint = HINTS[reason] ?? CROSSING_REFUSALS[reason]?.next;
    super("chain-refused", `${reason}(${list.join(", ")})${hint ? `: ${hint}` : ""}`, 1, options);
    this.reason = reason;
    this.args = args;
  }
}

/** A refusal about a moored map's assets, entries or exits. It names the input at fault. */
export class CrossingRefusal extends ChainRefusal {
  readonly field: string;
  constructor(field: string, reason: string, args: RefusalArguments, options?: ErrorOptions) {
    super(reason, args, options);
    this.field = field;
  }
}

function refusalOf(description: ErrorDescription, cause: unknown): ChainRefusal {
  const args: Record<string, bigint | string | boolean> = {};
  for (const [index, input] of description.fragment.inputs.entries()) {
    const value: unknown = description.args[index];
    args[input.name || String(index)] = typeof value === "bigint" || typeof value === "boolean" ? value : String(value);
  }
  const words = CROSSING_REFUSALS[description.name];
  if (words !== undefined) return new CrossingRefusal(words.field, description.name, args, { cause });
  return new ChainRefusal(description.name, args, { cause });
}

/** The revert data, from any place where nodes and ethers put it. */
function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 6) return undefined;
  const { data } = error as { data?: unknown };
  if (isHexString(data)) return data;
  for (const key of ["data", "error", "info", "cause"] as const) {
    const found = revertData((error as Record<string, unknown>)[key], depth + 1);
    if (found) return found;
  }
  return undefined;
}

const standard = new Interface(["error Error(string message)", "error Panic(uint256 code)"]);

/** Most characters shown of a node's message. */
const LONGEST_WORDS = 300;

/** The error message of the node itself; undefined if there is none, or it is unreadable. */
export function nodeWords(error: unknown): string | undefined {
  const said = refusalWords(error);
  return said ?? (isError(error, "SERVER_ERROR") ? inOneLine(error.shortMessage, LONGEST_WORDS) : undefined);
}

/** The same, but only if it means that the node did not act on the request. A gateway's "502" does not mean that. */
export function refusalWords(error: unknown): string | undefined {
  if (!isError(error, "SERVER_ERROR")) {
    const said = messageIn(error);
    return said === undefined ? undefined : inOneLine(said, LONGEST_WORDS);
  }
  const { info, shortMessage } = error;
  const body: unknown = info?.responseBody;
  const said = typeof body === "string" ? messageIn(parsed(body)) : undefined;
  if (said !== undefined) return inOneLine(`${shortMessage}: ${said}`, LONGEST_WORDS);
  return /^4\d\d/.test(String(info?.responseStatus)) ? inOneLine(shortMessage, LONGEST_WORDS) : undefined;
}

/** The message of the JSON-RPC error object, from any place where ethers puts it. */
function messageIn(value: unknown, depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || depth > 3) return undefined;
  const { error, info } = value as { error?: unknown; info?: unknown };
  if (typeof error === "object" && error !== null) {
    const { message } = error as { message?: unknown };
    if (typeof message === "string") return message;
  }
  return messageIn(info, depth + 1);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Turns an error of ethers into a ChainRefusal or an EnvironmentError. */
export function chainError(error: unknown, contract?: Interface): Error {
  if (error instanceof TimeBanditsError) return error;
  const data = revertData(error);
  if (data && data !== "0x") {
    const description = contract?.parseError(data) ?? standard.parseError(data);
    return description ? refusalOf(description, error) : new ChainRefusal("Reverted", { data }, { cause: error });
  }
  if (isError(error, "CALL_EXCEPTION")) return new ChainRefusal("Reverted", {}, { cause: error });
  if (isError(error, "INSUFFICIENT_FUNDS")) {
    return new EnvironmentError("funds", "the account has too little ether for the transaction", { cause: error });
  }
  const said = nodeWords(error);
  const what =
    said === undefined ? `the node does not answer as it should (${reasonOf(error)})` : `the node says: ${said}`;
  return new EnvironmentError("rpc", `${what}; ask again, or name another node`, { cause: error });
}

/** The reason of a failure in one line, as the node or ethers gives it. */
export function reasonOf(error: unknown): string {
  const short = typeof error === "object" && error !== null && "shortMessage" in error ? error.shortMessage : undefined;
  const message = nodeWords(error) ?? short ?? (error instanceof Error ? error.message : error);
  return inOneLine(String(message).split("\n", 1)[0] ?? "", LONGEST_WORDS);
}
