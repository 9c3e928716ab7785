/** What an import of an Ethereum transaction found, and what it had to assume. */
import type { Comparison } from "./evmBalances.ts";
import type { FrameType } from "./evmFrames.ts";

/** A frame that came to nothing. */
export interface RevertedFrame {
  /** Where it stands in the tree; empty for the transaction itself. */
  path: string;
  type: FrameType;
  from: string;
  /** Null if the creation failed before there was an address. */
  to: string | null;
  /** Selector or name of the function. */
  selector: string;
  /** In wei, decimal. */
  value: string;
  /** Why; null for a frame that failed only because one above it did. */
  error: string | null;
}

/** What the chain says of the transaction, where a node was asked. */
export interface ChainReport {
  /** Hashes of the transaction and its block. */
  transaction: string;
  block: string;
  /** `0x1` if it succeeded, `0x0` if not; null before Byzantium, when receipts did not say. */
  status: "0x1" | "0x0" | null;
  /** What the sender paid, in decimal wei; null if the receipt does not tell. It is not imported. */
  fee: string | null;
  /** Null if the node does not give balances; then `noBalances` says why. */
  balances: Comparison | null;
  noBalances: string | null;
  remarks: readonly string[];
}

/** What was found in a call tree, and what had to be assumed. Amounts are decimal wei. */
export interface EvmReport {
  /** Number of the block, decimal, and its time, if the input says so. */
  block: string | null;
  timestamp: number | null;
  /** Time of every transition. */
  at: number;
  frames: number;
  /** True if the whole transaction was reverted: then there is no transition. */
  transactionReverted: boolean;
  /** Addresses by program number. */
  programs: Record<string, string>;
  /**
   * Wei that addresses must have had, and functions that they must have declared: not in the tree, put into the
   * genesis.
   */
  openingBalances: Record<string, string>;
  entryPoints: { address: string; selector: string; payable: boolean }[];
  reverted: RevertedFrame[];
  /** Wei that nobody has any more; `path` is null for what was lost when the transaction ended. */
  burnt: { path: string | null; address: string; value: string }[];
  /**
   * How many things of each sort were left out: logs, calls that the tree does not show, frames that say no address.
   */
  notImported: Record<string, number>;
  /** The same in sentences, and what cannot be known. */
  leftOut: readonly string[];
  unknown: readonly string[];
  /** Null for a call tree that came without a receipt. */
  chain: ChainReport | null;
}
