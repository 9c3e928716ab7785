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

/** A chain, and the account that signs there. */
export interface Chain extends SendingChain {
  /** Absent where only reading is possible. */
  readonly signer?: Signer;
}

/** Who signs, and how long answers may take. */
export interface ConnectOptions extends SendingOptions {
  /** Signs transactions; without it the node's own first account does, if it has one. */
  readonly privateKey?: string;
  /** How long the node may take for one answer, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A transaction to send; without `to` it creates a contract. `value` is in wei. */
export interface Transaction {
  readonly to?: string;
  readonly data: string;
  readonly value?: bigint;
}

const ANSWER_MS = 10_000;
/** Share by which gas may grow between estimate and execution, in percent. */
const GAS_MARGIN = 20n;

export { askChainId, isLocalChain };

/**
 * Connects to a node. One that is not there is reported within `timeoutMs`: ethers by itself would look for it forever.
 * @param url appears in no error but for host and port: user, password, path and query may be secret
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
      // The cause would repeat the key.
      throw new EnvironmentError("account", "the private key is not one");
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

/** The account that signs; an error where there is none. */
export function signerOf(chain: Chain): Signer {
  if (!chain.signer) throw new EnvironmentError("account", "no account to sign with: give a private key");
  return chain.signer;
}

/** Reads from a contract, as of a block where one is named. The result is the raw answer. */
export async function call(chain: Chain, to: string, data: string, contract: Interface, at?: number): Promise<string> {
  try {
    return await chain.provider.call({ to, data, ...(at === undefined ? {} : { blockTag: at }) });
  } catch (error) {
    throw chainError(error, contract);
  }
}

/**
 * What goes on in the account of each chain: its last transaction, so that two never take the same number, and the next
 * number.
 */
const accounts = new WeakMap<JsonRpcApiProvider, Map<string, { last: Promise<unknown> } & Account>>();

/**
 * Sends a transaction and waits until it is mined. Transactions of one account go one after the other; what a contract
 * refuses is found out before anything is sent, where that is possible.
 * @throws ChainRefusal what the contract says
 * @throws EnvironmentError what stands in the way: fees above the cap ("fee"), a chain before Cancun ("fork"),
 *   something "stuck"
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
      // Asking again in the block where it failed tells why.
      await chain.provider.call({ ...request, blockTag: receipt.blockNumber });
      throw new ChainRefusal("Reverted", { transaction: receipt.hash });
    }
    return receipt;
  } catch (error) {
    throw chainError(error, contract);
  }
}

/** Deploys a contract; the receipt says where it is. */
export async function deploy(
  chain: Chain,
  artifact: { readonly bytecode: string },
  encodedArguments = "0x",
): Promise<{ readonly address: string; readonly receipt: TransactionReceipt }> {
  const receipt = await send(chain, { data: artifact.bytecode + encodedArguments.slice(2) });
  if (receipt.contractAddress === null) throw new EnvironmentError("rpc", "the node's receipt names no contract");
  return { address: receipt.contractAddress, receipt };
}
