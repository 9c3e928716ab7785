/** The nonce of an account's next transaction. */
import type { JsonRpcApiProvider } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";
import { isLocalChain } from "../../trace/run/localChains.ts";
import { poll, REPLACE_MS, type SendingChain } from "./sendingChain.ts";

/** State of a sending account. */
export interface Account {
  /** The last transaction sent from here and mined: its hash, and the nonce after it. */
  mined?: { readonly hash: string; readonly next: number };
}

/** Time that a node may lag behind another one, in milliseconds. */
const BEHIND_MS = 20_000;

/**
 * The nonce for the next transaction. If the account has pending transactions from elsewhere, the first one from here
 * waits for them, or replaces them if the user asked for that. Queued behind a stuck transaction it would be stuck too.
 * @throws EnvironmentError "stuck" if they are still pending after the waiting time
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
        `account ${from} has ${waiting} still pending: nothing was sent; wait until it is mined, or use --replace ` +
          "to send this one in its place",
      );
    }
    await poll(chain);
  }
}

/**
 * The nonce after a mined transaction, even if the node has not counted it yet. If the node no longer knows that
 * transaction, its chain was reorganised, or another node lags behind. The node gets some time; after that its count is
 * used, because no transaction is mined after a missing nonce.
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

/** Whether a transaction of the account is on its way: sent, and not mined. @throws EnvironmentError "rpc" */
export async function isSending(provider: JsonRpcApiProvider, from: string): Promise<boolean> {
  return (await transactionCount(provider, from, "pending")) > (await transactionCount(provider, from, "latest"));
}

/** The account's number of transactions, as the node counts them. @throws EnvironmentError "rpc" */
export async function transactionCount(
  provider: JsonRpcApiProvider,
  from: string,
  block: "latest" | "pending",
): Promise<number> {
  const answer: unknown = await provider.send("eth_getTransactionCount", [from, block]);
  if (typeof answer === "string" && /^0x[0-9a-f]{1,13}$/i.test(answer)) return Number(answer);
  throw new EnvironmentError(
    "rpc",
    "the node's answer to eth_getTransactionCount is not a number; ask again, or name another node",
  );
}
