/**
 * The plan of a block: what is imported of it, what the map lacks for that, and what the chain says of the balances.
 * All questions to the node are asked here, before anything is recorded.
 */

import { approvalFor } from "../ledger/approvals.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BlockRecord, ChainNode, TokenDescription } from "../node/chainNode.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import { type TokenKind, WEI } from "../tokens/kinds.ts";
import { type Needs, NeedsOf } from "../tokens/needs.ts";
import type { Step } from "../tokens/steps.ts";
import type { TokenBook } from "../tokens/tokenBook.ts";
import { type ApprovalsAfter, approvalsAfter } from "./approvalChecks.ts";
import { type BlockWork, type Filters, isWhole, type TransactionWork, workOf } from "./blockWork.ts";
import { approvalsBefore } from "./priorApprovals.ts";
import { type Balances, checkHoldings, checkTokens } from "./tokenChecks.ts";

/** What the importer asks a node for. */
export type ImportNode = Pick<
  ChainNode,
  "describe" | "weiOf" | "balancesOf" | "ownersOf" | "codeAt" | "allowances" | "approvedForAll" | "approved"
>;

/** A transaction with the steps that are imported. */
export interface AdmittedWork extends TransactionWork {
  admitted: readonly Step[];
}

/** An address's wei, by the chain. */
export interface WeiOf {
  before: bigint | null;
  after: bigint | null;
}

/** The plan. */
export interface BlockPlan {
  block: BlockRecord;
  work: BlockWork;
  transactions: readonly AdmittedWork[];
  needs: Needs;
  /** Holdings of tokens before and after the block. */
  balances: Balances;
  /** What tokens that are new say of themselves. */
  described: ReadonlyMap<string, TokenDescription>;
  wei: ReadonlyMap<string, WeiOf>;
  priors: readonly Omit<ApprovalEvent, "type">[];
  /** What the chain says of the approvals that the block touches, after it; empty if it does not tell. */
  approvalsAfter: ApprovalsAfter;
  /** False if the node does not tell the balances at the block. */
  compared: boolean;
  /** Number of holdings that the block does not touch and that were compared as well; null if none were. */
  checked: number | null;
}

/**
 * @param ledger the books so far; undefined before the first block
 * @param tokens counts the transfers, and learns which tokens are refused
 * @param everything compares all holdings of tokens with the chain, not only those that the block touches
 */
export async function planBlock(
  node: ImportNode,
  block: BlockRecord,
  filters: Filters,
  ledger: Ledger | undefined,
  tokens: TokenBook,
  everything: boolean,
): Promise<BlockPlan> {
  const work = workOf(block, filters);
  const steps = work.transactions.flatMap(({ steps }) => steps);
  for (const step of steps) tokens.lookAtAmount(step);
  const imported = tokensIn(steps);
  const [probe] = await node.weiOf([block.coinbase], block.number - 1);
  const compared = probe !== null;
  const transfers = work.transfers.filter(({ kind }) => imported.has(kind.token));
  const held = heldIn(ledger, filters);
  const balances: Balances = compared
    ? await checkTokens(node, block.number, transfers, tokens, held)
    : { before: new Map(), after: new Map() };
  if (!compared) tokens.settleWrapped(steps);
  const checked =
    compared && everything && ledger !== undefined
      ? await checkHoldings(node, block.number, transfers, tokens, seenHoldings(ledger, filters))
      : null;
  const transactions = work.transactions.map((each) => ({
    ...each,
    admitted: each.steps.map((step) => tokens.withZero(step)).filter((step) => tokens.admits(step)),
  }));
  let needs = needsOf(transactions, block, work, filters, ledger, new Set());
  let wei = await weiOf(node, needs, block.number);
  // An address that had wei before its creation was there already.
  const rich = [...needs.created].filter((who) => (wei.get(who)?.before ?? 0n) > 0n);
  if (rich.length > 0) {
    needs = needsOf(transactions, block, work, filters, ledger, new Set(rich));
    wei = await weiOf(node, needs, block.number);
  }
  const open = needs.priors.filter((prior) => {
    const { token, owner, spender, id, covers } = prior;
    const standard = covers === "amount" ? "ERC-20" : id === null ? "ERC-1155" : "ERC-721";
    const account = ledger?.find(owner);
    return account === undefined || approvalFor(account, spender, { token, standard, id }) === undefined;
  });
  const existing = open.filter(({ token }) => !needs.created.has(token));
  const priors = compared
    ? await approvalsBefore(node, existing, block.number - 1)
    : existing.filter(({ asked }) => asked).map((prior) => ({ ...prior, amount: 1n << 255n }));
  const admitted = transactions.flatMap((each) => each.admitted);
  const after: ApprovalsAfter = compared ? await approvalsAfter(node, admitted, block.number) : new Map();
  const fresh = [...imported].filter((token) => !tokens.refused.has(token) && ledger?.knowsToken(token) !== true);
  const texts = fresh.length === 0 ? [] : await node.describe(fresh);
  const described = new Map(fresh.map((token, i) => [token, texts[i] as TokenDescription]));
  return {
    block,
    work,
    transactions,
    needs,
    balances,
    described,
    wei,
    priors,
    approvalsAfter: after,
    compared,
    checked,
  };
}

function needsOf(
  transactions: readonly AdmittedWork[],
  block: BlockRecord,
  work: BlockWork,
  filters: Filters,
  ledger: Ledger | undefined,
  existed: ReadonlySet<string>,
): Needs {
  const needs = new NeedsOf((who) => existed.has(who) || ledger?.find(who) !== undefined);
  for (const { sender, admitted, share, flow } of transactions) {
    needs.meet(sender);
    needs.move(sender, WEI, 0n);
    for (const step of admitted) needs.add(step);
    for (const { address, wei } of flow?.remains ?? []) needs.move(address, WEI, -wei);
    if (share > 0n) {
      needs.meet(block.coinbase);
      needs.move(block.coinbase, WEI, 0n);
    }
  }
  for (const { address } of block.withdrawals) {
    if (!isWhole(filters) && ledger?.find(address) === undefined) continue;
    needs.meet(address);
    needs.move(address, WEI, 0n);
  }
  if (work.transactions.length === 0 && isWhole(filters) && ledger?.find(block.coinbase) !== undefined) {
    needs.move(block.coinbase, WEI, 0n);
  }
  return needs.needs;
}

async function weiOf(node: ImportNode, { touched }: Needs, block: number): Promise<Map<string, WeiOf>> {
  const who = [...touched.values()].filter(({ kind }) => kind === WEI).map((each) => each.who);
  const [before, after] = await Promise.all([node.weiOf(who, block - 1), node.weiOf(who, block)]);
  return new Map(who.map((each, i) => [each, { before: before[i] ?? null, after: after[i] ?? null }]));
}

function tokensIn(steps: readonly Step[]): Set<string> {
  const tokens = new Set<string>();
  for (const step of steps) {
    if (step.type === "event" && step.event.type === "transfer") tokens.add(step.event.kind.token);
  }
  return tokens;
}

/** The holdings of which every change passes the filter. */
function* seenHoldings(ledger: Ledger, filters: Filters) {
  for (const holding of ledger.holdings()) if (seesAll(filters, holding.who, holding.kind)) yield holding;
}

/** Whether every transfer of the token by or to the address passes the filter. */
function seesAll(filters: Filters, who: string, { token }: TokenKind): boolean {
  return isWhole(filters) || filters.addresses.has(who) || filters.tokens.has(token);
}

/**
 * What the map says of a holding; undefined if it holds nothing, which may only mean that it never looked, or if the
 * holding may have changed outside the filter.
 */
function heldIn(ledger: Ledger | undefined, filters: Filters) {
  return (who: string, kind: TokenKind): bigint | undefined => {
    if (!seesAll(filters, who, kind)) return undefined;
    const number = ledger?.knownKind(kind);
    const held = number === undefined ? 0n : (ledger?.held(who, number) ?? 0n);
    return held === 0n ? undefined : held;
  };
}
