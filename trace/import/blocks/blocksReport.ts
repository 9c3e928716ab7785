/** What an import of blocks has recorded, in numbers. Sums are kept, not lines, so a long import stays small. */
import { count } from "../../describe/count.ts";
import type { ApprovalCounts } from "../ledger/play.ts";
import type { TokenCounts } from "../tokens/tokenBook.ts";
import type { BlockLine, Correction } from "./blockLines.ts";

/** All blocks of an import together. */
export interface BlocksTotals {
  /** Number of blocks. */
  blocks: number;
  /** Number of imported transactions, failed ones included. */
  transactions: number;
  /** Number of failed ones: their fee is recorded, nothing else. `blocks.jsonl` names them. */
  failed: number;
  /** Number of transactions that the filter kept out. */
  skipped: number;
  /** Transfers of tokens: `transfers` = `imported` + `refused`, whose reasons are in `notImported`. */
  tokens: TokenCounts;
  approvals: ApprovalCounts;
  /** What was there before, and entered the map when it was first seen. */
  broughtForward: { programs: number; holdings: number; approvals: number };
  /** Number of changes of holdings that no frame and no event shows, by reason. */
  corrections: Partial<Record<Correction["why"], number>>;
  /** Number of items left out, by sort. */
  notImported: Record<string, number>;
  /** Number of tokens' events whose place among the calls is not known: they stand at the end of their frame. */
  unplacedEvents: number;
  /** Number of blocks whose balances the node could not tell: they were not compared. */
  notCompared: number;
  /** The last block after which all holdings of tokens were compared, and how many; null if there was none. */
  allCompared: { block: number; holdings: number } | null;
}

/** The totals, and where the import stands. */
export interface BlocksReport extends BlocksTotals {
  /** Number of programs in the map. */
  programs: number;
  /** Number of transitions. */
  transitions: number;
  /** Number and hash of the last imported block; null before the first. */
  head: number | null;
  headHash: string | null;
  /** The block at which the import stopped before its end, and why; null if it did not. */
  stoppedAt: number | null;
  stoppedWhy: string | null;
  /** Refused tokens, and why, by contract. */
  tokensRefused: Record<string, string>;
}

export function noBlocks(): BlocksTotals {
  return {
    ...{ blocks: 0, transactions: 0, failed: 0, skipped: 0, unplacedEvents: 0, notCompared: 0, allCompared: null },
    tokens: { transfers: 0, imported: 0, refused: 0 },
    approvals: { given: 0, ended: 0, used: 0, without: 0, unconfirmed: 0 },
    broughtForward: { programs: 0, holdings: 0, approvals: 0 },
    corrections: {},
    notImported: {},
  };
}

/** Adds a block to the totals. */
export function addBlock(totals: BlocksTotals, line: BlockLine): void {
  totals.blocks++;
  totals.transactions += line.transactions.length;
  totals.failed += line.transactions.filter(({ status }) => status === "failed").length;
  totals.skipped += line.skipped;
  addTo(totals.tokens, line.tokens);
  addTo(totals.approvals, line.approvals);
  const { programs, holdings, approvals } = line.broughtForward;
  addTo(totals.broughtForward, { programs, holdings, approvals });
  for (const { why } of line.corrections) totals.corrections[why] = (totals.corrections[why] ?? 0) + 1;
  for (const [what, n] of Object.entries(line.notImported)) {
    totals.notImported[what] = (totals.notImported[what] ?? 0) + n;
  }
  totals.unplacedEvents += line.unplaced;
  if (!line.compared) totals.notCompared++;
  if (line.checked !== null) totals.allCompared = { block: line.block, holdings: line.checked };
}

/** The report in sentences, for the manifest. */
export function blocksNotes({ totals, refused }: { totals: BlocksTotals; refused: ReadonlyMap<string, string> }) {
  const { broughtForward: forward, tokens, approvals, corrections, notCompared, skipped } = totals;
  const notes = [
    `Imported: ${count(totals.blocks, "block")}, ${count(totals.transactions, "transaction")}, of which ${totals.failed} ` +
      "failed; blocks.jsonl says which transitions are whose.",
    `Brought forward: ${count(forward.programs, "program")}, ${count(forward.holdings, "holding")} and ` +
      `${count(forward.approvals, "approval")} that were there before, each when it was first seen; those of the first ` +
      "block are in the genesis.",
  ];
  if (skipped > 0) notes.push(`Kept out by the filter: ${count(skipped, "transaction")}.`);
  if (tokens.transfers > 0)
    notes.push(`${tokens.imported} of ${count(tokens.transfers, "transfer")} of tokens imported.`);
  for (const [token, why] of refused) notes.push(`Not imported: token ${token}: ${why}.`);
  for (const [what, n] of Object.entries(totals.notImported)) notes.push(`Not imported: ${n} × ${what}.`);
  if (approvals.without > 0) {
    notes.push(
      `Moved by another than the owner without an approval on record: ${count(approvals.without, "transfer")}.`,
    );
  }
  for (const [why, n] of Object.entries(corrections)) notes.push(`Settled beside the frames: ${n} × ${why}.`);
  if (totals.unplacedEvents > 0) {
    notes.push(
      `The place among the calls is not known of ${count(totals.unplacedEvents, "event")}: at the end of their frame.`,
    );
  }
  if (notCompared > 0) notes.push(`Not compared with the chain's balances: ${count(notCompared, "block")}.`);
  return notes;
}

function addTo<T extends { [K in keyof T]: number }>(sums: T, more: T): void {
  for (const key of Object.keys(sums) as (keyof T)[]) sums[key] = (sums[key] + more[key]) as T[keyof T];
}

/** The report of an import that stands before the block `next`. @param stopped why it stopped; null if it did not */
export function reportOf(
  imported: {
    totals: BlocksTotals;
    programs: number;
    last: Pick<BlockLine, "block" | "hash" | "end"> | null;
    refused: ReadonlyMap<string, string>;
  },
  next: number,
  stopped: string | null,
): BlocksReport {
  const { totals, programs, last, refused } = imported;
  return {
    ...{ ...totals, programs, transitions: last?.end ?? 0 },
    ...{ head: last?.block ?? null, headHash: last?.hash ?? null },
    ...{ stoppedAt: stopped === null ? null : next, stoppedWhy: stopped },
    tokensRefused: Object.fromEntries(refused),
  };
}
