/** How a node is asked: a transport takes several requests at once, and says why it failed. */
import { EnvironmentError } from "../../errors.ts";

/** One request of JSON-RPC. */
export interface Request {
  method: string;
  params: readonly unknown[];
}

/** The answer to one request. `error` holds the node's own words; `busy` says that the node asks to slow down. */
export type Answered = { result: unknown } | { error: string; busy?: boolean };

/**
 * Asks a node one or several requests in one round trip. Each answer stands at its request's index.
 * @throws AskFailure if there is no answer to the whole; any other EnvironmentError counts as kind `again`
 */
export type AskMany = (requests: readonly Request[]) => Promise<readonly Answered[]>;

/**
 * What may help after a failed round trip. `again`: a later try. `fewer`: fewer requests at once; for a single request
 * it means the same as `never`. `late`: fewer requests, or a later try of a single one. `never`: nothing.
 */
export type FailureKind = "again" | "fewer" | "late" | "never";

/** A round trip failed as a whole. */
export class AskFailure extends EnvironmentError {
  readonly kind: FailureKind;
  /** The wait that the node asks for, in milliseconds; 0 if it names none. */
  readonly afterMs: number;
  constructor(kind: FailureKind, message: string, options: ErrorOptions & { afterMs?: number } = {}) {
    super("rpc", message, options);
    this.kind = kind;
    this.afterMs = options.afterMs ?? 0;
  }
}

/** A refusal that left a question open, in the node's own words. */
export interface Refusal {
  method: string;
  /** The block whose state was asked for; null for the latest. */
  block: number | null;
  words: string;
  /** True if the words say that the node has no state of that block, as a rule because it keeps it no more. */
  pruned: boolean;
}
