/** A chain to send transactions to, and how they are sent. */
import type { JsonRpcApiProvider } from "ethers";
import { isLocalChain } from "../../trace/run/localChains.ts";

/** How transactions are sent. */
export interface SendingOptions {
  /** How long to wait for a transaction to be mined, in milliseconds; three minutes where nothing is said. */
  readonly waitMs?: number;
  /** After how long it is sent again in its own place, in milliseconds; a minute where nothing is said. */
  readonly replaceMs?: number;
  /** The most that a unit of gas may cost, in wei. Only with it, what is not mined is sent again for more. */
  readonly maxFee?: bigint;
  /** Whether the first transaction takes the place of one of the account's that no block has taken. */
  readonly replace?: boolean;
}

/** A chain to send to. */
export interface SendingChain extends SendingOptions {
  readonly provider: JsonRpcApiProvider;
  readonly chainId: bigint;
}

/**
 * How long a transaction may take to be mined, in milliseconds, and after how long it is sent again with a higher fee.
 */
export const MINED_MS = 180_000;
export const REPLACE_MS = 60_000;
const LOCAL_POLL_MS = 20;
const PUBLIC_POLL_MS = 2_000;

/** Waits before a node is asked the same again. */
export function poll({ chainId }: SendingChain): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, isLocalChain(chainId) ? LOCAL_POLL_MS : PUBLIC_POLL_MS));
}
