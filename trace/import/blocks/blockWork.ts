/** What is to be imported of a block: the transactions that a filter lets through, with their steps in order. */

import { type Flow, flowOf } from "../evmFlow.ts";
import { framesOf } from "../evmSettled.ts";
import type { BlockRecord, BlockTransaction } from "../node/chainNode.ts";
import { type TransferEvent, tokenEvents } from "../tokens/events.ts";
import { type Step, stepsOf } from "../tokens/steps.ts";

/** Which transactions are imported: those that touch one of these addresses or tokens. Empty sets let all through. */
export interface Filters {
  addresses: ReadonlySet<string>;
  tokens: ReadonlySet<string>;
}

/** A transaction to import. */
export interface TransactionWork {
  hash: string;
  sender: string;
  failed: boolean;
  /** In wei; 0 if the receipt does not tell. */
  fee: bigint;
  /** The coinbase's share of the fee. */
  share: bigint;
  steps: readonly Step[];
  flow: Flow | null;
  unplaced: number;
  /** Number of calls that happened. */
  frames: number;
}

/** A block's transactions. */
export interface BlockWork {
  transactions: readonly TransactionWork[];
  /** Number of transactions that the filter keeps out. */
  skipped: number;
  /** The transfers of every transaction of the block, imported or not. */
  transfers: readonly TransferEvent[];
}

/** Whether the filter lets everything through. */
export function isWhole({ addresses, tokens }: Filters): boolean {
  return addresses.size === 0 && tokens.size === 0;
}

/** @throws InvalidInputError naming the transaction's frame and field */
export function workOf(block: BlockRecord, filters: Filters): BlockWork {
  const transactions: TransactionWork[] = [];
  const transfers: TransferEvent[] = [];
  let skipped = 0;
  for (const transaction of block.transactions) {
    const { receipt } = transaction;
    const events = receipt.succeeded === false ? [] : (receipt.logs ?? []).flatMap(tokenEvents);
    for (const event of events) if (event.type === "transfer") transfers.push(event);
    const work = stepsIn(transaction, block);
    if (isWhole(filters) || touches(transaction, work, filters)) transactions.push(work);
    else skipped++;
  }
  return { transactions, skipped, transfers };
}

function stepsIn({ hash, answer, receipt }: BlockTransaction, { fork }: BlockRecord): TransactionWork {
  const { frames } = framesOf(answer, receipt);
  const failed = frames[0]?.fate === "reverted";
  const base = { hash, sender: receipt.sender, failed, fee: receipt.fee ?? 0n, share: receipt.share ?? 0n };
  if (failed) return { ...base, steps: [], flow: null, unplaced: 0, frames: 0 };
  const flow = flowOf(frames, fork);
  const { steps, unplaced } = stepsOf(frames, flow.steps, receipt.logs);
  return { ...base, steps, flow, unplaced, frames: flow.steps.length };
}

function touches({ receipt }: BlockTransaction, { steps }: TransactionWork, { addresses, tokens }: Filters): boolean {
  if (addresses.has(receipt.sender) || addresses.has(receipt.recipient ?? "")) return true;
  return steps.some((step) => {
    if (step.type === "frame") return addresses.has(step.step.frame.from) || addresses.has(step.step.frame.to ?? "");
    const { event } = step;
    if (event.type === "approval") return tokens.has(event.token) || addresses.has(event.owner);
    return tokens.has(event.kind.token) || addresses.has(event.from ?? "") || addresses.has(event.to ?? "");
  });
}
