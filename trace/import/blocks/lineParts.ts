/** Parts of a block's line: what changed in the importer's tables, and what was left out. */
import { InvalidInputError } from "../../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BlockRecord } from "../node/chainNode.ts";
import type { TokenBook } from "../tokens/tokenBook.ts";
import { approvalLine, type BlockLine, type TableChanges } from "./blockLines.ts";
import type { BlockPlan } from "./blockPlan.ts";

/** @throws InvalidInputError if the block's parent is not the last recorded block */
export function requireFollows(block: BlockRecord, last: Pick<BlockLine, "hash"> | null): void {
  if (last === null || block.parentHash === last.hash) return;
  throw new InvalidInputError(
    `block ${block.number}`,
    `follows ${block.parentHash}, but ${last.hash} is recorded: the chain was rearranged; follow takes back what is not ` +
      "proven",
  );
}

/** What a book of tokens knew before a block. */
export interface TokensBefore {
  counts: TokenBook["counts"];
  reasons: Readonly<Record<string, number>>;
  refused: ReadonlySet<string>;
  unwrapped: ReadonlySet<string>;
}

export function tokensBefore({ counts, reasons, refused, unwrapped }: TokenBook): TokensBefore {
  return {
    ...{ counts: { ...counts }, reasons: { ...reasons } },
    ...{ refused: new Set(refused.keys()), unwrapped: new Set(unwrapped) },
  };
}

/** A book of tokens forgets what it has learnt of a block that is not recorded. */
export function forget(tokens: TokenBook, before: TokensBefore): void {
  for (const token of tokens.refused.keys()) if (!before.refused.has(token)) tokens.refused.delete(token);
  for (const token of tokens.unwrapped) if (!before.unwrapped.has(token)) tokens.unwrapped.delete(token);
}

/** Transfers of a block. */
export function tokensOf({ counts }: TokenBook, before: TokensBefore): TokenBook["counts"] {
  return {
    transfers: counts.transfers - before.counts.transfers,
    imported: counts.imported - before.counts.imported,
    refused: counts.refused - before.counts.refused,
  };
}

/** What changed in the tables since the last line. */
export function changesOf(
  ledger: Ledger,
  plan: BlockPlan,
  tokens: TokenBook,
  before: TokensBefore,
  named: Pick<TableChanges, "programs" | "kinds">,
): TableChanges {
  const approvals = [...ledger.changed].map((changed) => {
    const [owner = "", ...key] = changed.split(" ");
    const now = ledger.find(owner)?.approvals.get(key.join(" "));
    return [owner, key.join(" "), now === undefined ? null : approvalLine(now)] as const;
  });
  ledger.changed.clear();
  return {
    ...named,
    approvals,
    tokens: [...plan.described].map(([token, { symbol, name, decimals }]) => [token, symbol, name, decimals] as const),
    refused: [...tokens.refused].filter(([token]) => !before.refused.has(token)),
    unwrapped: [...tokens.unwrapped].filter((token) => !before.unwrapped.has(token)),
  };
}

/** Number of items that a block left out, by sort. */
export function notImported(
  { transactions }: BlockPlan,
  { reasons }: TokenBook,
  before: TokensBefore,
  undeclared: number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (what: string, n: number): void => {
    if (n > 0) counts[what] = (counts[what] ?? 0) + n;
  };
  for (const [reason, n] of Object.entries(reasons)) add(reason, n - (before.reasons[reason] ?? 0));
  for (const { flow } of transactions) for (const [what, n] of Object.entries(flow?.notImported ?? {})) add(what, n);
  add("call of a program without a free slot", undeclared);
  return counts;
}
