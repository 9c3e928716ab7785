/** The client on a real node: a block with several transactions, and the state before and after it. */
import { Interface } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contractArtifact } from "../../../contracts/artifacts.ts";
import { type Anvil, startAnvil } from "../../../scripts/lib/anvil.ts";
import { readFrames } from "../../../trace/import/evmFrames.ts";
import { sameLogs } from "../../../trace/import/evmLogs.ts";
import type { AskMany } from "../../../trace/import/node/ask.ts";
import { type BlockRecord, ChainNode } from "../../../trace/import/node/chainNode.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";

const SUPPLY = 1_000n;
const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
let anvil: Anvil;
let ask: AskMany;
let accounts: string[];
let gold: string;
let ether: string;
let token: Interface;
let block: BlockRecord;

async function told(method: string, ...params: unknown[]): Promise<unknown> {
  const [answer] = await ask([{ method, params }]);
  if (answer === undefined || "error" in answer) throw new Error(`${method}: ${answer?.error}`);
  return answer.result;
}

async function send(from: number, transaction: { to?: string; data?: string; value?: string }): Promise<string> {
  return (await told("eth_sendTransaction", { from: accounts[from], gas: hex(2_000_000), ...transaction })) as string;
}

async function created(hash: string): Promise<string> {
  return ((await told("eth_getTransactionReceipt", hash)) as { contractAddress: string }).contractAddress;
}

const call = (name: string, ...args: unknown[]): string => token.encodeFunctionData(name, args);

beforeAll(async () => {
  anvil = await startAnvil({ more: ["--no-mining"] });
  ask = askManyAt(anvil.url);
  accounts = (await told("eth_accounts")) as string[];
  const [one, two] = [await contractArtifact("Gold"), await contractArtifact("WrappedEther")];
  token = new Interface(two.abi);
  const [first, second] = [
    await send(0, { data: one.bytecode + SUPPLY.toString(16).padStart(64, "0") }),
    await send(0, { data: two.bytecode }),
  ];
  await told("evm_mine");
  [gold, ether] = [await created(first), await created(second)];
  await send(0, { to: gold, data: call("transfer", accounts[1], 7) });
  await send(0, { to: gold, data: call("approve", accounts[2], 5) });
  await send(1, { to: ether, data: call("deposit"), value: hex(9) });
  await send(1, { to: gold, data: call("transfer", accounts[0], 8) });
  await send(2, { to: accounts[3] as string, value: hex(11) });
  await send(3, { data: "0x602a60005260206000f3" });
  await told("evm_mine");
  block = await new ChainNode(ask).block(2);
});
afterAll(async () => anvil?.stop());

describe("a block", () => {
  test("has the transactions that were sent, with frames and logs that agree with the receipts", async () => {
    expect(block).toMatchObject({ number: 2, fork: "since", logsInTraces: true, withdrawals: [] });
    const found = block.transactions.map(({ receipt }) => [receipt.sender, receipt.recipient, receipt.succeeded]);
    // The node orders transactions by their fees and accounts.
    expect(found).toHaveLength(6);
    expect(found).toContainEqual([accounts[0], gold, true]);
    expect(found).toContainEqual([accounts[1], gold, false]);
    expect(found).toContainEqual([accounts[3], null, true]);
    for (const { answer, receipt } of block.transactions) {
      const frames = readFrames(answer.root);
      expect(frames[0]?.fate === "reverted").toBe(receipt.succeeded === false);
      const live = frames.filter(({ fate }) => fate !== "reverted").flatMap(({ logs }) => logs);
      expect(sameLogs(live, receipt.logs ?? [])).toBe(true);
    }
  });

  test("is the same by every fallback", async () => {
    for (const refused of [
      ["eth_getBlockReceipts"],
      ["debug_traceBlockByHash"],
      ["eth_getBlockReceipts", "debug_traceBlockByHash", "debug_traceBlockByNumber"],
    ]) {
      const asked: string[] = [];
      const less: AskMany = async (requests) => {
        asked.push(...requests.map(({ method }) => method));
        const answers = await ask(requests);
        return answers.map((answer, i) =>
          refused.includes(requests[i]?.method ?? "") ? { error: "Method not found" } : answer,
        );
      };
      expect(await new ChainNode(less, { batch: 4 }).block(2)).toEqual(block);
      for (const method of refused) expect(asked).toContain(method);
    }
  });

  test("follows its parent", async () => {
    const node = new ChainNode(ask);
    const [genesis, parent] = [await node.block(0), await node.block(1)];
    expect(genesis.transactions).toEqual([]);
    expect(parent.parentHash).toBe(genesis.hash);
    expect(block.parentHash).toBe(parent.hash);
    expect(parent.transactions.map(({ receipt }) => receipt.created)).toEqual([gold, ether]);
    expect(await node.head()).toMatchObject({ number: 2, hash: block.hash });
    expect(await node.chainId()).toBe(31337n);
  });
});

describe("the state", () => {
  test("before and after the block: wei, tokens, allowances, code", async () => {
    const node = new ChainNode(ask, { batch: 3 });
    const [a, b, c, d] = accounts as [string, string, string, string];
    const [before, after] = [await node.weiOf([d, ether], 1), await node.weiOf([d, ether], 2)];
    const spent = block.transactions.find(({ receipt }) => receipt.sender === d)?.receipt.fee ?? 0n;
    expect(after).toEqual([(before[0] ?? 0n) + 11n - spent, 9n]);
    const asked = [a, b].map((who) => ({ token: gold, who, id: null }));
    expect(await node.balancesOf(asked, 1)).toEqual([SUPPLY, 0n]);
    expect(await node.balancesOf(asked, 2)).toEqual([SUPPLY - 7n, 7n]);
    const odd = [
      { token: ether, who: b, id: null },
      { token: gold, who: b, id: 1n },
      { token: c, who: b, id: null },
    ];
    expect(await node.balancesOf(odd, 2)).toEqual([9n, null, null]);
    expect(await node.allowances([{ token: gold, owner: a, spender: c }], 2)).toEqual([5n]);
    expect(await node.ownersOf([{ token: gold, id: 1n }], 2)).toEqual([null]);
    expect(await node.codeAt([gold, a], 0)).toEqual([false, false]);
    expect(await node.codeAt([gold, a], 2)).toEqual([true, false]);
    expect(node.lastRefusal).toBeNull();
    expect(await node.weiOf([a], 99)).toEqual([null]);
    expect(node.lastRefusal).toMatchObject({ method: "eth_getBalance", block: 99 });
  });

  test("what tokens say of themselves", async () => {
    const says = `0x${"0".repeat(37)}abc`;
    const words = Buffer.from("Old").toString("hex").padEnd(64, "0");
    await told("anvil_setCode", says, `0x7f${words}60005260206000f3`);
    expect(await new ChainNode(ask).describe([says, gold])).toEqual([
      { symbol: "Old", name: "Old", decimals: null },
      { symbol: null, name: null, decimals: null },
    ]);
  });
});

test("state that the node has pruned is null, and said", async () => {
  await using forgetful = await startAnvil({ more: ["--prune-history"] });
  const old = askManyAt(forgetful.url);
  for (let i = 0; i < 3; i++) await old([{ method: "evm_mine", params: [] }]);
  const node = new ChainNode(old);
  const who = accounts[0] as string;
  expect(await node.weiOf([who], 1)).toEqual([null]);
  expect(await node.balancesOf([{ token: gold, who, id: null }], 1)).toEqual([null]);
  expect(node.lastRefusal).toMatchObject({ method: "eth_call", block: 1, pruned: true });
  expect(await node.weiOf([who], 3)).toEqual([10_000n * 10n ** 18n]);
});

test("a node that is gone is named", async () => {
  const gone = await startAnvil();
  const node = new ChainNode(askManyAt(gone.url), { retries: 1, backoffMs: 1 });
  await gone.stop();
  await expect(node.block(0)).rejects.toMatchObject({ code: "rpc", message: expect.stringContaining(gone.url) });
});
