/** Waits until a chain is unlikely to drop a block. */

import { setTimeout as sleep } from "node:timers/promises";
import type { JsonRpcApiProvider } from "ethers";
import { count } from "../../trace/describe/count.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { blockAt, latestNumber } from "./ask.ts";
import { type Chain, isLocalChain } from "./connect.ts";

/** Number of blocks to wait for, including the transaction's own; or `finalized`. */
export type Confirmations = number | "finalized";

/**
 * The default on public chains: two and a half minutes on Ethereum. A map that the chain drops later costs only its
 * transaction.
 */
const PUBLIC_CONFIRMATIONS = 12;
const STALLED_MS = 180_000;
const LOCAL_POLL_MS = 50;
const PUBLIC_POLL_MS = 4_000;

/** The default: one block on test chains, twelve on others. */
export function usualConfirmations(chainId: bigint): Confirmations {
  return isLocalChain(chainId) ? 1 : PUBLIC_CONFIRMATIONS;
}

/** Options of `awaitConfirmed`. */
export interface Awaited {
  /** Name of the subject in messages, such as "the map". */
  what: string;
  confirmations: Confirmations;
  /** Number of the block that holds the subject now; null if there is none. */
  block: () => Promise<number | null>;
  /** Called with the progress. */
  say?: ((text: string) => void) | undefined;
}

/**
 * Waits until the subject's block is confirmed. The block may change: after a reorganisation a chain often includes the
 * same transaction again.
 * @returns the number of the block
 * @throws EnvironmentError "unconfirmed" if no new block comes, or the chain has dropped the subject
 */
export async function awaitConfirmed(chain: Chain, { what, confirmations, block, say }: Awaited): Promise<number> {
  const patience = chain.waitMs ?? STALLED_MS;
  const needed = confirmations === "finalized" ? "a final block" : count(confirmations, "confirmation");
  let [newest, since, lost] = [-1, Date.now(), 0];
  for (;;) {
    const [there, latest] = [await block(), await latestNumber(chain.provider)];
    const last =
      confirmations === "finalized" ? (await blockAt(chain.provider, "finalized")).number : latest - confirmations + 1;
    if (there !== null && there <= last) return there;
    const now = Date.now();
    if (latest !== newest) [newest, since] = [latest, now];
    if (there !== null) lost = 0;
    else if (lost === 0) lost = now;
    if (lost !== 0 && now - lost > patience) {
      throw new EnvironmentError("unconfirmed", `the chain has dropped ${what}; run this command again`);
    }
    if (now - since > patience) {
      const text = `${what} is in block ${there ?? "none"} of ${latest}, and no new block comes, so it is not confirmed by ${needed}`;
      throw new EnvironmentError(
        "unconfirmed",
        `${text}; run this command again, or ask for fewer with --confirmations`,
      );
    }
    say?.(`waiting for ${needed}: ${what} is in block ${there ?? "none"}, the chain at ${latest}`);
    await sleep(isLocalChain(chain.chainId) ? LOCAL_POLL_MS : PUBLIC_POLL_MS);
  }
}

/**
 * The last block that has the confirmations; below 0 if none has.
 * @throws EnvironmentError if the node does not answer
 */
export async function confirmedBlock(provider: JsonRpcApiProvider, wanted: Confirmations): Promise<number> {
  if (wanted === "finalized") return (await blockAt(provider, "finalized")).number;
  return (await latestNumber(provider)) - wanted + 1;
}
