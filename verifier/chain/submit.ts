/**
 * From a request to a mined transaction. The account's next number (nonce) is known from the one before, so that
 * nothing waits for a node to count; and whatever is sent again has the number of what it takes the place of, so that
 * only one of the two can ever count.
 */
import type { JsonRpcApiProvider, Signer, TransactionReceipt, TransactionRequest } from "ethers";
import { isError, JsonRpcSigner, keccak256 } from "ethers";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import { refusalWords } from "./errors.ts";
import { type Fees, gwei, highest, presentFees, raised } from "./fees.ts";
import { type Account, nextNonce, transactionCount } from "./nonce.ts";
import { MINED_MS, poll, REPLACE_MS, type SendingChain } from "./sendingChain.ts";

/** A transaction that is ready but for its number and its fees. */
export interface Request {
  readonly from: string;
  readonly to?: string;
  readonly data: string;
  readonly value?: bigint;
  readonly gasLimit: bigint;
}

/** How many numbers are tried where others take them, and how often something is sent that gets no answer. */
const ATTEMPTS = 3;
/**
 * How often a fee is raised to take the place of a transaction of which nothing else is known: 13 % each time, to 11
 * times as much.
 */
const RAISES = 20;
/** How often in a row a node may fail to say whether a transaction is mined. */
const SILENCES = 3;
/** How often it is looked for once the account's number is taken: a node may be behind another one. */
const LOOKS = 5;

/** One transaction in all its forms: they have the same number, so one of them counts at most. */
interface Sent {
  readonly from: string;
  readonly nonce: number;
  /** Hashes, the last one sent last. */
  readonly hashes: string[];
  fees: Fees | undefined;
  /** The last form, to be sent once more; undefined where the node signs. */
  raw: string | undefined;
}

/**
 * Sends a transaction and waits until it is mined, whether it then did what it should or not.
 * @throws EnvironmentError "stuck" if it is not mined in time, or the account's transactions before it are not; "fee"
 *   above the cap
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
 * Gives the node a transaction, with the account's next number; with the one after where somebody else has just taken
 * it.
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
    // What was said of this number holds, whatever the node counts.
    nonce = Math.max(nonce + 1, await transactionCount(chain.provider, request.from, "pending"));
  }
}

/** A node's own account is on a chain for tests, where the node knows what to pay. */
async function feesFor(chain: SendingChain, signer: Signer): Promise<Fees | undefined> {
  if (signer instanceof JsonRpcSigner && chain.maxFee === undefined) return undefined;
  return await presentFees(chain.provider, chain.maxFee);
}

type Outcome = "sent" | { kind: "underpriced" | "taken" | "refused"; error: unknown };

/**
 * Signs and sends. Where nobody knows whether the node has taken it, it counts as sent: it can be looked for by its
 * hash.
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
    // What may have been taken at an earlier attempt is looked for: a number that is used now may be so because of it.
    if (outcome !== "unknown") return attempt === 1 ? outcome : "sent";
    if (attempt === ATTEMPTS) return "sent";
    await poll(chain);
  }
}

/** Sends what is signed. It may be sent any number of times: it is one transaction all the same. */
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
  // ethers looks for words in answers with status 200 alone.
  const words = refusalWords(error) ?? "";
  if (isError(error, "NONCE_EXPIRED") || /nonce.{0,9}too low/i.test(words)) return "taken";
  return isError(error, "REPLACEMENT_UNDERPRICED") || /replacement.{0,20}underpriced/i.test(words)
    ? "underpriced"
    : "refused";
}

/** Waits until one form of the transaction is mined; sends it again from time to time, for more if the cap allows. */
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
 * Sends a stuck transaction for more, where a cap says how much more; else as it is, in case the node has dropped it.
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
    `${named(sent)} has not been mined${fee} in ${waitMs / 1_000} s and still may be: wait, or run the same again with ` +
      `--replace and ${room}; what is sent then takes its place, and only one of them counts`,
  );
}

function takenByAnother(sent: Sent): EnvironmentError {
  return new EnvironmentError(
    "replaced",
    `${named(sent)} will not be mined: another transaction of the account has that number; see what it did, and run again`,
  );
}

function unknownEnd(sent: Sent, error: unknown): EnvironmentError {
  const why = error instanceof TimeBanditsError ? error.message : "the node does not answer as it should";
  return new EnvironmentError("rpc", `${named(sent)} may be mined or not: ${why}; look for it before you run again`, {
    cause: error,
  });
}

function tooCheap(chain: SendingChain, from: string, nonce: number, fees: Fees): EnvironmentError {
  const room = chain.maxFee === undefined ? "" : `, and --max-fee allows no more`;
  return new EnvironmentError(
    "stuck",
    `transaction number ${nonce} of account ${from} cannot be replaced for ${gwei(highest(fees))}${room}: ` +
      "it pays nearly that much itself; nothing was sent; allow more, or wait until it is mined",
  );
}
