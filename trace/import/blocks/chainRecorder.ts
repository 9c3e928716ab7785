/**
 * Records blocks: brings forward what a block needs and the map lacks, plays its transactions in their order, and
 * settles the wei that no frame shows, so that every balance in the map is the chain's.
 */
import type { Place } from "../../effects/effects.ts";
import { address } from "../../layout.ts";
import { approve, revoke } from "../ledger/approvals.ts";
import type { GenesisBooks } from "../ledger/genesisBooks.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type ApprovalCounts, playStep } from "../ledger/play.ts";
import { entryName, ISSUER } from "../names.ts";
import { kindKey, type TokenKind, WEI } from "../tokens/kinds.ts";
import type { TokenBook } from "../tokens/tokenBook.ts";
import type { BroughtForward, Correction, SeqRange, TransactionLine } from "./blockLines.ts";
import { type BlockPlan, besideFrames } from "./blockPlan.ts";
import { type Filters, isWhole } from "./blockWork.ts";

/** What recording a block tells of it. */
export interface Recorded {
  transactions: TransactionLine[];
  broughtForward: BroughtForward;
  corrections: Correction[];
  approvals: ApprovalCounts;
  undeclared: number;
}

/** Puts what the first block needs into a genesis. */
export function intoGenesis(books: GenesisBooks, plan: BlockPlan): BroughtForward {
  const { ledger } = books;
  const { needs } = plan;
  ledger.issueWeiBy(books.enter(ISSUER));
  for (const who of needs.addresses) books.enter(who);
  let holdings = 0;
  for (const { account, kind, amount } of shortages(ledger, plan)) {
    books.hold(ledger.account(account), kindIn(ledger, kind), amount);
    holdings++;
  }
  for (const { address, entry, payable } of needs.entries) {
    const account = ledger.find(address);
    if (account !== undefined) books.declare(account, entryName(entry), payable);
  }
  for (const prior of plan.priors) books.approve(prior);
  return { seqs: null, programs: needs.addresses.length, holdings, approvals: plan.priors.length };
}

/** Brings forward what a later block needs. */
export function bringForward(ledger: Ledger, plan: BlockPlan, filters: Filters, seq: () => number): BroughtForward {
  const first = seq() + 1;
  const issuer = ledger.account(ISSUER);
  let [programs, holdings] = [0, 0];
  for (const who of plan.needs.addresses) {
    if (ledger.find(who) !== undefined) continue;
    ledger.create(issuer, who);
    programs++;
  }
  for (const { account, kind, amount } of shortages(ledger, plan)) {
    if (kind !== WEI && kind.standard === "ERC-721" && !isWhole(filters)) {
      retireElsewhere(ledger, account, kindIn(ledger, kind));
    }
    ledger.mint(kindIn(ledger, kind), ledger.account(account), amount);
    holdings++;
  }
  let approvals = 0;
  for (const prior of plan.priors) if (approve(ledger, prior) !== undefined) approvals++;
  return { seqs: rangeFrom(first, seq()), programs, holdings, approvals };
}

/** Plays a block's transactions, and settles. */
export function playBlock(
  ledger: Ledger,
  plan: BlockPlan,
  filters: Filters,
  seq: () => number,
): Omit<Recorded, "broughtForward"> {
  const approvals = { given: 0, ended: 0, used: 0, without: 0, unconfirmed: 0 };
  const playing = { ledger, approvals, undeclared: 0 };
  const transactions = plan.transactions.map(({ hash, failed, admitted, flow }): TransactionLine => {
    const first = seq() + 1;
    for (const step of admitted) playStep(playing, step);
    for (const { address, wei } of flow?.remains ?? []) ledger.retire(ledger.wei, ledger.account(address), wei);
    return { hash, status: failed ? "failed" : "done", seqs: rangeFrom(first, seq()) };
  });
  const corrections = settle(ledger, plan, filters);
  return { transactions, corrections, approvals, undeclared: playing.undeclared };
}

/** Takes a refused token out of the map: its holdings are retired, its approvals end. */
export function takeOut(ledger: Ledger, tokens: TokenBook, already: ReadonlySet<string>): void {
  const gone = new Set([...tokens.refused.keys()].filter((token) => !already.has(token)));
  if (gone.size === 0) return;
  for (const account of [...ledger.accounts]) {
    // An import that was opened again has them in another order, and must record the same.
    const approvals = [...account.approvals.values()].filter(({ token }) => gone.has(token));
    for (const approval of approvals.sort((a, b) => addressOf(a.place) - addressOf(b.place))) {
      revoke(ledger, account, approval);
    }
    const kinds = [...account.purses.keys()].filter((kind) => gone.has(ledger.kinds.get(kind)?.token ?? ""));
    for (const kind of kinds.sort((a, b) => (a < b ? -1 : 1))) {
      const held = ledger.held(account.address, kind);
      if (held > 0n) ledger.retire(kind, account, held);
    }
  }
}

const addressOf = ({ program, slot }: Place): number => address(program, slot);

/** What addresses hold by the chain before the block, and not by the map. */
function* shortages(ledger: Ledger, plan: BlockPlan) {
  for (const { who, kind, least } of plan.needs.touched.values()) {
    if (plan.needs.created.has(who) && kind === WEI) continue;
    const number = kind === WEI ? ledger.wei : ledger.knownKind(kind);
    const held = number === undefined ? 0n : ledger.held(who, number);
    const before = kind === WEI ? plan.wei.get(who)?.before : plan.balances.before.get(`${who} ${kindKey(kind)}`);
    // Another transaction of the block, which a filter keeps out, may have given more.
    const wanted = before === undefined || before === null || before < least ? least : before;
    if (wanted > held) yield { account: who, kind, amount: wanted - held };
  }
}

function kindIn(ledger: Ledger, kind: TokenKind | typeof WEI): bigint {
  return kind === WEI ? ledger.wei : ledger.kind(kind);
}

/** Settles the wei that no frame shows: fees, rewards, withdrawals, and what a filter keeps out. */
function settle(ledger: Ledger, plan: BlockPlan, filters: Filters): Correction[] {
  const expected = besideFrames(plan.transactions, plan.block);
  const corrections: Correction[] = [];
  for (const who of new Set([...plan.wei.keys(), ...expected.keys()])) {
    const account = ledger.find(who);
    if (account === undefined) continue;
    const after = plan.wei.get(who)?.after;
    const told = expected.get(who) ?? 0n;
    const wei = after === undefined || after === null ? told : after - ledger.held(who, ledger.wei);
    if (wei === 0n) continue;
    if (wei > 0n) ledger.mint(ledger.wei, account, wei);
    else ledger.retire(ledger.wei, account, -wei);
    const why = wei !== told ? whyNot(filters, who, plan) : wei < 0n ? "fees" : REWARD;
    corrections.push({ address: who, of: WEI, amount: wei.toString(), why });
  }
  if (!isWhole(filters)) corrections.push(...settleTokens(ledger, plan));
  return corrections;
}

const REWARD = "block reward, withdrawal or share of fees";

function whyNot(filters: Filters, who: string, { block }: BlockPlan): Correction["why"] {
  if (!isWhole(filters)) return "outside the filter";
  return who === block.coinbase ? REWARD : "not explained";
}

/** With a filter, tokens also move in transactions that are kept out: touched holdings become what the chain says. */
function settleTokens(ledger: Ledger, { balances, needs }: BlockPlan): Correction[] {
  const corrections: Correction[] = [];
  for (const { who, kind } of needs.touched.values()) {
    if (kind === WEI) continue;
    const after = balances.after.get(`${who} ${kindKey(kind)}`);
    const [account, number] = [ledger.find(who), ledger.knownKind(kind)];
    if (after === undefined || account === undefined || number === undefined) continue;
    const amount = after - ledger.held(who, number);
    if (amount === 0n) continue;
    if (amount > 0n) ledger.mint(number, account, amount);
    else ledger.retire(number, account, -amount);
    corrections.push({ address: who, of: kindKey(kind), amount: amount.toString(), why: "outside the filter" });
  }
  return corrections;
}

/** With a filter, an ERC-721 token may have moved on unseen: its holder by the map gives it up. */
function retireElsewhere(ledger: Ledger, who: string, kind: bigint): void {
  const holder = ledger.holderOf(kind);
  if (holder !== undefined && holder.address !== who) ledger.retire(kind, holder, 1n);
}

function rangeFrom(first: number, last: number): SeqRange {
  return last < first ? null : [first, last];
}
