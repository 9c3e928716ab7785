/** Asks a node for a transaction's call tree, and for the data to compare it with. */
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import { isAbsent, isObject } from "./evmFields.ts";
import type { TokenBook } from "./tokens/tokenBook.ts";

/**
 * One request to a node.
 * @throws EnvironmentError with the node's own words, or if it does not answer
 */
export type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** A node's answers on a transaction, unchanged. */
export interface NodeFacts {
  /** The requested hash, and the chain's id, decimal. */
  hash: string;
  chainId: string;
  transaction: unknown;
  receipt: unknown;
  /** The header of the receipt's block; null if the node does not give it. */
  header: unknown;
  /** Balances before and after, as `prestateTracer` with `diffMode` gives them; null if the node does not. */
  balances: unknown;
  /** Why there are no balances, in the node's words. */
  noBalances: string | null;
  /** The tokens of the transaction's block, compared with `balanceOf`; absent or null if they were not. */
  tokens?: TokenBook | null;
}

/**
 * A call tree with the node's other answers: an input of `importEvmCalls`. Only answers fetched from a node count; a
 * file that claims to hold a receipt is not one.
 */
export class NodeAnswer {
  readonly result: unknown;
  readonly block: unknown;
  readonly timestamp: unknown;
  readonly node: NodeFacts;

  constructor(result: unknown, block: unknown, timestamp: unknown, node: NodeFacts) {
    this.result = result;
    this.block = block;
    this.timestamp = timestamp;
    this.node = node;
  }
}

/**
 * Asks a node for a transaction. The receipt comes last, so that a block replaced meanwhile is noticed.
 * @throws InvalidInputError if the node does not know the transaction, or it is in no block yet
 * @throws EnvironmentError if the node has no call tree for it
 */
export async function askForCalls(ask: Ask, hash: string, chainId: bigint): Promise<NodeAnswer> {
  const transaction = await ask("eth_getTransactionByHash", [hash]);
  if (isAbsent(transaction)) throw new InvalidInputError("tx", `the node knows no transaction ${hash}`);
  const block = member(transaction, "blockNumber");
  if (isAbsent(block)) throw new InvalidInputError("tx", `${hash} is not in a block yet`);
  const tracer = { tracer: "callTracer", tracerConfig: { withLog: true } };
  const result = await ask("debug_traceTransaction", [hash, tracer]);
  const { balances, noBalances } = await askBalances(ask, hash);
  const receipt = await ask("eth_getTransactionReceipt", [hash]);
  if (isAbsent(receipt)) throw new InvalidInputError("tx", `the node has no receipt of ${hash}; ask again`);
  const header = await askHeader(ask, member(receipt, "blockHash"), block);
  const facts = { hash, chainId: chainId.toString(), transaction, receipt, header, balances, noBalances };
  const sameBlock = member(header, "hash") === member(receipt, "blockHash");
  return new NodeAnswer(result, block, sameBlock ? member(header, "timestamp") : undefined, facts);
}

async function askBalances(ask: Ask, hash: string): Promise<Pick<NodeFacts, "balances" | "noBalances">> {
  try {
    const tracer = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };
    return { balances: await ask("debug_traceTransaction", [hash, tracer]), noBalances: null };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { balances: null, noBalances: error.message };
  }
}

/** Asks by hash if the node can, otherwise by number; that may give another block with the same number. */
async function askHeader(ask: Ask, hash: unknown, number: unknown): Promise<unknown> {
  try {
    const header = await ask("eth_getBlockByHash", [hash, false]);
    if (isObject(header)) return header;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
  }
  return ask("eth_getBlockByNumber", [number, false]);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
