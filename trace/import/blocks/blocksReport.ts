/** What an import of blocks has recorded, in numbers. */

import type { ApprovalCounts } from "../ledger/play.ts";
import type { TokenCounts } from "../tokens/tokenBook.ts";
import type { BlockLine, Correction } from "./blockLines.ts";

/** All blocks of an import together. */
export interface BlocksReport {
  /** Number of blocks. */
  blocks: number;
  /** Number of imported transactions, failed ones included. */
  transactions: number;
  /** Hashes of the failed ones: their fee is recorded, nothing else. */
  failed: string[];
  /** Number of transactions that the filter kept out. */
  skipped: number;
  /** Number of programs in the map. */
  programs: number;
  /** Number of transitions. */
  transitions: number;
  /** The last imported block; null before the first. */
  head: { number: number; hash: string } | null;
  /** Where and why the import stopped before its end; null if it did not. */
  stoppedAt: { block: number; why: string } | null;
  /** Transfers of tokens: `transfers` = `imported` + `refused`, whose reasons are in `notImported`. */
  tokens: TokenCounts;
  /** Refused tokens, and why, by contract. */
  tokensRefused: Record<string, string>;
  approvals: ApprovalCounts;
  broughtForward: { programs: number; holdings: number; approvals: number };
  /** Number of changes of holdings that no frame and no event shows, by reason. */
  corrections: Partial<Record<Correction["why"], number>>;
  /** Number of items left out, by sort. */
  notImported: Record<string, number>;
  /** Number of blocks whose balances the node could not tell: they were not compared. */
  notCompared: number;
}

/** An import, as far as a report needs it. */
interface Imported {
  readonly lines: readonly BlockLine[];
  readonly next: number;
  readonly tokens: { readonly refused: ReadonlyMap<string, string> };
  readonly tracer: { readonly seq: number; readonly map: { programs(): number } } | undefined;
}

export function blocksReport({ lines, next, tokens, tracer }: Imported, stopped: string | null): BlocksReport {
  const sum = (of: (line: BlockLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const last = lines.at(-1);
  const corrections: BlocksReport["corrections"] = {};
  const notImported: Record<string, number> = {};
  for (const line of lines) {
    for (const { why } of line.corrections) corrections[why] = (corrections[why] ?? 0) + 1;
    for (const [what, n] of Object.entries(line.notImported)) notImported[what] = (notImported[what] ?? 0) + n;
  }
  return {
    blocks: lines.length,
    transactions: sum(({ transactions }) => transactions.length),
    failed: lines.flatMap(({ transactions }) => transactions.filter((t) => t.status === "failed").map((t) => t.hash)),
    skipped: sum(({ skipped }) => skipped),
    programs: tracer?.map.programs() ?? 0,
    transitions: tracer?.seq ?? 0,
    head: last === undefined ? null : { number: last.block, hash: last.hash },
    stoppedAt: stopped === null ? null : { block: next, why: stopped },
    tokens: {
      transfers: sum((line) => line.tokens.transfers),
      imported: sum((line) => line.tokens.imported),
      refused: sum((line) => line.tokens.refused),
    },
    tokensRefused: Object.fromEntries(tokens.refused),
    approvals: {
      given: sum((line) => line.approvals.given),
      ended: sum((line) => line.approvals.ended),
      used: sum((line) => line.approvals.used),
      without: sum((line) => line.approvals.without),
    },
    broughtForward: {
      programs: sum((line) => line.broughtForward.programs),
      holdings: sum((line) => line.broughtForward.holdings),
      approvals: sum((line) => line.broughtForward.approvals),
    },
    corrections,
    notImported,
    notCompared: sum(({ compared }) => (compared ? 0 : 1)),
  };
}
