/**
 * `blocks.jsonl` beside a trace: a header line, then a line for each imported block. A line says which transitions are
 * which transaction's, what was brought forward, and how the importer's tables changed. All lines together give the
 * tables after any block.
 */
import { InvalidInputError } from "../../errors.ts";
import type { Approval } from "../ledger/account.ts";
import { approvalKey } from "../ledger/account.ts";
import type { ApprovalCounts } from "../ledger/play.ts";
import type { Tables } from "../ledger/reopen.ts";
import type { TokenKind } from "../tokens/kinds.ts";
import type { TokenCounts } from "../tokens/tokenBook.ts";

import { isBlockLine, isBlocksHeader } from "./blockLineShape.ts";

export const BLOCKS_FILE = "blocks.jsonl";
const FORMAT = "time-bandits-blocks";
const VERSION = 1;

/** The first line. */
export interface BlocksHeader {
  format: typeof FORMAT;
  version: number;
  /** Decimal. */
  chainId: string;
  /** Number of the first block. */
  from: number;
  /** The filter; empty lists let everything through. */
  addresses: readonly string[];
  tokens: readonly string[];
  levels: number;
  /** Name of the program that issues wei. */
  issuer: string;
}

/** First and last transition; null if there is none. */
export type SeqRange = readonly [first: number, last: number] | null;

/** A transaction and its transitions. */
export interface TransactionLine {
  hash: string;
  status: "done" | "failed";
  seqs: SeqRange;
}

/** What came into the map without a transaction: it was there before, and is first seen now. */
export interface BroughtForward {
  seqs: SeqRange;
  programs: number;
  holdings: number;
  approvals: number;
}

/** A change of an address's holding that no frame and no event shows. */
export interface Correction {
  address: string;
  /** `wei`, or the token. */
  of: string;
  /** In the least unit, decimal; negative for a loss. */
  amount: string;
  why: "fees" | "block reward, withdrawal or share of fees" | "outside the filter" | "not explained";
}

/** What one block changed in the importer's tables. */
export interface TableChanges {
  programs: readonly (readonly [program: number, name: string])[];
  kinds: readonly (readonly [kind: string, token: string, standard: TokenKind["standard"], id: string | null])[];
  /** The approval now in force, or null, by owner and key. */
  approvals: readonly (readonly [owner: string, key: string, now: ApprovalLine | null])[];
  /** New tokens, and what they say of themselves. */
  tokens: readonly (readonly [token: string, symbol: string | null, name: string | null, decimals: number | null])[];
  /** Tokens refused from this block on, and why. */
  refused: readonly (readonly [token: string, why: string])[];
  unwrapped: readonly string[];
}

type ApprovalLine = Omit<Approval, "id" | "remaining"> & { id: string | null; remaining: string | null };

/** One block. */
export interface BlockLine {
  block: number;
  hash: string;
  parent: string;
  time: number;
  /** Transitions of the whole block. */
  seqs: SeqRange;
  /** Number of the last transition after the block. */
  end: number;
  transactions: readonly TransactionLine[];
  /** Number of transactions that the filter kept out. */
  skipped: number;
  /** Number of tokens' events whose place among the calls is not known: they stand at the end of their frame. */
  unplaced: number;
  broughtForward: BroughtForward;
  corrections: readonly Correction[];
  tokens: TokenCounts;
  notImported: Readonly<Record<string, number>>;
  approvals: ApprovalCounts;
  /** False if the node keeps the state no more: balances were not compared, openings are the least that suffices. */
  compared: boolean;
  /** Number of holdings that were compared although the block does not touch them; null if none were. */
  checked: number | null;
  changes: TableChanges;
}

export function headerText(header: Omit<BlocksHeader, "format" | "version">): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...header })}\n`;
}

export function lineText(line: BlockLine): string {
  return `${JSON.stringify(line, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value))}\n`;
}

/** An approval as a line holds it. */
export function approvalLine({ id, remaining, ...rest }: Approval): ApprovalLine {
  return { ...rest, id: id?.toString() ?? null, remaining: remaining?.toString() ?? null };
}

/**
 * Reads the file. A torn last line is left out.
 * @throws InvalidInputError naming the line
 */
export function parseBlocks(text: string): { header: BlocksHeader; lines: BlockLine[]; bytes: number } {
  const end = text.lastIndexOf("\n") + 1;
  const [first, ...rest] = text.slice(0, end).split("\n").slice(0, -1);
  const header = parsed(first ?? "", 1) as Partial<BlocksHeader>;
  if (header.format !== FORMAT || header.version !== VERSION || !isBlocksHeader(header)) {
    throw new InvalidInputError(`${BLOCKS_FILE}:1`, `is no ${FORMAT} of version ${VERSION}; import the blocks again`);
  }
  const lines = rest.map((line, i) => parsed(line, i + 2) as unknown as BlockLine);
  let [seq, block] = [0, (header.from ?? 0) - 1];
  lines.forEach((line, i) => {
    if (!isBlockLine(line) || line.block !== block + 1 || !follows(line, seq)) {
      throw new InvalidInputError(
        `${BLOCKS_FILE}:${i + 2}`,
        `is no line of block ${block + 1}; import the blocks again`,
      );
    }
    [seq, block] = [line.end, line.block];
  });
  return { header: header as BlocksHeader, lines, bytes: Buffer.byteLength(text.slice(0, end)) };
}

/** Whether a block's transitions are those after a given one. */
function follows({ seqs, end }: BlockLine, before: number): boolean {
  return seqs === null ? end === before : seqs[0] === before + 1 && seqs[1] === end && end > before;
}

function parsed(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // It is said below.
  }
  throw new InvalidInputError(`${BLOCKS_FILE}:${number}`, "is no JSON object; import the blocks again");
}

/** The importer's tables after the given blocks. */
export function tablesAfter(header: BlocksHeader, lines: readonly BlockLine[]) {
  const programs: (readonly [number, string])[] = [];
  const kinds: (readonly [bigint, TokenKind])[] = [];
  const approvals = new Map<string, Approval>();
  const refused = new Map<string, string>();
  const unwrapped = new Set<string>();
  for (const { changes } of lines) {
    programs.push(...changes.programs);
    for (const [kind, token, standard, id] of changes.kinds) {
      kinds.push([BigInt(kind), { token, standard, id: id === null ? null : BigInt(id) }]);
    }
    for (const [owner, key, now] of changes.approvals) {
      if (now === null) approvals.delete(`${owner} ${key}`);
      else {
        const { id, remaining, ...rest } = now;
        const big = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
        const approval: Approval = { ...rest, id: big(id), remaining: big(remaining) };
        approvals.set(`${owner} ${approvalKey(approval)}`, approval);
      }
    }
    for (const [token, why] of changes.refused) refused.set(token, why);
    for (const token of changes.unwrapped) unwrapped.add(token);
  }
  const tables: Tables = { programs, kinds, approvals: [...approvals.values()], issuer: header.issuer };
  return { tables, refused, unwrapped };
}
