/**
 * Turns a request into a mined transaction. The account's next nonce follows from its last transaction, so no call
 * waits for a node to count. A replacement has the nonce of the transaction that it replaces, so only one of the two
 * can be mined.
 */
import type { JsonRpcApiProvider, Signer, TransactionReceipt, TransactionRequest } from "ethers";
import { isError, JsonRpcSigner, keccak256 } from "ethers";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import { refusalWords } from "./errors.ts";
import { type Fees, gwei, highest, presentFees, raised } from "./fees.ts";
import { type Account, nextNonce, transactionCount } from "./nonce.ts";
import { MINED_MS, poll, REPLACE_MS, type SendingChain } from "./sendingChain.ts";

/** A transaction without its nonce and fees. */
export interface Request {
  readonly from: string;
  readonly to?: string;
  readonly data: string;
  readonly value?: bigint;
  readonly gasLimit: bigint;
}

/** Number of nonces to try if others use them, and number of attempts to send without an answer. */
const ATTEMPTS = 3;
/**
 * Number of times that a fee is raised to replace a transaction with unknown fees: 13 % each time, up to 11 times the
 * first fee.
 */
const RAISES = 20;
/** Number of consecutive failures of a node to say whether a transaction is mined. */
const SILENCES = 3;
/** Number of searches for a transaction after its nonce is used: a node may lag behind another one. */
const LOOKS = 5;

/** One transaction in all its forms. They share a nonce, so at most one is mined. */
interface Sent {
  readonly from: string;
  readonly nonce: number;
  /** Hashes, in the order of sending. */
  readonly hashes: string[];
  fees: Fees | undefined;
  /** The last form, for sending it again; undefined if the node signs. */
  raw: string | undefined;
}

/**
 * Sends a transaction and waits until it is mined. A mined transaction may have failed.
 * @throws EnvironmentError "stuck" if it, or an earlier transaction of the account, is not mined in time; "fee" if the
 *   fee is above the cap
 */
export async function submitted(
  chain: SendingChain,
  signer: Signer,
  request: Request,
  account: Account,
): Promise<TransactionReceipt> {
  const sent = await given(chain, signer, request, account);
  const receipt = await mined(chain, signer, request, sent);
  account.mined = { hash: receipt.hash, next: sent.nonce + 1 };
  return receipt;
}

/**
 * Gives the node a transaction with the account's next nonce, or with a later one if another transaction just used it.
 */
async function given(chain: SendingChain, signer: Signer, request: Request, account: Account): Promise<Sent> {
  let nonce = await nextNonce(chain, request.from, account);
  let fees = await feesFor(chain, signer);
  for (let attempt = 1, raises = 0; ; ) {
    const sent: Sent = { from: request.from, nonce, hashes: [], fees, raw: undefined };
    const outcome = await broadcast(chain, signer, request, sent);
    if (outcome === "sent") return sent;
    if (outcome.kind === "refused") throw outcome.error;
    if (outcome.kind === "underpriced" && chain.replace === true && fees !== undefined && account.mined === undefined) {
      const higher = raised(fees, fees, chain.maxFee);
      if (higher === null || ++raises > RAISES) throw tooCheap(chain, request.from, nonce, fees);
      fees = higher;
      continue;
    }
    if (attempt++ === ATTEMPTS) throw outcome.error;
    // The node's refusal shows that the nonce is used, even if the node's count does not.
    nonce = Math.max(nonce + 1, await transactionCount(chain.provider, request.from, "pending"));
  }
}

/** Sends from the node's own account. That is a test chain, where the node sets the fees. */
async function feesFor(chain: SendingChain, signer: Signer): Promise<Fees | undefined> {
  if (signer instanceof JsonRpcSigner && chain.maxFee === undefined) return undefined;
  return await presentFees(chain.provider, chain.maxFee);
}

type Outcome = "sent" | { kind: "underpriced" | "taken" | "refused"; error: unknown };

/**
 * Signs and sends. If it is unknown whether the node accepted the transaction, it counts as sent: its hash can be
 * searched for.
 */
async function broadcast(chain: SendingChain, signer: Signer, request: Request, sent: Sent): Promise<Outcome> {
  const transaction: TransactionRequest = { ...request, nonce: sent.nonce, ...sent.fees };
  try {
    if (signer instanceof JsonRpcSigner) {
      sent.hashes.push(await signer.sendUncheckedTransaction(transaction));
      return "sent";
    }
    const type = sent.fees !== undefined && "gasPrice" in sent.fees ? 0 : 2;
    sent.raw = await signer.signTransaction({ ...transaction, type, chainId: chain.chainId });
  } catch (error) {
    return { kind: kindOf(error), error };
  }
  sent.hashes.push(keccak256(sent.raw));
  for (let attempt = 1; ; attempt++) {
    const outcome = await again(chain, sent.raw);
    // After an earlier attempt the result is "sent": that attempt itself may have used the nonce.
    if (outcome !== "unknown") return attempt === 1 ? outcome : "sent";
    if (attempt === ATTEMPTS) return "sent";
    await poll(chain);
  }
}

/** Sends a signed transaction. Repeats are harmless: it stays one transaction. */
async function again({ provider }: SendingChain, raw: string): Promise<Outcome | "unknown"> {
  try {
    await provider.send("eth_sendRawTransaction", [raw]);
    return "sent";
  } catch (error) {
    const words = refusalWords(error);
    if (words === undefined) return "unknown";
    if (/already known|known transaction|already imported|alreadyknown/i.test(words)) return "sent";
    return { kind: kindOf(error), error };
  }
}

function kindOf(error: unknown): "underpriced" | "taken" | "refused" {
  // ethers recognises these errors only in answers with status 200.
  const words = refusalWords(error) ?? "";
  if (isError(error, "NONCE_EXPIRED") || /nonce.{0,9}too low/i.test(words)) return "taken";
  return isError(error, "REPLACEMENT_UNDERPRICED") || /replacement.{0,20}underpriced/i.test(words)
    ? "underpriced"
    : "refused";
}

/**
 * Waits until one form of the transaction is mined. Sends it again at intervals, with a higher fee if the cap allows.
 */
async function mined(chain: SendingChain, signer: Signer, request: Request, sent: Sent): Promise<TransactionReceipt> {
  const waitMs = chain.waitMs ?? MINED_MS;
  const replaceMs = chain.replaceMs ?? REPLACE_MS;
  const begun = Date.now();
  let raises = 1;
  let silences = 0;
  let looks = 0;
  for (;;) {
    try {
      const receipt = await receiptOf(chain.provider, sent.hashes);
      if (receipt !== null) return receipt;
      silences = 0;
      if (looks > 0 && ++looks > LOOKS) throw takenByAnother(sent);
      const waited = Date.now() - begun;
      if (waited > waitMs) throw stuck(chain, sent, waitMs);
      if (waited > raises * replaceMs && sent.raw !== undefined) {
        raises++;
        if ((await sentForMore(chain, signer, request, sent)) === "taken") looks = 1;
      }
    } catch (error) {
      if (error instanceof EnvironmentError && (error.code === "stuck" || error.code === "replaced")) throw error;
      if (++silences === SILENCES) throw unknownEnd(sent, error);
    }
    await poll(chain);
  }
}

async function receiptOf(provider: JsonRpcApiProvider, hashes: readonly string[]): Promise<TransactionReceipt | null> {
  for (const hash of hashes) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
  }
  return null;
}

/**
 * Sends a stuck transaction again: with a higher fee if there is a cap, else unchanged, in case the node dropped it.
 */
async function sentForMore(
  chain: SendingChain,
  signer: Signer,
  request: Request,
  sent: Sent,
): Promise<"taken" | "sent"> {
  let outcome: Outcome | "unknown" | undefined;
  if (chain.maxFee !== undefined && sent.fees !== undefined) {
    const higher = raised(sent.fees, await presentFees(chain.provider, undefined), chain.maxFee);
    if (higher !== null) {
      sent.fees = higher;
      outcome = await broadcast(chain, signer, request, sent);
    }
  }
  outcome ??= await again(chain, sent.raw as string);
  return typeof outcome === "object" && outcome.kind === "taken" ? "taken" : "sent";
}

function named({ hashes, nonce, from }: Sent): string {
  const others = hashes.length === 1 ? "" : ` (before: ${hashes.slice(0, -1).join(", ")})`;
  return `transaction ${hashes.at(-1)}${others}, number ${nonce} of account ${from},`;
}

function stuck(chain: SendingChain, sent: Sent, waitMs: number): EnvironmentError {
  const fee = sent.fees === undefined ? "" : ` for ${gwei(highest(sent.fees))}`;
  const room = chain.maxFee === undefined ? "a --max-fee" : "a higher --max-fee";
  return new EnvironmentError(
    "stuck",
    `${named(sent)} was not mined${fee} in ${waitMs / 1_000} s and still may be: wait, or run the same command again ` +
      `with --replace and ${room}; the new transaction then replaces it, and only one of them is mined`,
  );
}

function takenByAnother(sent: Sent): EnvironmentError {
  return new EnvironmentError(
    "replaced",
    `${named(sent)} will not be mined: another transaction of the account has its number; check that one, then run the command again`,
  );
}

function unknownEnd(sent: Sent, error: unknown): EnvironmentError {
  const why = error instanceof TimeBanditsError ? error.message : "the node does not answer as it should";
  return new EnvironmentError(
    "rpc",
    `${named(sent)} may or may not be mined: ${why}; look for it before you run the command again`,
    {
      cause: error,
    },
  );
}

function tooCheap(chain: SendingChain, from: string, nonce: number, fees: Fees): EnvironmentError {
  const room = chain.maxFee === undefined ? "" : `, and --max-fee allows no more`;
  return new EnvironmentError(
    "stuck",
    `transaction number ${nonce} of account ${from} cannot be replaced for ${gwei(highest(fees))}${room}: ` +
      "its own fee is nearly that high; nothing was sent; raise the cap, or wait until it is mined",
  );
}
