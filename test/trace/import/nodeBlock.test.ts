/** Whole blocks, from a node that answers everything and from nodes that answer less. */
import { describe, expect, test } from "vitest";
import { EnvironmentError, InvalidInputError } from "../../../trace/errors.ts";
import { AskFailure } from "../../../trace/import/node/ask.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import {
  address,
  blockHash,
  type FakeNode,
  fakeBlock,
  fakeChainNode,
  hex,
  MINER,
  Refused,
  transactionHash,
  word,
} from "../../lib/fakeChainNode.ts";

const [A, B, C] = [address(0xa), address(0xb), address(0xc)] as const;
const LOG = { address: B, topics: [word(5)], data: "0x" };
const INNER = { type: "CALL", from: B, to: C, value: hex(40), input: "0x" };
const unknown = new Refused("the method debug_x does not exist/is not available");

function node(chainId = 1n): FakeNode {
  const withdrawals = [{ index: "0x1", validatorIndex: "0x2", address: C, amount: "0x3" }];
  return fakeChainNode(
    [
      fakeBlock(99, []),
      fakeBlock(
        100,
        [
          { from: A, to: B, value: 100, calls: [INNER], logs: [LOG] },
          { from: B, created: C, input: "0x6001" },
          { from: C, to: A, failed: true },
        ],
        { withdrawals },
      ),
    ],
    chainId,
  );
}

const methods = ({ asked }: FakeNode): string[] => asked.flat().map(({ method }) => method);

describe("a block", () => {
  test("comes with its transactions, receipts and call trees", async () => {
    const fake = node();
    const chain = new ChainNode(fake.ask);
    const block = await chain.block(100);
    expect(block).toMatchObject({
      ...{ number: 100, hash: blockHash(100), parentHash: blockHash(99), time: 1_750_001_200, coinbase: MINER },
      ...{ fork: "since", logsInTraces: true, withdrawals: [{ address: C, wei: 3n * 10n ** 9n }] },
    });
    expect(block.transactions.map(({ hash, index }) => [hash, index])).toEqual(
      [0, 1, 2].map((i) => [transactionHash(100, i), i]),
    );
    const [sends, creates, fails] = block.transactions;
    expect(sends?.receipt).toMatchObject({ sender: A, recipient: B, value: 100n, succeeded: true, fee: 210_000n });
    expect(sends?.receipt.logs).toHaveLength(1);
    expect(sends?.answer).toMatchObject({ block: 100n, timestamp: block.time, root: { calls: [INNER] } });
    expect(creates?.receipt).toMatchObject({ recipient: null, created: C });
    expect(fails?.receipt).toMatchObject({ succeeded: false, balances: null });
    expect(methods(fake)).toEqual([
      ...["eth_chainId", "eth_getBlockByNumber", "eth_getBlockReceipts", "debug_traceBlockByHash"],
    ]);
  });

  test("may be empty: then only its header is asked for", async () => {
    const fake = node();
    const block = await new ChainNode(fake.ask).block(99);
    expect(block).toMatchObject({ transactions: [], withdrawals: [], logsInTraces: true });
    expect(methods(fake)).toEqual(["eth_chainId", "eth_getBlockByNumber"]);
  });

  test("has the rules of its time and chain", async () => {
    const fake = node();
    delete fake.blocks.get(100)?.header.blobGasUsed;
    expect((await new ChainNode(fake.ask).block(100)).fork).toBe("before");
    const other = node(77n);
    delete other.blocks.get(100)?.header.blobGasUsed;
    expect((await new ChainNode(other.ask).block(100)).fork).toBe("unknown");
  });

  test("is not there: named, with what to do", async () => {
    const fake = node();
    const chain = new ChainNode(fake.ask);
    await expect(chain.block(101)).rejects.toThrow(/block 101: the node has no such block/);
    for (const number of [-1, 1.5, Number.NaN, 2 ** 53]) {
      await expect(chain.header(number)).rejects.toThrow(InvalidInputError);
    }
  });
});

describe("headers", () => {
  test("of a number and of the heads", async () => {
    const chain = new ChainNode(node().ask);
    expect(await chain.chainId()).toBe(1n);
    expect(await chain.head()).toEqual(await chain.header(100));
    expect((await chain.head("finalized")).number).toBe(99);
    expect((await chain.head("safe")).hash).toBe(blockHash(99));
  });

  test("a node without finality names no final block", async () => {
    const fake = node();
    const chain = new ChainNode(fake.ask);
    fake.lies.set("eth_getBlockByNumber", () => null);
    await expect(chain.head("finalized")).rejects.toThrow(/names no finalized block/);
    fake.lies.set("eth_getBlockByNumber", () => new Refused("'safe' tag not supported on pre-merge network"));
    await expect(chain.head("safe")).rejects.toThrow(/'safe' tag not supported/);
  });
});

describe("a node that gives less at once", () => {
  test("receipts one by one, and the method is not asked again", async () => {
    for (const refusal of [unknown, null]) {
      const fake = node();
      const whole = await new ChainNode(fake.ask).block(100);
      const chain = new ChainNode(fake.ask);
      fake.lies.set("eth_getBlockReceipts", () => refusal);
      expect(await chain.block(100)).toEqual(whole);
      await chain.block(100);
      expect(methods(fake).filter((name) => name === "eth_getTransactionReceipt")).toHaveLength(6);
      expect(methods(fake).filter((name) => name === "eth_getBlockReceipts")).toHaveLength(refusal === null ? 3 : 2);
    }
  });

  test("call trees by number, or one by one", async () => {
    const fake = node();
    const whole = await new ChainNode(fake.ask).block(100);
    const chain = new ChainNode(fake.ask);
    fake.lies.set("debug_traceBlockByHash", () => unknown);
    expect(await chain.block(100)).toEqual(whole);
    expect(methods(fake)).toContain("debug_traceBlockByNumber");
    fake.lies.set("debug_traceBlockByNumber", () => unknown);
    expect(await chain.block(100)).toEqual(whole);
    expect(methods(fake).filter((name) => name === "debug_traceTransaction")).toHaveLength(3);
  });

  test("a tree that failed in the list is asked for alone", async () => {
    const fake = node();
    const whole = await new ChainNode(fake.ask).block(100);
    fake.lies.set("debug_traceBlockByHash", (honest) =>
      (honest as object[]).map((item, i) => (i === 1 ? { txHash: transactionHash(100, 1), error: "timeout" } : item)),
    );
    expect(await new ChainNode(fake.ask).block(100)).toEqual(whole);
    expect(methods(fake).filter((name) => name === "debug_traceTransaction")).toHaveLength(1);
  });

  test("a list that is too long or too late is asked for one by one", async () => {
    for (const kind of ["fewer", "late"] as const) {
      const fake = node();
      fake.before = (requests) => {
        if (requests.some(({ method }) => method.startsWith("debug_traceBlock"))) throw new AskFailure(kind, "no");
      };
      const block = await new ChainNode(fake.ask, { wait: async () => undefined }).block(100);
      expect(block.transactions).toHaveLength(3);
    }
  });

  test("trees without hashes, or bare", async () => {
    const fake = node();
    const whole = await new ChainNode(fake.ask).block(100);
    fake.lies.set("debug_traceBlockByHash", (list) => (list as { result: object }[]).map(({ result }) => ({ result })));
    expect(await new ChainNode(fake.ask).block(100)).toEqual(whole);
    fake.lies.set("debug_traceBlockByHash", (list) => (list as { result: object }[]).map(({ result }) => result));
    expect(await new ChainNode(fake.ask).block(100)).toEqual(whole);
  });

  test("without logs in the trees: said", async () => {
    const fake = node();
    fake.lies.set("debug_traceBlockByHash", (list) =>
      (list as { result: object }[]).map(({ result }) => ({ result: { ...result, logs: undefined } })),
    );
    const block = await new ChainNode(fake.ask).block(100);
    expect(block.logsInTraces).toBe(false);
    expect(block.transactions[0]?.receipt.logs).toHaveLength(1);
  });

  test("an unknown option withLog is left out", async () => {
    const fake = node();
    fake.lies.set("debug_traceBlockByHash", (honest, [, tracer]) =>
      JSON.stringify(tracer).includes("withLog") ? new Refused("unknown field `withLog`") : honest,
    );
    expect((await new ChainNode(fake.ask).block(100)).transactions).toHaveLength(3);
  });

  test("no traces at all: its words, and what to do", async () => {
    const fake = node();
    for (const name of ["BlockByHash", "BlockByNumber", "Transaction"])
      fake.lies.set(`debug_trace${name}`, () => unknown);
    const error = await new ChainNode(fake.ask).block(100).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toMatchObject({ code: "rpc", message: expect.stringMatching(/block 100.*debug_x.*archive node/) });
    for (const name of ["BlockByHash", "BlockByNumber", "Transaction"]) {
      fake.lies.set(`debug_trace${name}`, () => new Refused("missing trie node 12ab"));
    }
    await expect(new ChainNode(fake.ask).block(100)).rejects.toThrow(/keeps the state no more.*missing trie node/);
  });

  test("no receipts at all: its words, and which transaction's", async () => {
    const fake = node();
    fake.lies.set("eth_getBlockReceipts", () => unknown);
    fake.lies.set("eth_getTransactionReceipt", (honest, [hash]) => (hash === transactionHash(100, 1) ? null : honest));
    await expect(new ChainNode(fake.ask).block(100)).rejects.toThrow(
      /block 100 receipts\[1\]: the node has no receipt/,
    );
    fake.lies.set("eth_getTransactionReceipt", () => new Refused("pruned"));
    await expect(new ChainNode(fake.ask).block(100)).rejects.toThrow(/eth_getTransactionReceipt.*pruned/);
  });
});

test("a block that is replaced meanwhile is read again", async () => {
  const fake = node();
  const old = fake.blocks.get(100);
  const replaced = fakeBlock(100, [{ from: A, to: C, value: 1 }]);
  const text = JSON.stringify(replaced).replaceAll(blockHash(100), word(0xdead));
  fake.lies.set("eth_getBlockReceipts", (honest) => {
    fake.blocks.set(100, JSON.parse(text));
    fake.lies.clear();
    return honest;
  });
  const block = await new ChainNode(fake.ask).block(100);
  expect(block).toMatchObject({ hash: word(0xdead), transactions: [{ receipt: { recipient: C } }] });
  expect(old?.header.hash).toBe(blockHash(100));
});
