/** The number (nonce) that the next transaction of an account takes. */
import type { JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";
import { isLocalChain } from "../../trace/run/localChains.ts";
import { poll, REPLACE_MS, type SendingChain } from "./sendingChain.ts";

/** What is known of an account that sends. */
export interface Account {
  /** The last transaction that was sent from here and mined: its hash, and the number after it. */
  mined?: { readonly hash: string; readonly next: number };
}

/** How long a node may be behind another one, in milliseconds. */
const BEHIND_MS = 20_000;

/**
 * The number for the next transaction. The first one waits for what the account has under way from elsewhere, or takes
 * its place if that is what is wished for: queued behind something stuck it would be stuck, too.
 */
export async function nextNonce(chain: SendingChain, from: string, account: Account): Promise<number> {
  const count = (block: "latest" | "pending") => transactionCount(chain.provider, from, block);
  if (account.mined !== undefined) return await numberAfter(chain, account.mined, () => count("pending"));
  const deadline = Date.now() + (chain.replaceMs ?? REPLACE_MS);
  for (;;) {
    const [mined, pending] = await Promise.all([count("latest"), count("pending")]);
    if (pending <= mined || chain.replace === true) return mined;
    if (Date.now() > deadline) {
      const waiting =
        pending === mined + 1 ? `a transaction, number ${mined},` : `transactions, from number ${mined} on,`;
      throw new EnvironmentError(
        "stuck",
        `account ${from} has ${waiting} that no block takes: nothing was sent; wait until it is mined, or say --replace: ` +
          "what is sent then takes its place",
      );
    }
    await poll(chain);
  }
}

/**
 * The number after one that is mined, though the node may not have counted it yet. If it does not know that transaction
 * any more, its chain has gone back, or the node is another one that is behind: that one is given some time, and else
 * believed, because behind a number that is missing nothing is ever mined.
 */
async function numberAfter(
  chain: SendingChain,
  { hash, next }: { readonly hash: string; readonly next: number },
  count: () => Promise<number>,
): Promise<number> {
  const deadline = Date.now() + (isLocalChain(chain.chainId) ? 0 : BEHIND_MS);
  for (;;) {
    const pending = await count();
    if (pending >= next) return pending;
    if ((await chain.provider.getTransactionReceipt(hash)) !== null) return next;
    if (Date.now() >= deadline) return pending;
    await poll(chain);
  }
}

/** How many transactions the account has, as the node counts them. @throws EnvironmentError "rpc" */
export async function transactionCount(
  provider: JsonRpcApiProvider,
  from: string,
  block: "latest" | "pending",
): Promise<number> {
  const answer: unknown = await provider.send("eth_getTransactionCount", [from, block]);
  if (typeof answer === "string" && /^0x[0-9a-f]{1,13}$/i.test(answer)) return Number(answer);
  throw new EnvironmentError("rpc", "the node's answer to eth_getTransactionCount is no number");
}
