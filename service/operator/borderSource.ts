/** Who says what waits at the border of a moored map, and closes requests there. */
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Waiting } from "../../verifier/chain/crossing/border.ts";
import type { DismissReason } from "../../verifier/exits/dismissReason.ts";

export type { DismissReason, Waiting };

/** What became of a request that was to be dismissed. */
export type Dismissal =
  | { readonly end: "dismissed"; readonly reason: DismissReason; readonly transaction: string }
  /** Its maker is entitled by the chain's head: transitions behind it are to be submitted first. */
  | { readonly end: "entitled" }
  /** It is open no more; or whether it is, is not known yet. */
  | { readonly end: "not open" };

/**
 * Works with the run's state at a head of the chain.
 * @throws InvalidInputError if the head is no state of the run; EntitledError if the request is known to be of somebody
 *   who is entitled there
 */
export type AtHead = <T>(
  head: { readonly seq: number; readonly root: bigint },
  work: (map: TimeMap) => Promise<T>,
) => Promise<T>;

/** Where an operator asks what waits. Errors of the node are EnvironmentErrors: it asks again later. */
export interface BorderSource {
  /**
   * What waits now. A request that the operator must not answer with an Eject, because it may have been dismissed, is
   * left out.
   * @throws EnvironmentError if the node does not answer
   */
  waiting(): Promise<Waiting>;
  /**
   * Closes a request whose maker is not entitled by the state at the chain's head, and returns when that is mined.
   * Without it, such requests wait for the verb `dismiss`.
   * @throws EnvironmentError if the node does not answer, or the transaction is not mined
   */
  dismiss?(request: OpenRequest, atHead: AtHead): Promise<Dismissal>;
}
