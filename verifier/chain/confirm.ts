/** Waiting until a chain is unlikely to take back what it has taken. */

import { setTimeout as sleep } from "node:timers/promises";
import { count } from "../../trace/describe/count.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { blockAt, latestNumber } from "./ask.ts";
import { type Chain, isLocalChain } from "./connect.ts";

/** How many blocks, its own counted, must hold something; or until the chain holds its block for final. */
export type Confirmations = number | "finalized";

/**
 * The default on public chains: two and a half minutes on Ethereum. A map that is lost later costs only its
 * transaction.
 */
const PUBLIC_CONFIRMATIONS = 12;
const STALLED_MS = 180_000;
const LOCAL_POLL_MS = 50;
const PUBLIC_POLL_MS = 4_000;

/** The default: the block itself on a chain for tests, twelve blocks on others. */
export function usualConfirmations(chainId: bigint): Confirmations {
  return isLocalChain(chainId) ? 1 : PUBLIC_CONFIRMATIONS;
}

/** What `awaitConfirmed` waits for. */
export interface Awaited {
  /** How messages call it: "the map". */
  what: string;
  confirmations: Confirmations;
  /** Number of the block that holds it now; null while the chain has none. */
  block: () => Promise<number | null>;
  /** Is told how far it is. */
  say?: ((text: string) => void) | undefined;
}

/**
 * Waits until a block is confirmed. The block may change meanwhile: a chain often takes again what it took back.
 * @returns the number of the block
 * @throws EnvironmentError "unconfirmed" if no new block comes, or the chain has taken it back and not again
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
      throw new EnvironmentError("unconfirmed", `the chain has taken ${what} back; run this command again`);
    }
    if (now - since > patience) {
      const text = `${what} is in block ${there ?? "none"} of ${latest}, and no new block comes: it does not get ${needed}`;
      throw new EnvironmentError(
        "unconfirmed",
        `${text}; run this command again, or ask for fewer with --confirmations`,
      );
    }
    say?.(`waiting for ${needed}: ${what} is in block ${there ?? "none"}, the chain at ${latest}`);
    await sleep(isLocalChain(chain.chainId) ? LOCAL_POLL_MS : PUBLIC_POLL_MS);
  }
}
