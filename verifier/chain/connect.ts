import type { Interface, JsonRpcApiProvider, Signer, TransactionReceipt } from "ethers";
import { JsonRpcProvider, Network, Wallet } from "ethers";
import { EnvironmentError } from "../../trace/errors.ts";
import { isLocalChain } from "../../trace/run/localChains.ts";
import { ChainRefusal, chainError } from "./errors.ts";
import { requireCancun } from "./fork.ts";
import { askChainId, requestTo } from "./node.ts";
import type { Account } from "./nonce.ts";
import type { SendingChain, SendingOptions } from "./sendingChain.ts";
import { submitted } from "./submit.ts";

/** A chain, with the account that signs there. */
export interface Chain extends SendingChain {
  /** Absent if the connection can only read. */
  readonly signer?: Signer;
}

/** The signing account and the time limit for answers. */
export interface ConnectOptions extends SendingOptions {
  /** Signs transactions. Without it the node's own first account signs, if it has one. */
  readonly privateKey?: string;
  /** Time limit for one answer of the node, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A transaction to send; without `to` it creates a contract. `value` is in wei. */
export interface Transaction {
  readonly to?: string;
  readonly data: string;
  readonly value?: bigint;
}

const ANSWER_MS = 10_000;
/** Margin for growth of the gas between estimate and execution, in percent. */
const GAS_MARGIN = 20n;

export { askChainId, isLocalChain };

/**
 * Connects to a node. Reports a missing node within `timeoutMs`, where ethers alone would retry forever.
 * @param url errors show only its scheme, host and port: user, password, path and query may be secret
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Chain> {
  const timeout = options.timeoutMs ?? ANSWER_MS;
  const chainId = await askChainId(url, timeout);
  const provider = new JsonRpcProvider(requestTo(url, timeout), Number(chainId), {
    staticNetwork: Network.from(chainId),
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  const { privateKey, timeoutMs: _, ...sending } = options;
  const chain: Chain = { provider, chainId, ...sending };
  if (privateKey !== undefined) {
    try {
      return { ...chain, signer: new Wallet(privateKey, provider) };
    } catch {
      provider.destroy();
      // No cause: it would repeat the key.
      throw new EnvironmentError("account", "the private key is not valid");
    }
  }
  const [first] = await askAccounts(provider);
  if (first === undefined) return chain;
  try {
    return { ...chain, signer: await provider.getSigner(first) };
  } catch (error) {
    provider.destroy();
    throw chainError(error);
  }
}

/** Public nodes hold no accounts, and many refuse the question. */
async function askAccounts(provider: JsonRpcProvider): Promise<string[]> {
  try {
    const accounts: unknown = await provider.send("eth_accounts", []);
    return Array.isArray(accounts) ? accounts.map(String) : [];
  } catch {
    return [];
  }
}

/** The account that signs. @throws EnvironmentError if there is none */
export function signerOf(chain: Chain): Signer {
  if (!chain.signer) throw new EnvironmentError("account", "no account to sign with: give a private key");
  return chain.signer;
}

/** Reads from a contract, as of a block if one is named. Returns the raw answer. */
export async function call(chain: Chain, to: string, data: string, contract: Interface, at?: number): Promise<string> {
  try {
    return await chain.provider.call({ to, data, ...(at === undefined ? {} : { blockTag: at }) });
  } catch (error) {
    throw chainError(error, contract);
  }
}

/**
 * State of each chain's account: its last transaction, so that two never use the same nonce, and the next nonce.
 */
const accounts = new WeakMap<JsonRpcApiProvider, Map<string, { last: Promise<unknown> } & Account>>();

/**
 * Sends a transaction and waits until it is mined. Transactions of one account are sent one after the other. A refusal
 * by the contract is found before sending, if possible.
 * @throws ChainRefusal if the contract refuses it
 * @throws EnvironmentError "fee" if the fees are above the cap, "fork" on a chain before Cancun, "stuck" if a
 *   transaction is not mined
 */
export async function send(chain: Chain, transaction: Transaction, contract?: Interface): Promise<TransactionReceipt> {
  const signer = signerOf(chain);
  const from = await signer.getAddress();
  const ofChain = accounts.get(chain.provider) ?? new Map<string, { last: Promise<unknown> } & Account>();
  accounts.set(chain.provider, ofChain);
  const account = ofChain.get(from) ?? { last: Promise.resolve() };
  ofChain.set(from, account);
  const mine = account.last.then(() => sendNow(chain, signer, { ...transaction, from }, account, contract));
  account.last = mine.catch(() => undefined);
  return mine;
}

async function sendNow(
  chain: Chain,
  signer: Signer,
  request: Transaction & { from: string },
  account: Account,
  contract: Interface | undefined,
): Promise<TransactionReceipt> {
  try {
    await requireCancun(chain.provider, chain.chainId);
    const estimate = await chain.provider.estimateGas(request);
    const gasLimit = estimate + (estimate * GAS_MARGIN) / 100n;
    const receipt = await submitted(chain, signer, { ...request, gasLimit }, account);
    if (receipt.status !== 1) {
      // A call on the block where it failed gives the reason.
      await chain.provider.call({ ...request, blockTag: receipt.blockNumber });
      throw new ChainRefusal("Reverted", { transaction: receipt.hash });
    }
    return receipt;
  } catch (error) {
    throw chainError(error, contract);
  }
}

/** Deploys a contract. The receipt gives its address. */
export async function deploy(
  chain: Chain,
  artifact: { readonly bytecode: string },
  encodedArguments = "0x",
): Promise<{ readonly address: string; readonly receipt: TransactionReceipt }> {
  const receipt = await send(chain, { data: artifact.bytecode + encodedArguments.slice(2) });
  if (receipt.contractAddress === null) throw new EnvironmentError("rpc", "the node's receipt names no contract");
  return { address: receipt.contractAddress, receipt };
}
