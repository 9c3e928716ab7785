/**
 * The plan of a block: what is imported of it, what the map lacks for that, and what the chain says of the balances.
 * All questions to the node are asked here, before anything is recorded.
 */

import { EnvironmentError, InvalidInputError } from "../../errors.ts";
import { MOST_WEI } from "../evmFlow.ts";
import { approvalFor } from "../ledger/approvals.ts";
import { holdingsOf } from "../ledger/holdings.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BlockRecord, ChainNode, TokenDescription } from "../node/chainNode.ts";
import { checkOrder, refuseMixed } from "../tokens/eventOrder.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import { kindKey, type TokenKind, WEI } from "../tokens/kinds.ts";
import { type Needs, NeedsOf } from "../tokens/needs.ts";
import { type Step, tokenOf, transfersIn } from "../tokens/steps.ts";
import type { TokenBook } from "../tokens/tokenBook.ts";
import { type ApprovalsAfter, approvalsAfter } from "./approvalChecks.ts";
import { type BlockWork, type Filters, isWhole, type TransactionWork, workOf } from "./blockWork.ts";
import { approvalsBefore } from "./priorApprovals.ts";
import { type Balances, checkHoldings, checkTokens, type KnownHoldings } from "./tokenChecks.ts";

/** What the importer asks a node for. */
export type ImportNode = Pick<
  ChainNode,
  "header" | "describe" | "weiOf" | "balancesOf" | "ownersOf" | "codeAt" | "allowances" | "approvedForAll" | "approved"
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
  const imported = new Set(transfersIn(steps).map(({ kind }) => kind.token));
  const [probe] = await node.weiOf([block.coinbase], block.number - 1);
  const compared = probe !== null;
  const transfers = work.transfers.filter(({ kind }) => imported.has(kind.token));
  const balances: Balances = compared
    ? await checkTokens(node, block.number, transfers, tokens, knownIn(ledger, filters))
    : { before: new Map(), after: new Map() };
  if (!compared) tokens.settleWrapped(steps);
  refuseMixed(transfers, tokens, (token, standard) => ledger?.knowsToken(token, standard) === true);
  const before = (who: string, kind: TokenKind): bigint =>
    compared ? (balances.before.get(`${who} ${kindKey(kind)}`) ?? 0n) : heldBy(ledger, who, kind);
  const moves = transfersIn(steps).map((event) => tokens.zeroed(event));
  const whole = isWhole(filters);
  if (!whole && compared)
    checkOrder(
      transfers.map((event) => tokens.zeroed(event)),
      before,
      tokens,
      true,
    );
  checkOrder(moves, before, tokens, whole && compared);
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
  const early = earlyIn(needs, balances, wei);
  if (early.size > 0) {
    needs = needsOf(transactions, block, work, filters, ledger, early);
    wei = await weiOf(node, needs, block.number);
  }
  checkWei(wei, block.number, compared);
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
  const kept = steps.filter((step) => step.type === "event" && !tokens.refused.has(tokenOf(step.event)));
  const after: ApprovalsAfter = compared ? await approvalsAfter(node, kept, block.number) : [];
  const fresh = [...imported].filter((token) => !tokens.refused.has(token) && ledger?.knowsToken(token) !== true);
  const texts = fresh.length === 0 ? [] : await node.describe(fresh);
  const described = new Map(fresh.map((token, i) => [token, texts[i] as TokenDescription]));
  // The parent is the same if the block is: the answers on both states are of this chain.
  const { hash } = await node.header(block.number);
  if (hash !== block.hash) {
    throw new InvalidInputError(`block ${block.number}`, `was ${block.hash}, and is ${hash} now; import it again`);
  }
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

/** The wei that no frame shows: fees, shares of them, withdrawals. */
export function besideFrames(
  transactions: readonly Pick<AdmittedWork, "sender" | "fee" | "share">[],
  { coinbase, withdrawals }: Pick<BlockRecord, "coinbase" | "withdrawals">,
): Map<string, bigint> {
  const beside = new Map<string, bigint>();
  const add = (who: string, wei: bigint): void => {
    beside.set(who, (beside.get(who) ?? 0n) + wei);
  };
  for (const { sender, fee, share } of transactions) {
    add(sender, -fee);
    if (share > 0n) add(coinbase, share);
  }
  for (const { address, wei } of withdrawals) add(address, wei);
  return beside;
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
  for (const [who, told] of besideFrames(transactions, block)) {
    if (needs.knows(who) || ledger?.find(who) !== undefined) needs.move(who, WEI, told);
  }
  if (work.transactions.length === 0 && isWhole(filters) && ledger?.find(block.coinbase) !== undefined) {
    needs.move(block.coinbase, WEI, 0n);
  }
  return needs.needs;
}

/** Addresses that had something before their creation, or gave more than they got since: they were there already. */
function earlyIn({ created, touched }: Needs, { before }: Balances, wei: ReadonlyMap<string, WeiOf>): Set<string> {
  const early = new Set<string>();
  for (const { who, kind, least } of touched.values()) {
    if (!created.has(who)) continue;
    const had = kind === WEI ? wei.get(who)?.before : before.get(`${who} ${kindKey(kind)}`);
    if (least > 0n || (had ?? 0n) > 0n) early.add(who);
  }
  return early;
}

/**
 * @throws EnvironmentError if the node tells only some of the balances
 * @throws InvalidInputError if an address has more than a map holds, as on chains for tests
 */
function checkWei(wei: ReadonlyMap<string, WeiOf>, block: number, compared: boolean): void {
  for (const [who, { before, after }] of wei) {
    if (compared && (before === null || after === null)) {
      throw new EnvironmentError("rpc", `the node does not tell the wei of ${who} around block ${block}; ask again`);
    }
    const most = (before ?? 0n) > (after ?? 0n) ? (before ?? 0n) : (after ?? 0n);
    if (most <= MOST_WEI) continue;
    const what = `has ${most} wei around block ${block}: a map holds 2^128 − 1 of it at an address`;
    throw new InvalidInputError(`block ${block}`, `${who} ${what}; no block that touches it can be imported`);
  }
}

async function weiOf(node: ImportNode, { touched }: Needs, block: number): Promise<Map<string, WeiOf>> {
  const who = [...touched.values()].filter(({ kind }) => kind === WEI).map((each) => each.who);
  const [before, after] = await Promise.all([node.weiOf(who, block - 1), node.weiOf(who, block)]);
  return new Map(who.map((each, i) => [each, { before: before[i] ?? null, after: after[i] ?? null }]));
}

/** The holdings of which every change passes the filter. */
function* seenHoldings(ledger: Ledger, filters: Filters) {
  for (const holding of holdingsOf(ledger)) if (seesAll(filters, holding.who, holding.kind)) yield holding;
}

/** Whether every transfer of the token by or to the address passes the filter. */
function seesAll(filters: Filters, who: string, { token }: TokenKind): boolean {
  return isWhole(filters) || filters.addresses.has(who) || filters.tokens.has(token);
}

/**
 * What the map says of a holding; undefined if it holds nothing, which may only mean that it never looked, or if the
 * holding may have changed outside the filter.
 */
function knownIn(ledger: Ledger | undefined, filters: Filters): KnownHoldings {
  return {
    held(who, kind) {
      if (!seesAll(filters, who, kind)) return undefined;
      const held = heldBy(ledger, who, kind);
      return held === 0n ? undefined : held;
    },
    holder(kind) {
      const number = ledger?.knownKind(kind);
      const who = number === undefined ? undefined : ledger?.holderOf(number)?.address;
      return who !== undefined && seesAll(filters, who, kind) ? who : undefined;
    },
  };
}

function heldBy(ledger: Ledger | undefined, who: string, kind: TokenKind): bigint {
  const number = ledger?.knownKind(kind);
  return number === undefined ? 0n : (ledger?.held(who, number) ?? 0n);
}
