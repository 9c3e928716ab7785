/**
 * Whether the tokens of a block keep their word: what their events say is compared with `balanceOf` and `ownerOf`
 * before and after it. A token whose balances do not follow its events is refused: its transfers would be guesses.
 */
import { MOST_WEI } from "../evmFlow.ts";
import type { ChainNode } from "../node/chainNode.ts";
import type { TransferEvent } from "../tokens/events.ts";
import { kindKey, type TokenKind, ZERO } from "../tokens/kinds.ts";
import { REASONS, type TokenBook } from "../tokens/tokenBook.ts";

/** What a node knows of tokens. */
export type TokenNode = Pick<ChainNode, "balancesOf" | "ownersOf" | "codeAt">;

/** A holding that events change, and what the chain says of it. */
interface Pair {
  token: string;
  who: string;
  /** Number of an ERC-1155 token; null for the others, of which `balanceOf` tells the whole. */
  id: bigint | null;
  delta: bigint;
  /** The part of it that comes from deposits and withdrawals. */
  wrapped: bigint;
  before: bigint | null;
  after: bigint | null;
}

/** The beginning and the end of an ERC-721 token in a block. */
interface Single {
  kind: TokenKind;
  first: string | null;
  last: string | null;
}

/** What the map says of the holdings before the block; undefined if it knows nothing of one. */
export interface KnownHoldings {
  held(who: string, kind: TokenKind): bigint | undefined;
  /** Who holds an ERC-721 token. */
  holder(kind: TokenKind): string | undefined;
}

/** What the chain says of the holdings before and after the block, by address and `kindKey`. */
export interface Balances {
  before: ReadonlyMap<string, bigint>;
  after: ReadonlyMap<string, bigint>;
}

/**
 * Compares the events of a block with the chain. Refuses tokens in the book.
 * @returns the chain's balances before and after the block
 */
export async function checkTokens(
  node: TokenNode,
  block: number,
  transfers: readonly TransferEvent[],
  tokens: TokenBook,
  known: KnownHoldings,
): Promise<Balances> {
  const live = transfers.filter(({ kind }) => !tokens.refused.has(kind.token));
  const pairs = await chainSays(node, block, pairsOf(live));
  // Node 20 has no Map.groupBy.
  const byToken = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const its = byToken.get(pair.token) ?? [];
    its.push(pair);
    byToken.set(pair.token, its);
  }
  const [before, after] = [new Map<string, bigint>(), new Map<string, bigint>()];
  for (const [token, its] of byToken) {
    const why = whyNot(its, tokens, token);
    if (why !== null) tokens.refused.set(token, why);
  }
  for (const pair of pairs) {
    if (tokens.refused.has(pair.token) || pair.before === null) continue;
    const standard = pair.id === null ? "ERC-20" : "ERC-1155";
    const key = `${pair.who} ${kindKey({ token: pair.token, standard, id: pair.id })}`;
    before.set(key, pair.before);
    after.set(key, pair.after ?? 0n);
  }
  await checkZero(node, block, live, tokens, { before, after }, known);
  await checkSingles(node, block, live, tokens, { before, after }, known);
  for (const event of live) {
    const { kind } = event;
    for (const who of [event.from, event.to]) {
      if (who === null || tokens.refused.has(kind.token)) continue;
      const had = known.held(who, kind);
      const was = before.get(`${who} ${kindKey(kind)}`);
      if (had === undefined || was === undefined || had === was) continue;
      tokens.refused.set(kind.token, silently(who, kind, had, was, block));
    }
  }
  return { before, after };
}

function silently(who: string, kind: TokenKind, had: bigint, was: bigint, block: number): string {
  const what = `${who} had ${had} of ${kindKey(kind)} after its last event, and ${was} before block ${block}`;
  return `its balances change without events: ${what}`;
}

/**
 * Compares every holding that no event of the block touches with the chain after it. A token that rebases by time or by
 * a call without events is found here, and refused.
 * @returns number of holdings compared
 */
export async function checkHoldings(
  node: TokenNode,
  block: number,
  transfers: readonly TransferEvent[],
  tokens: TokenBook,
  holdings: Iterable<{ who: string; kind: TokenKind; amount: bigint }>,
): Promise<number> {
  const touched = new Set(
    transfers.flatMap(({ kind, from, to }) => [from, to].map((who) => `${who} ${kindKey(kind)}`)),
  );
  const still = [...holdings].filter(({ who, kind }) => !touched.has(`${who} ${kindKey(kind)}`));
  const live = still.filter(({ kind }) => !tokens.refused.has(kind.token));
  const [singles, others] = [live.filter(isSingle), live.filter((each) => !isSingle(each))];
  const [owners, amounts] = await Promise.all([
    node.ownersOf(
      singles.map(({ kind }) => ({ token: kind.token, id: kind.id ?? 0n })),
      block,
    ),
    node.balancesOf(
      others.map(({ who, kind }) => ({ token: kind.token, who, id: kind.id })),
      block,
    ),
  ]);
  const differs = ({ who, kind, amount }: { who: string; kind: TokenKind; amount: bigint }, is: string): void => {
    if (tokens.refused.has(kind.token)) return;
    const what = `${who} had ${amount} of ${kindKey(kind)} after its last event, and after block ${block} ${is}`;
    tokens.refused.set(kind.token, `its balances change without events: ${what}`);
  };
  singles.forEach((each, i) => {
    if (owners[i] !== each.who) differs(each, `it is ${owners[i] ?? "nobody"}'s`);
  });
  others.forEach((each, i) => {
    if (amounts[i] !== each.amount) differs(each, `${amounts[i] ?? "it does not answer balanceOf"}`);
  });
  return live.length;
}

function isSingle({ kind }: { kind: TokenKind }): boolean {
  return kind.standard === "ERC-721";
}

function pairsOf(transfers: readonly TransferEvent[]): Pair[] {
  const pairs = new Map<string, Pair>();
  const add = (who: string | null, { kind, wrapped }: TransferEvent, amount: bigint): void => {
    if (who === null) return;
    const { token } = kind;
    const id = kind.standard === "ERC-1155" ? kind.id : null;
    const key = `${token} ${who} ${id}`;
    const pair = pairs.get(key) ?? { token, who, id, delta: 0n, wrapped: 0n, before: null, after: null };
    pair.delta += amount;
    if (wrapped) pair.wrapped += amount;
    pairs.set(key, pair);
  };
  for (const event of transfers) {
    add(event.from, event, -event.amount);
    add(event.to, event, event.amount);
  }
  return [...pairs.values()];
}

async function chainSays(node: TokenNode, block: number, pairs: Pair[]): Promise<Pair[]> {
  const [before, after] = await Promise.all([node.balancesOf(pairs, block - 1), node.balancesOf(pairs, block)]);
  const silent = [...new Set(pairs.filter((_, i) => before[i] === null).map(({ token }) => token))];
  const code = await node.codeAt(silent, block - 1);
  // A contract that did not exist held nothing.
  const absent = new Set(silent.filter((_, i) => code[i] === false));
  return pairs.map((pair, i) => ({
    ...pair,
    before: before[i] ?? (absent.has(pair.token) ? 0n : null),
    after: after[i] ?? null,
  }));
}

/** Why a token is refused; null if it is not. */
function whyNot(pairs: readonly Pair[], tokens: TokenBook, token: string): string | null {
  if (pairs.some(({ before, after }) => before === null || after === null)) return "it does not answer balanceOf";
  // A holding that was there before comes as a whole, with no transfer whose amount would tell.
  if (pairs.some(({ before, after }) => (before ?? 0n) > MOST_WEI || (after ?? 0n) > MOST_WEI)) return REASONS.huge;
  const misses = (delta: (pair: Pair) => bigint): Pair | undefined =>
    pairs.find((pair) => (pair.after ?? 0n) - (pair.before ?? 0n) !== delta(pair));
  // Once deposits are none of its transfers, they never are: the map has no earlier ones.
  const miss = tokens.unwrapped.has(token) ? undefined : misses(({ delta }) => delta);
  const plain = misses(({ delta, wrapped }) => delta - wrapped);
  if (miss === undefined && (plain === undefined || !tokens.unwrapped.has(token))) return null;
  if (plain === undefined) {
    tokens.unwrapped.add(token);
    return null;
  }
  const { who, before, after } = miss ?? plain;
  const delta = miss?.delta ?? plain.delta - plain.wrapped;
  return `its balances do not follow its events: ${who} changed by ${(after ?? 0n) - (before ?? 0n)}, the events say ${delta}`;
}

/**
 * Tells burns from transfers to address 0, which some tokens keep. Refuses a token of which it cannot be told.
 */
async function checkZero(
  node: TokenNode,
  block: number,
  transfers: readonly TransferEvent[],
  tokens: TokenBook,
  { before, after }: { before: Map<string, bigint>; after: Map<string, bigint> },
  known: KnownHoldings,
): Promise<void> {
  tokens.zeroKeeps.clear();
  const sums = new Map<string, { kind: TokenKind; all: bigint; minted: bigint }>();
  for (const { kind, from, to, amount, wrapped } of transfers) {
    if (wrapped || kind.standard === "ERC-721" || tokens.refused.has(kind.token)) continue;
    // What comes from address 0 may be a part of what it kept.
    if (to !== null && (from !== null || known.held(ZERO, kind) === undefined)) continue;
    const key = kindKey(kind);
    const sum = sums.get(key) ?? { kind, all: 0n, minted: 0n };
    if (to === null) sum.all += amount;
    if (to === null && from === null) sum.minted += amount;
    sums.set(key, sum);
  }
  const each = [...sums.values()];
  const asked = each.map(({ kind }) => ({
    token: kind.token,
    who: ZERO,
    id: kind.standard === "ERC-1155" ? kind.id : null,
  }));
  const [were, are] = await Promise.all([node.balancesOf(asked, block - 1), node.balancesOf(asked, block)]);
  each.forEach(({ kind, all, minted }, i) => {
    // A token that refuses the question keeps nothing there; one that did not exist kept nothing.
    const [was, is] = [were[i] ?? 0n, are[i] ?? were[i] ?? 0n];
    const key = `${ZERO} ${kindKey(kind)}`;
    before.set(key, was);
    after.set(key, is);
    const had = known.held(ZERO, kind);
    if (had !== undefined && had !== was) tokens.refused.set(kind.token, silently(ZERO, kind, had, was, block));
    if (is === was) return;
    if (is - was === all) tokens.zeroKeeps.set(kindKey(kind), "all");
    else if (is - was === minted) tokens.zeroKeeps.set(kindKey(kind), "minted");
    else tokens.refused.set(kind.token, "its burns cannot be told from its transfers to address 0");
  });
}

/** Compares the owners of ERC-721 tokens. */
async function checkSingles(
  node: TokenNode,
  block: number,
  transfers: readonly TransferEvent[],
  tokens: TokenBook,
  { before, after }: { before: Map<string, bigint>; after: Map<string, bigint> },
  known: KnownHoldings,
): Promise<void> {
  const singles = new Map<string, Single>();
  for (const { kind, from, to } of transfers) {
    if (kind.standard !== "ERC-721" || tokens.refused.has(kind.token)) continue;
    const key = kindKey(kind);
    const single = singles.get(key) ?? { kind, first: from, last: to };
    single.last = to;
    for (const who of [from, to]) if (who !== null) after.set(`${who} ${key}`, 0n);
    singles.set(key, single);
  }
  const asked = [...singles.values()].map(({ kind }) => ({ token: kind.token, id: kind.id ?? 0n }));
  const [first, last] = await Promise.all([node.ownersOf(asked, block - 1), node.ownersOf(asked, block)]);
  [...singles.values()].forEach(({ kind, ...said }, i) => {
    const [was, is] = [first[i] ?? null, last[i] ?? null];
    const had = known.holder(kind);
    if (had !== undefined && had !== was) {
      const what = `${kindKey(kind)} was ${had}'s after its last event, and ${was ?? "nobody"}'s before block ${block}`;
      tokens.refused.set(kind.token, `its owners change without events: ${what}`);
      return;
    }
    if (same(was, said.first) && same(is, said.last)) {
      if (said.first !== null) before.set(`${said.first} ${kindKey(kind)}`, 1n);
      if (said.last !== null) after.set(`${said.last} ${kindKey(kind)}`, 1n);
      return;
    }
    const [real, event] = same(was, said.first) ? [is, said.last] : [was, said.first];
    tokens.refused.set(
      kind.token,
      `its owners do not follow its events: ${kindKey(kind)} is ${real ?? "nobody"}'s, the events say ${event ?? "nobody"}'s`,
    );
  });
}

/** Some contracts name address 0 as the owner of what nobody owns. */
function same(owner: string | null, said: string | null): boolean {
  return (owner === ZERO ? null : owner) === said;
}
