import type { Interface, JsonRpcApiProvider, Signer, TransactionReceipt } from "ethers";
import { FetchRequest, isError, JsonRpcProvider, JsonRpcSigner, Network, Wallet } from "ethers";
import { EnvironmentError } from "../trace/errors.ts";
import { isLocalChain } from "../trace/localChains.ts";
import { ChainRefusal, chainError } from "./chain-errors.ts";

/** A chain, and the account that signs there. */
export interface Chain {
  readonly provider: JsonRpcApiProvider;
  readonly chainId: bigint;
  /** Absent where only reading is possible. */
  readonly signer?: Signer;
  /** How long to wait for a transaction to be mined, in milliseconds. */
  readonly waitMs?: number;
}

/** Who signs, and how long answers may take. */
export interface ConnectOptions {
  /** Signs transactions; without it the node's own first account does, if it has one. */
  readonly privateKey?: string;
  /** How long the node may take for one answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** How long to wait for a transaction to be mined, in milliseconds. */
  readonly waitMs?: number;
}

export interface Transaction {
  readonly to?: string;
  readonly data: string;
  readonly value?: bigint;
}

const ANSWER_MS = 10_000;
const MINED_MS = 180_000;
const LOCAL_POLL_MS = 20;
const PUBLIC_POLL_MS = 2_000;
/** Share by which gas may grow between estimate and execution, in percent. */
const GAS_MARGIN = 20n;
const NONCE_ATTEMPTS = 3;

export { isLocalChain };

/**
 * Connects to a node. One that is not there is reported within `timeoutMs`: ethers by itself would look for it forever.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Chain> {
  const timeout = options.timeoutMs ?? ANSWER_MS;
  let request: FetchRequest;
  try {
    request = new FetchRequest(new URL(url).href);
  } catch (error) {
    throw new EnvironmentError("rpc", `${url} is not the address of a node`, { cause: error });
  }
  request.timeout = timeout;
  request.setThrottleParams({ maxAttempts: 3 });
  // A node that is too busy to answer may have taken what it was given: what is sent twice happens twice.
  request.retryFunc = async ({ body }) => body === null || !Buffer.from(body).includes('"eth_send');
  const chainId = await askChainId(request.url, timeout);
  const provider = new JsonRpcProvider(request, Number(chainId), {
    staticNetwork: Network.from(chainId),
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  const waitMs = options.waitMs ?? MINED_MS;
  if (options.privateKey !== undefined) {
    try {
      return { provider, chainId, waitMs, signer: new Wallet(options.privateKey, provider) };
    } catch {
      provider.destroy();
      // The cause would repeat the key.
      throw new EnvironmentError("account", "the private key is not one");
    }
  }
  const [first] = await askAccounts(provider);
  if (first === undefined) return { provider, chainId, waitMs };
  try {
    return { provider, chainId, waitMs, signer: await provider.getSigner(first) };
  } catch (error) {
    provider.destroy();
    throw chainError(error);
  }
}

/**
 * Asks a node for its chain id.
 * @param timeout in milliseconds
 * @throws EnvironmentError "rpc" if no node answers
 */
export async function askChainId(url: string, timeout: number): Promise<bigint> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(timeout),
    });
    const { result } = (await response.json()) as { readonly result?: unknown };
    if (typeof result !== "string" || !/^0x[0-9a-f]{1,13}$/i.test(result)) throw new Error("it names no chain");
    return BigInt(result);
  } catch (error) {
    throw new EnvironmentError("rpc", `no Ethereum node answers at ${url}`, { cause: error });
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

/** The last transaction of each account and chain, so that two never take the same nonce. */
const queues = new WeakMap<JsonRpcApiProvider, Map<string, Promise<unknown>>>();

/**
 * Sends a transaction and waits until it is mined. Transactions of one account go one after the other, each with the nonce
 * that the node then gives; what a contract refuses is found out before anything is sent, where that is possible.
 */
export async function send(chain: Chain, transaction: Transaction, contract?: Interface): Promise<TransactionReceipt> {
  const signer = signerOf(chain);
  const from = await signer.getAddress();
  const accounts = queues.get(chain.provider) ?? new Map<string, Promise<unknown>>();
  queues.set(chain.provider, accounts);
  const mine = (accounts.get(from) ?? Promise.resolve()).then(() =>
    sendNow(chain, signer, from, transaction, contract),
  );
  accounts.set(
    from,
    mine.catch(() => undefined),
  );
  return mine;
}

async function sendNow(
  chain: Chain,
  signer: Signer,
  from: string,
  transaction: Transaction,
  contract: Interface | undefined,
): Promise<TransactionReceipt> {
  const request = { ...transaction, from };
  try {
    const estimate = await chain.provider.estimateGas(request);
    const gasLimit = estimate + (estimate * GAS_MARGIN) / 100n;
    const hash = await submit(chain, signer, { ...request, gasLimit });
    const receipt = await mined(chain, hash);
    if (receipt.status !== 1) {
      // Asking again in the block where it failed tells why.
      await chain.provider.call({ ...request, blockTag: receipt.blockNumber });
      throw new ChainRefusal("Reverted", { transaction: hash });
    }
    return receipt;
  } catch (error) {
    throw chainError(error, contract);
  }
}

/** Gives the node a transaction, with the account's next nonce; once more where somebody else has just taken it. */
async function submit(
  chain: Chain,
  signer: Signer,
  request: Transaction & { from: string; gasLimit: bigint },
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const nonce = Number(await chain.provider.send("eth_getTransactionCount", [request.from, "pending"]));
    try {
      if (signer instanceof JsonRpcSigner) return await signer.sendUncheckedTransaction({ ...request, nonce });
      return (await signer.sendTransaction({ ...request, nonce })).hash;
    } catch (error) {
      const taken = isError(error, "NONCE_EXPIRED") || isError(error, "REPLACEMENT_UNDERPRICED");
      if (!taken || attempt === NONCE_ATTEMPTS) throw error;
    }
  }
}

async function mined(chain: Chain, hash: string): Promise<TransactionReceipt> {
  const deadline = Date.now() + (chain.waitMs ?? MINED_MS);
  for (;;) {
    const receipt = await chain.provider.getTransactionReceipt(hash);
    if (receipt) return receipt;
    if (Date.now() > deadline) throw new EnvironmentError("rpc", `transaction ${hash} has not been mined in time`);
    await new Promise((resolve) => setTimeout(resolve, isLocalChain(chain.chainId) ? LOCAL_POLL_MS : PUBLIC_POLL_MS));
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
