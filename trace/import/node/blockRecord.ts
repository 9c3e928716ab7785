/** Joins a node's answers on one block, and checks that they agree. Every error names the block and the field. */
import { InvalidInputError } from "../../errors.ts";
import { type Answer, readAnswer } from "../evmAnswer.ts";
import { asError, asHash, asList, describe, type Fields, isAbsent, isObject } from "../evmFields.ts";
import type { Fork } from "../evmFlow.ts";
import { NodeAnswer, type NodeFacts } from "../evmNode.ts";
import { compareRoot, forkOf, type Receipt, readReceipt } from "../evmReceipt.ts";
import {
  asIndex,
  type BlockHeader,
  coinbaseOf,
  contradiction,
  ofBlock,
  readWithdrawals,
  type Withdrawal,
} from "./blockHeader.ts";

/** One transaction of a block: its call tree, and its receipt, which agree. */
export interface BlockTransaction {
  hash: string;
  /** Its position in the block, from 0. */
  index: number;
  answer: Answer;
  receipt: Receipt;
}

/** A block with everything that its transactions did. */
export interface BlockRecord extends BlockHeader {
  /** The recipient of the fees. */
  coinbase: string;
  /** The rules for self-destructs. */
  fork: Fork;
  transactions: readonly BlockTransaction[];
  withdrawals: readonly Withdrawal[];
  /** False if a transaction logged and its call tree shows no log: then only the receipts have the logs. */
  logsInTraces: boolean;
}

/** The node's answers on a block, unchanged. */
export interface BlockParts {
  header: BlockHeader & { fields: Fields };
  receipts: readonly unknown[];
  /** One item for each transaction: `{ txHash?, result }`, as `debug_traceBlock…` gives it. */
  traces: readonly unknown[];
}

const NO_BALANCES = "they are not asked for with a whole block";

/**
 * The hashes of a block's transactions, in their order.
 * @throws InvalidInputError if one is not in this block, or not at its place
 */
export function transactionHashes({ number, hash, fields }: BlockHeader & { fields: Fields }): string[] {
  const listed = fields.transactions;
  if (!Array.isArray(listed)) {
    throw new InvalidInputError(ofBlock(number, "transactions"), `is ${describe(listed)}, not a list`);
  }
  const hashes = listed.map((one: unknown, i) => {
    const at = `transactions[${i}]`;
    if (!isObject(one)) {
      const what = `is ${describe(one)}, not a whole transaction; use a node that gives blocks with transactions`;
      throw new InvalidInputError(ofBlock(number, at), what);
    }
    checkPlace(number, hash, i, at, one);
    return asHash(ofBlock(number, `${at}.hash`), one.hash);
  });
  const seen = new Set<string>();
  hashes.forEach((one, i) => {
    if (seen.has(one)) throw contradiction(number, `transactions[${i}].hash`, `${one} stands there twice`);
    seen.add(one);
  });
  return hashes;
}

/**
 * Joins the answers on a block.
 * @throws InvalidInputError naming the block, the transaction and the field that contradict the others
 */
export function joinBlock(parts: BlockParts, chainId: bigint): BlockRecord {
  const { header, receipts, traces } = parts;
  const { fields, ...facts } = header;
  const { number } = facts;
  const coinbase = coinbaseOf(number, fields);
  const hashes = transactionHashes(header);
  for (const [what, list] of [
    ["receipts", receipts],
    ["traces", traces],
  ] as const) {
    if (list.length !== hashes.length) {
      throw contradiction(number, what, `are ${list.length}, but the block has ${hashes.length} transactions`);
    }
  }
  const { transactions: listed, ...bare } = fields;
  const transactions = hashes.map((hash, index): BlockTransaction => {
    const receipt = checkReceipt(facts, index, hash, receipts[index]);
    const tree = treeOf(number, index, hash, traces[index]);
    const transaction = (listed as readonly unknown[])[index];
    const none = { balances: null, noBalances: NO_BALANCES };
    const node = { hash, chainId: chainId.toString(), transaction, receipt, header: bare, ...none };
    return readTransaction(number, index, tree, node);
  });
  return {
    ...facts,
    coinbase,
    fork: forkOf(bare, chainId),
    transactions,
    withdrawals: readWithdrawals(number, fields),
    logsInTraces: transactions.every(({ answer, receipt }) => !receipt.logs?.length || showsLogs(answer.root)),
  };
}

/** Reads one transaction as the import of a single one does. */
function readTransaction(number: number, index: number, tree: unknown, node: NodeFacts): BlockTransaction {
  const { hash } = node;
  try {
    const header = node.header as Fields;
    const answer = readAnswer(new NodeAnswer(tree, header.number, header.timestamp, node));
    const receipt = readReceipt(node);
    const root = compareRoot(answer.root, receipt);
    const error = asError("error", root.error);
    if (receipt.succeeded === true && error !== null) {
      throw new InvalidInputError(
        "error",
        `the call tree says that it failed (${error}), its receipt that it succeeded`,
      );
    }
    return { hash, index, answer: { ...answer, root }, receipt };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const words = error.message.slice(error.field.length + 2);
    throw new InvalidInputError(ofBlock(number, `transactions[${index}] ${error.field}`), words, { cause: error });
  }
}

function checkReceipt({ number, hash }: BlockHeader, i: number, transaction: string, receipt: unknown): Fields {
  const at = `receipts[${i}]`;
  if (!isObject(receipt)) throw new InvalidInputError(ofBlock(number, at), `is ${describe(receipt)}, not a receipt`);
  checkHash(number, `${at}.transactionHash`, receipt.transactionHash, transaction);
  checkPlace(number, hash, i, at, receipt);
  asList(ofBlock(number, `${at}.logs`), receipt.logs, "logs").forEach((log, n) => {
    if (!isObject(log)) return;
    const field = `${at}.logs[${n}]`;
    if (log.removed === true) throw contradiction(number, `${field}.removed`, "is true: its block was replaced");
    checkPlace(number, hash, i, field, log);
    if (!isAbsent(log.transactionHash)) {
      checkHash(number, `${field}.transactionHash`, log.transactionHash, transaction);
    }
  });
  return receipt;
}

/** Checks the place that a transaction, a receipt or a log names for itself. */
function checkPlace(number: number, hash: string, index: number, at: string, said: Fields): void {
  if (!isAbsent(said.blockHash)) checkHash(number, `${at}.blockHash`, said.blockHash, hash);
  for (const [field, expected] of [
    ["blockNumber", number],
    ["transactionIndex", index],
  ] as const) {
    if (isAbsent(said[field])) continue;
    const is = asIndex(ofBlock(number, `${at}.${field}`), said[field]);
    if (is !== expected) throw contradiction(number, `${at}.${field}`, `is ${is}, but should be ${expected}`);
  }
}

function checkHash(number: number, field: string, said: unknown, expected: string): void {
  const is = asHash(ofBlock(number, field), said);
  if (is !== expected) throw contradiction(number, field, `is ${is}, but should be ${expected}`);
}

/** The call tree in an item of the list, or a bare one. */
function treeOf(number: number, i: number, hash: string, item: unknown): unknown {
  const at = `traces[${i}]`;
  if (!isObject(item)) throw new InvalidInputError(ofBlock(number, at), `is ${describe(item)}, not a call tree`);
  if (!isAbsent(item.txHash)) checkHash(number, `${at}.txHash`, item.txHash, hash);
  if (isAbsent(item.type) && isAbsent(item.result)) {
    throw new InvalidInputError(ofBlock(number, `${at}.result`), `is ${describe(item.result)}, not a call tree`);
  }
  return isAbsent(item.type) ? item.result : item;
}

/** True if any frame of a tree has a log. */
function showsLogs(root: Fields): boolean {
  const pending: unknown[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue;
    if (Array.isArray(next.logs) && next.logs.length > 0) return true;
    if (Array.isArray(next.calls)) for (const call of next.calls) pending.push(call);
  }
  return false;
}
