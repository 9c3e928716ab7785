/** Hostile contracts: every block is imported, and a token that does not keep its word is refused, never guessed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { holdings } from "../chain/import/compare.ts";
import { type Answers, claimedChain, importAll, says } from "../lib/claimedChain.ts";
import { address, type FakeTransaction, type Json, Refused } from "../lib/fakeChainNode.ts";

const dir = mkdtempSync(join(tmpdir(), "attack-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [A, B, C, D, T, X, Z] = [0xa, 0xb, 0xc, 0xd, 0x70, 0x71, 0].map(address) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const MOST = (1n << 128n) - 1n;
const calls = (logs: readonly Json[], more: Partial<FakeTransaction> = {}): FakeTransaction => ({
  from: A,
  to: T,
  logs,
  ...more,
});

/** Balances of the one token by block and address; nothing else is held. */
const table =
  (blocks: readonly Readonly<Record<string, bigint | number>>[]) =>
  (_: string, who: string, __: bigint | null, block: number): bigint =>
    BigInt(blocks[block]?.[who] ?? 0);

let runs = 0;
async function attack(
  blocks: readonly (readonly FakeTransaction[])[],
  answers: Answers,
  options: Parameters<typeof importAll>[2] = {},
) {
  const into = join(dir, `${runs++}`);
  const report = await importAll(into, claimedChain(blocks, answers), options);
  const tokens = [...holdings(into).held].filter(([key]) => !key.endsWith(" wei"));
  return { report, held: Object.fromEntries(tokens), into };
}

test("answers and inputs of megabytes are read", async () => {
  const giant = `0x${"ab".repeat(9_000_000)}`;
  const call = { type: "CALL", from: T, to: C, value: "0x0", input: giant };
  const { held } = await attack([[calls([says.transfer(T, Z, A, 9)], { calls: [call] })]], {
    balance: table([{}, { [A]: 9 }]),
    symbol: () => giant,
  });
  expect(held).toEqual({ [`${A} ${T}`]: 9n });
});

test("a token whose sums are right, but not in the order of its events, is refused", async () => {
  const owed = [says.transfer(T, A, B, 100), says.transfer(T, B, A, 100)];
  const first = await attack([[calls(owed)]], { balance: () => 0n });
  expect(first.held).toEqual({});
  expect(first.report.tokensRefused[T]).toBe(
    `its balances do not follow its events: ${A} gives 100 of ${T}, and has 0 by then`,
  );
  expect(first.report.tokens).toEqual({ transfers: 2, imported: 0, refused: 2 });
  const paid = [says.transfer(T, Z, A, 100), ...owed];
  const second = await attack([[calls(paid)]], { balance: table([{}, { [A]: 100 }]) });
  expect(second.report.tokens).toEqual({ transfers: 3, imported: 3, refused: 0 });
  expect(second.held).toEqual({ [`${A} ${T}`]: 100n });
});

test("a token that gives more than 128 bits in between is refused; so it is without a node", async () => {
  const many = (from: string, to: string) => Array.from({ length: 300 }, () => says.transfer(T, from, to, MOST));
  const logs = [...many(Z, A), ...many(A, Z)];
  const { report } = await attack([[calls(logs)]], { balance: () => 0n });
  expect(report.tokensRefused).toEqual({ [T]: "token quantity beyond 128 bits" });
  const tree = importEvmCalls({ type: "CALL", from: A, to: T, value: "0x0", input: "0x", logs });
  expect(tree.report.tokensRefused).toEqual(report.tokensRefused);
  const one = await attack([[calls([says.transfer(T, Z, A, MOST), says.transfer(T, A, B, MOST)])]], {
    balance: table([{}, { [B]: MOST }]),
  });
  expect(one.held).toEqual({ [`${B} ${T}`]: MOST });
});

test("an ERC-721 token that jumps between owners, or is given twice, is refused", async () => {
  const jump = [says.single(T, A, B, 1), says.single(T, C, D, 1)];
  const answers: Answers = {
    balance: table([
      { [A]: 1, [C]: 1 },
      { [B]: 1, [D]: 1 },
    ]),
    owner: (_, __, block) => (block === 0 ? A : D),
  };
  expect((await attack([[calls(jump)]], answers)).report.tokensRefused[T]).toMatch(/gives 1 of .*, and has 0 by then/);
  const twice = [says.single(T, Z, A, 1), says.single(T, Z, A, 1)];
  const both = {
    balance: table([{}, { [A]: 2 }]),
    owner: (_: string, __: bigint, block: number) => (block === 0 ? null : A),
  };
  expect((await attack([[calls(twice)]], both)).report.tokensRefused[T]).toMatch(/is given to .* twice/);
});

test("an ERC-721 token that moves without an event is refused when it is next seen, not held twice", async () => {
  const { report, into } = await attack(
    [[calls([says.single(T, Z, A, 1)])], [calls([says.single(T, B, C, 1)])], []],
    {
      balance: table([{}, { [A]: 1, [B]: 1 }, { [C]: 1, [A]: 1 }, { [C]: 1, [A]: 1 }]),
      owner: (_, __, block) => [null, A, C, C][block] ?? null,
    },
    { to: 2 },
  );
  expect(report.tokensRefused[T]).toBeDefined();
  expect([...holdings(into).held.keys()].filter((key) => key.includes("ERC-721"))).toEqual([]);
});

test("a token of two standards with one balanceOf is refused; ERC-1155 beside ERC-20 is not", async () => {
  const answers: Answers = {
    balance: (_, who, id, block) => (id !== null ? BigInt(who === B && block === 2) : who === A && block > 0 ? 5n : 0n),
    owner: (_, __, block) => (block < 2 ? B : A),
  };
  const first = [calls([says.transfer(T, Z, A, 5)])];
  const mixed = [calls([says.transfer(T, A, B, 2), says.single(T, B, A, 7), says.single(T, B, A, 8)])];
  const { report, held } = await attack([first, mixed], answers);
  expect(report.tokensRefused[T]).toMatch(/follows ERC-20 and ERC-721/);
  expect(held).toEqual({});
  const multi = await attack([first, [calls([says.multi(T, A, Z, B, 7, 1)])]], answers);
  expect(multi.held).toEqual({ [`${A} ${T}`]: 5n, [`${B} ${T} ERC-1155 7`]: 1n });
});

test("a contract whose deposits are transfers only at times is refused", async () => {
  const blocks = (amount: number) => [
    [calls([says.deposit(T, A, 5), says.transfer(T, Z, A, 10)])],
    [calls([says.deposit(T, A, 7), says.transfer(T, A, B, 1)])],
    [{ from: B, to: C, value: amount }],
  ];
  const cheats = await attack(blocks(1), {
    balance: table([{}, { [A]: 10 }, { [A]: 16, [B]: 1 }, { [A]: 16, [B]: 1 }]),
  });
  expect(cheats.report.tokensRefused[T]).toMatch(/do not follow its events/);
  const keeps = await attack(blocks(1), { balance: table([{}, { [A]: 10 }, { [A]: 9, [B]: 1 }, { [A]: 9, [B]: 1 }]) });
  expect(keeps.held).toEqual({ [`${A} ${T}`]: 9n, [`${B} ${T}`]: 1n });
});

test("a token that address 0 keeps, and gives away again, is refused in that block", async () => {
  const blocks = [
    [calls([says.transfer(T, Z, A, 10)])],
    [calls([says.transfer(T, A, Z, 10)])],
    [calls([says.transfer(T, Z, B, 10)])],
    [],
  ];
  const spends: Answers = { balance: table([{}, { [A]: 10 }, { [Z]: 10 }, { [B]: 10 }, { [B]: 10 }]) };
  expect((await attack(blocks, spends)).report.tokens).toEqual({ transfers: 3, imported: 2, refused: 1 });
  const mints: Answers = { balance: table([{}, { [A]: 10 }, { [Z]: 10 }, { [Z]: 10, [B]: 10 }, { [Z]: 10, [B]: 10 }]) };
  expect((await attack(blocks, mints)).held).toEqual({ [`${Z} ${T}`]: 10n, [`${B} ${T}`]: 10n });
});

test("an address may hold tokens before it is created", async () => {
  const { held, report } = await attack([[{ from: A, created: X, logs: [] }, calls([says.transfer(T, X, B, 5)])]], {
    balance: table([{ [X]: 5 }, { [B]: 5 }]),
  });
  expect(held).toEqual({ [`${B} ${T}`]: 5n });
  expect(report.broughtForward.holdings).toBeGreaterThan(0);
});

test("more wei than a map holds, as on chains for tests, are an error that names the address", async () => {
  await expect(attack([[calls([], { value: 1 })]], { wei: () => 1n << 255n })).rejects.toThrow(
    /has \d+ wei around block 1/,
  );
  await expect(attack([[calls([], { value: 1 })]], { wei: () => MOST })).resolves.toBeDefined();
  const pay = { type: "CALL", from: T, to: C, value: `0x${MOST.toString(16)}`, input: "0x" };
  const tree = { type: "CALL", from: A, to: T, value: "0x0", input: "0x", calls: Array(65).fill(pay) };
  expect(() => importEvmCalls(tree)).toThrow(/calls\[64\].value: gives .* more than 64 resources hold/);
});

test("without the state at the blocks, fees are paid from what must have been there", async () => {
  const node = claimedChain([[{ from: A, to: B, value: 5n }], [{ from: B, to: A, value: 3n }]], {});
  node.lies.set("eth_getBalance", () => new Refused("missing trie node"));
  const into = join(dir, "pruned");
  expect(await importAll(into, node)).toMatchObject({ notCompared: 2, head: 2, stoppedAt: null });
  const { held } = holdings(into);
  expect(held.get(`${A} wei`)).toBe(3n);
});

test("a node that tells only some balances, or whose block is replaced meanwhile, is an error", async () => {
  const partly = claimedChain([[{ from: A, to: B, value: 5n }]], {});
  partly.lies.set("eth_getBalance", (honest, [who]) => (who === B ? new Refused("timeout") : honest));
  await expect(importAll(join(dir, "partly"), partly)).rejects.toThrow(/does not tell the wei of .* around block 1/);
  const moved = claimedChain([[{ from: A, to: B, value: 5n }]], {});
  moved.lies.set("eth_getBlockByNumber", (honest, [, whole]) =>
    whole === true ? honest : { ...(honest as Json), hash: `0x${"5".repeat(64)}` },
  );
  await expect(importAll(join(dir, "moved"), moved)).rejects.toThrow(/block 1: was .*, and is 0x5555/);
});

test("logs that the call tree has not, or has too many of, are those of the receipt", async () => {
  const own = says.transfer(T, Z, A, 5);
  const inner = says.transfer(T, A, B, 2);
  const below = (logs: readonly Json[]) => ({ type: "CALL", from: T, to: T, value: "0x0", input: "0x", logs });
  const answers = { balance: table([{}, { [A]: 3, [B]: 2 }]) };
  const held = { [`${A} ${T}`]: 3n, [`${B} ${T}`]: 2n };
  for (const shown of [[inner], [], [inner, says.transfer(T, B, C, 1)]]) {
    const block = [calls([own], { calls: [below(shown)], allLogs: [own, inner] })];
    const done = await attack([block], answers);
    expect(done.held).toEqual(held);
    expect(done.report.tokens).toEqual({ transfers: 2, imported: 2, refused: 0 });
  }
});

test("where only the receipts have logs, their events stand at the end of their frame, and are counted", async () => {
  const log = says.transfer(T, Z, A, 5);
  const inner = { type: "CALL", from: T, to: C, value: "0x0", input: "0x" };
  const answers = { balance: table([{}, { [A]: 5 }]) };
  const { logs: _, ...bare } = calls([], { calls: [inner] });
  const without = await attack([[{ ...bare, allLogs: [log] }]], answers);
  expect(without.held).toEqual({ [`${A} ${T}`]: 5n });
  expect(without.report.unplacedEvents).toBe(1);
  const placed = calls([{ ...log, position: "0x1" }], { calls: [inner] });
  expect((await attack([[placed]], answers)).report.unplacedEvents).toBe(0);
});

test("with a filter, an ERC-721 token that moves on unseen leaves its holder in the map", async () => {
  const answers: Answers = {
    balance: table([{ [A]: 1 }, { [C]: 1 }, { [C]: 1 }]),
    owner: (_, __, block) => (block === 0 ? A : C),
  };
  const on = { from: D, to: T, logs: [says.single(T, B, C, 1)] };
  const unseen = await attack([[calls([says.single(T, A, B, 1)]), on], []], answers, { addresses: [A], to: 1 });
  expect(unseen.held).toEqual({});
  expect(unseen.report.corrections).toMatchObject({ "outside the filter": expect.any(Number) });
  const seen = await attack([[calls([says.single(T, A, B, 1)]), on], []], answers, { addresses: [B], to: 1 });
  expect(seen.held).toEqual({ [`${C} ${T} ERC-721 1`]: 1n });
});

test("fifteen hundred transfers, a block of nothing, selectors beyond a program's slots", async () => {
  const many = Array.from({ length: 1500 }, (_, i) => says.transfer(T, Z, i % 2 === 0 ? A : B, 1));
  const inner = Array.from({ length: 300 }, (_, i) => {
    return {
      type: "CALL",
      from: T,
      to: C,
      value: i % 2 === 0 ? "0x0" : "0x1",
      input: `0x${(0x11000000 + i).toString(16)}`,
    };
  });
  const { report, held } = await attack([[calls(many)], [], [calls([], { calls: inner })]], {
    balance: table([{}, ...Array(3).fill({ [A]: 750, [B]: 750 })]),
  });
  expect(report).toMatchObject({ head: 3, stoppedAt: null });
  expect(held).toEqual({ [`${A} ${T}`]: 750n, [`${B} ${T}`]: 750n });
});
