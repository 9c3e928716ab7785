/** A small run imported from a node with canned blocks: transfers of wei and tokens, approvals, hostile symbols. */
import { importBlocks } from "../../prover/recording/importBlocks.ts";
import { ChainNode } from "../../trace/import/node/chainNode.ts";
import { EVENTS } from "../../trace/import/tokens/events.ts";
import {
  address,
  type FakeTransaction,
  fakeBlock,
  fakeChainNode,
  hex,
  type Json,
  MINER,
  transactionHash,
  word,
} from "./fakeChainNode.ts";

export const [ALICE, BOB, CAROL] = [address(0xa11ce), address(0xb0b), address(0xca201)] as const;
/** Tokens: two of the same symbol, one that claims to be the coin, one that is silent, an ERC-721. */
export const TOKENS = {
  gold: { token: address(0x901d), symbol: "GOLD", name: "Gold", decimals: 18 },
  one: { token: address(0x51), symbol: "TWIN", name: "First", decimals: 2 },
  two: { token: address(0x52), symbol: "TWIN", name: "Second", decimals: 3 },
  fake: { token: address(0xe7), symbol: "ETH", name: "Ether", decimals: 18 },
  silent: { token: address(0x0ff), symbol: null, name: null, decimals: null },
  gem: { token: address(0x9e3), symbol: "GEM", name: "Gems", decimals: null },
} as const;
/** The hash of the transaction with this place in this block. */
export const hashOf = transactionHash;

const indexed = (of: string): string => word(BigInt(of));
const TRANSFER = "0xa9059cbb";
const APPROVE = "0x095ea7b3";
const TRANSFER_FROM = "0x23b872dd";

const log = (token: string, topics: readonly string[], data: string): Json => ({
  address: token,
  topics,
  data,
  position: "0x0",
});
const transfer = (token: string, from: string, to: string, amount: bigint): Json =>
  log(token, [EVENTS.transfer, indexed(from), indexed(to)], word(amount));
const approval = (token: string, owner: string, spender: string, amount: bigint): Json =>
  log(token, [EVENTS.approval, indexed(owner), indexed(spender)], word(amount));
const call = (from: string, to: string, selector: string, ...logs: Json[]): FakeTransaction => ({
  ...{ from, to, input: `${selector}${"0".repeat(64)}`, logs },
});

const E18 = 10n ** 18n;

/** What moves: block, token or wei, sender, receiver, amount. */
type Move = readonly [block: number, of: string, from: string, to: string, amount: bigint];
const FEE = 210_000n;
const GEM = 5n;

/** Imports blocks 1 to 3 from a node whose balances fit the blocks. */
export async function blocksRun(
  dir: string,
  tokens: Partial<Record<keyof typeof TOKENS, string>> = {},
): Promise<unknown> {
  const { gold, one, two, fake, silent, gem } = TOKENS;
  const first = fakeBlock(1, [
    { from: ALICE, to: BOB, value: 2n * 10n ** 16n },
    call(ALICE, gold.token, TRANSFER, transfer(gold.token, ALICE, BOB, (3n * E18) / 2n)),
    call(ALICE, gold.token, APPROVE, approval(gold.token, ALICE, CAROL, 2n * E18)),
  ]);
  const second = fakeBlock(2, [
    call(CAROL, gold.token, TRANSFER_FROM, transfer(gold.token, ALICE, BOB, E18 / 2n)),
    call(ALICE, one.token, TRANSFER, transfer(one.token, ALICE, BOB, 150n)),
    call(ALICE, two.token, TRANSFER, transfer(two.token, ALICE, BOB, 150n)),
    call(ALICE, fake.token, TRANSFER, transfer(fake.token, ALICE, BOB, E18)),
    call(ALICE, silent.token, TRANSFER, transfer(silent.token, ALICE, BOB, 7n)),
    call(
      ALICE,
      gem.token,
      TRANSFER_FROM,
      log(gem.token, [EVENTS.transfer, indexed(ALICE), indexed(BOB), word(GEM)], "0x"),
    ),
  ]);
  const third = fakeBlock(3, [
    { ...call(BOB, gold.token, TRANSFER), failed: true },
    call(ALICE, gold.token, APPROVE, approval(gold.token, ALICE, CAROL, 0n)),
  ]);
  const node = fakeChainNode([first, second, third]);
  const wei: readonly Move[] = [
    [1, "wei", ALICE, BOB, 2n * 10n ** 16n],
    [1, "wei", ALICE, "", 3n * FEE],
    [2, "wei", ALICE, "", 5n * FEE],
    [2, "wei", CAROL, "", FEE],
    [3, "wei", ALICE, "", FEE],
    [3, "wei", BOB, "", FEE],
  ];
  const moves: readonly Move[] = [
    ...wei,
    [1, gold.token, ALICE, BOB, (3n * E18) / 2n],
    [2, gold.token, ALICE, BOB, E18 / 2n],
    [2, one.token, ALICE, BOB, 150n],
    [2, two.token, ALICE, BOB, 150n],
    [2, fake.token, ALICE, BOB, E18],
    [2, silent.token, ALICE, BOB, 7n],
    [2, gem.token, ALICE, BOB, 1n],
  ];
  const held = (of: string, who: string, after: number): bigint =>
    moves
      .filter(([block, what]) => what === of && block <= after)
      .reduce(
        (sum, [, , from, to, n]) => sum + (to === who ? n : 0n) - (from === who ? n : 0n),
        of === gem.token ? (who === ALICE ? 1n : 0n) : who === ALICE ? 10n * E18 : E18,
      );
  node.lies.set("eth_getBalance", (_, [who, block]) =>
    hex(who === MINER ? 0n : held("wei", String(who), Number(block))),
  );
  node.lies.set("eth_call", (honest, [asked, block]) => {
    const { to, data } = asked as { to: string; data: string };
    const who = `0x${data.slice(34, 74)}`;
    if (data.startsWith("0x70a08231")) return word(held(to, who, Number(block)));
    if (data.startsWith("0xdd62ed3e")) return word([0n, 2n * E18, (3n * E18) / 2n, 0n][Number(block)] ?? 0n);
    if (data.startsWith("0x6352211e"))
      return BigInt(`0x${data.slice(10)}`) === GEM ? indexed(Number(block) < 2 ? ALICE : BOB) : honest;
    return honest;
  });
  for (const [name, { token, symbol, name: called, decimals }] of Object.entries(TOKENS)) {
    const said = tokens[name as keyof typeof TOKENS] ?? symbol;
    if (said !== null) node.calls.set(`${token} 0x95d89b41`, text(said));
    if (called !== null) node.calls.set(`${token} 0x06fdde03`, text(called));
    if (decimals !== null) node.calls.set(`${token} 0x313ce567`, word(decimals));
  }
  return await importBlocks(dir, new ChainNode(node.ask), { from: 1, to: 3, onBlock: () => undefined });
}

/** A text as a contract answers it. */
function text(of: string): string {
  const bytes = Buffer.from(of, "utf8").toString("hex");
  const length = word(bytes.length / 2).slice(2);
  return `${word(32)}${length}${bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0")}`;
}
