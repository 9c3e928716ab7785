/** The report of an import of an Ethereum transaction: its findings and assumptions. */
import type { Comparison } from "./evmBalances.ts";
import type { FrameType } from "./evmFrames.ts";
import type { ApprovalCounts } from "./ledger/play.ts";
import type { TokenCounts } from "./tokens/tokenBook.ts";

/** A reverted frame. */
export interface RevertedFrame {
  /** Its path in the tree; empty for the transaction itself. */
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

/** The chain's facts on the transaction, if a node was asked. */
export interface ChainReport {
  /** Hashes of the transaction and its block. */
  transaction: string;
  block: string;
  /** `0x1` if it succeeded, `0x0` if not; null before Byzantium, when receipts had no status. */
  status: "0x1" | "0x0" | null;
  /** The fee that the sender paid, in decimal wei; null if the receipt does not tell. It is not imported. */
  fee: string | null;
  /** Null if the node does not give balances; then `noBalances` says why. */
  balances: Comparison | null;
  noBalances: string | null;
  remarks: readonly string[];
}

/** Findings and assumptions on a call tree. Amounts are decimal wei. */
export interface EvmReport {
  /** Number of the block, decimal, and its time, if the input has them. */
  block: string | null;
  timestamp: number | null;
  /** Time of every transition. */
  at: number;
  frames: number;
  /** True if the whole transaction was reverted; then there are no transitions. */
  transactionReverted: boolean;
  /** Addresses by program number. */
  programs: Record<string, string>;
  /** Assumed in the genesis: the opening wei of addresses and their declared functions. The tree does not show them. */
  openingBalances: Record<string, string>;
  entryPoints: { address: string; selector: string; payable: boolean }[];
  reverted: RevertedFrame[];
  /** Burnt wei; `path` is null for wei lost when the transaction ended. */
  burnt: { path: string | null; address: string; value: string }[];
  /** Transfers of tokens: `transfers` = `imported` + `refused`; the reasons are in `notImported`. */
  tokens: TokenCounts;
  /** Whether the tokens' events were compared with `balanceOf` before and after the block. */
  tokensCompared: boolean;
  /** Assumed in the genesis: opening amounts of tokens, decimal, in the token's least unit. */
  tokenOpenings: { address: string; token: string; amount: string }[];
  /** Tokens of which no transfer is imported, and why, by contract. */
  tokensRefused: Record<string, string>;
  approvals: ApprovalCounts;
  /** Assumed in the genesis: approvals that transfers rest on, and that the transaction does not grant. */
  priorApprovals: { token: string; owner: string; spender: string }[];
  /** Events of tokens whose place among the calls is not known. */
  unplacedEvents: number;
  /** Number of left-out items of each sort: logs, calls that the tree does not show, frames without an address. */
  notImported: Record<string, number>;
  /** The same in sentences, with the facts that the tree leaves open. */
  leftOut: readonly string[];
  unknown: readonly string[];
  /** Null for a call tree that came without a receipt. */
  chain: ChainReport | null;
}
