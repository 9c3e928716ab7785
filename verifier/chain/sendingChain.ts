/** A chain that accepts transactions, and the options for sending them. */
import type { JsonRpcApiProvider } from "ethers";
import { isLocalChain } from "../../trace/run/localChains.ts";

/** Options for sending transactions. */
export interface SendingOptions {
  /** Time limit for a transaction to be mined, in milliseconds. Default: three minutes. */
  readonly waitMs?: number;
  /** Time after which a transaction is sent again with the same nonce, in milliseconds. Default: a minute. */
  readonly replaceMs?: number;
  /** Highest price of a unit of gas, in wei. Without it, a transaction is not sent again with a higher fee. */
  readonly maxFee?: bigint;
  /** Whether the first transaction replaces the account's first pending one. */
  readonly replace?: boolean;
}

/** A chain that accepts transactions. */
export interface SendingChain extends SendingOptions {
  readonly provider: JsonRpcApiProvider;
  readonly chainId: bigint;
}

/**
 * Default time limit for a transaction to be mined, and time after which it is sent again, in milliseconds.
 */
export const MINED_MS = 180_000;
export const REPLACE_MS = 60_000;
const LOCAL_POLL_MS = 20;
const PUBLIC_POLL_MS = 2_000;

/** Waits before the next question to a node. */
export function poll({ chainId }: SendingChain): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, isLocalChain(chainId) ? LOCAL_POLL_MS : PUBLIC_POLL_MS));
}
