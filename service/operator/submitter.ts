/** Who submits proven batches to the map's chain. */
import type { Bundle } from "../../prover/bundles/bundle.ts";

/** The map's head, as the chain has it now. */
export interface ChainHead {
  readonly seq: number;
  readonly root: bigint;
  /** Last transition of the last batch that has the wanted confirmations; 0 if none has. */
  readonly confirmed: number;
}

/**
 * Submits batches. Errors of the node are EnvironmentErrors: the operator tries again later. Every other error is a
 * refusal, which the operator reports and tries again more rarely.
 */
export interface Submitter {
  /** @throws EnvironmentError if the node does not answer */
  head(): Promise<ChainHead>;
  /**
   * Submits consecutive batches in one transaction, and waits until it is mined. A transaction that was sent before,
   * and is not mined yet, is waited for first.
   * @returns the transaction's hash
   */
  submit(bundles: readonly Bundle[]): Promise<string>;
}
