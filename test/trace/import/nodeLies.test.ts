/** Nodes that contradict themselves on a block. Each contradiction is refused by the block and the field. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../../trace/errors.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { address, blockHash, type FakeBlock, fakeBlock, fakeChainNode, hex, word } from "../../lib/fakeChainNode.ts";

const [A, B, C] = [address(0xa), address(0xb), address(0xc)] as const;
const LOG = { address: B, topics: [], data: "0x" };

function blocks(): FakeBlock[] {
  const transactions = [
    { from: A, to: B, value: 100, logs: [LOG] },
    { from: A, to: C, value: 1 },
  ];
  const withdrawals = [{ address: C, amount: "0x3" }];
  return [fakeBlock(99, []), fakeBlock(100, transactions, { withdrawals })];
}

/** The field that is refused after a change of the block's answers. */
async function refusedFor(change: (block: FakeBlock) => void): Promise<string> {
  const [parent, block] = blocks() as [FakeBlock, FakeBlock];
  const chain = new ChainNode(fakeChainNode([parent, block]).ask);
  change(block);
  try {
    await chain.block(100);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.field;
    throw error;
  }
  return "taken";
}

/** A list of a canned block, whose items a test may change as it likes. */
type Loose = Record<string, unknown>;
const at = (list: readonly Loose[], i: number): Loose => list[i] as Loose;
const set = (of: Loose, name: string, value: unknown): void => {
  of[name] = value;
};
const tree = (block: FakeBlock, i: number): Loose => at(block.traces, i).result as Loose;

test("the honest block is taken", async () => {
  expect(await refusedFor(() => undefined)).toBe("taken");
});

const LIES: Readonly<Record<string, [field: string, change: (block: FakeBlock) => void]>> = {
  "another number": ["block 100 number", ({ header }) => set(header, "number", "0x63")],
  "a pending block": ["block 100 hash", ({ header }) => set(header, "hash", null)],
  "a pending block without number": ["block 100 number", ({ header }) => set(header, "number", null)],
  "no parent": ["block 100 parentHash", ({ header }) => set(header, "parentHash", "0x")],
  "its own parent": ["block 100 parentHash", ({ header }) => set(header, "parentHash", header.hash)],
  "no time": ["block 100 timestamp", ({ header }) => set(header, "timestamp", "0x1ffffffffffffff")],
  "no coinbase": ["block 100 miner", ({ header }) => set(header, "miner", "0x1")],
  "another hash in the header": ["block 100 transactions[0].blockHash", ({ header }) => set(header, "hash", word(9))],
  "no list of transactions": ["block 100 transactions", ({ header }) => set(header, "transactions", "0x")],
  "hashes for transactions": [
    "block 100 transactions[0]",
    ({ header }) =>
      set(
        header,
        "transactions",
        header.transactions.map(({ hash }) => hash),
      ),
  ],
  "a transaction of another block": [
    "block 100 transactions[1].blockNumber",
    ({ header }) => set(at(header.transactions, 1), "blockNumber", "0x63"),
  ],
  "a transaction at another place": [
    "block 100 transactions[1].transactionIndex",
    ({ header }) => set(at(header.transactions, 1), "transactionIndex", "0x2"),
  ],
  "a transaction twice": [
    "block 100 transactions[1].hash",
    ({ header }) => set(at(header.transactions, 1), "hash", at(header.transactions, 0).hash),
  ],
  "a receipt less": ["block 100 receipts", ({ receipts }) => void receipts.pop()],
  "a receipt more": ["block 100 receipts", ({ receipts }) => void receipts.push({})],
  "receipts in another order": ["block 100 receipts[0].transactionHash", ({ receipts }) => void receipts.reverse()],
  "no receipt": ["block 100 receipts[1]", ({ receipts }) => void receipts.splice(1, 1, 7 as unknown as Loose)],
  "a receipt of another block": [
    "block 100 receipts[1].blockHash",
    ({ receipts }) => set(at(receipts, 1), "blockHash", blockHash(99)),
  ],
  "a receipt of another number": [
    "block 100 receipts[1].blockNumber",
    ({ receipts }) => set(at(receipts, 1), "blockNumber", "0x63"),
  ],
  "a receipt at another place": [
    "block 100 receipts[0].transactionIndex",
    ({ receipts }) => set(at(receipts, 0), "transactionIndex", "0x1"),
  ],
  "a receipt of another sender": [
    "block 100 transactions[0] receipt.from",
    ({ receipts }) => set(at(receipts, 0), "from", C),
  ],
  "a receipt without its block": [
    "block 100 transactions[0] receipt.blockHash",
    ({ receipts }) => void delete at(receipts, 0).blockHash,
  ],
  "a log of another block": [
    "block 100 receipts[0].logs[0].blockHash",
    ({ receipts }) => set(at(receipts, 0), "logs", [{ ...LOG, blockHash: blockHash(99) }]),
  ],
  "a log of another transaction": [
    "block 100 receipts[0].logs[0].transactionHash",
    ({ receipts }) => set(at(receipts, 0), "logs", [{ ...LOG, transactionHash: word(3) }]),
  ],
  "a log that was removed": [
    "block 100 receipts[0].logs[0].removed",
    ({ receipts }) => set(at(receipts, 0), "logs", [{ ...LOG, removed: true }]),
  ],
  "a tree less": ["block 100 traces", ({ traces }) => void traces.pop()],
  "trees in another order": ["block 100 traces[0].txHash", ({ traces }) => void traces.reverse()],
  "trees in another order, without hashes": [
    "block 100 transactions[0] value",
    ({ traces }) => {
      traces.reverse();
      for (const item of traces) delete item.txHash;
    },
  ],
  "no tree": ["block 100 traces[0]", ({ traces }) => void traces.splice(0, 1, 7 as unknown as Loose)],
  "a tree of another sender": ["block 100 transactions[1] from", (block) => set(tree(block, 1), "from", C)],
  "a tree of another recipient": ["block 100 transactions[1] to", (block) => set(tree(block, 1), "to", B)],
  "a tree of another input": ["block 100 transactions[1] input", (block) => set(tree(block, 1), "input", "0x01")],
  "a tree that failed": ["block 100 transactions[1] error", (block) => set(tree(block, 1), "error", "out of gas")],
  "a tree that is a list": ["block 100 transactions[0] result", ({ traces }) => set(at(traces, 0), "result", [])],
  "steps for a tree": [
    "block 100 transactions[0] result",
    ({ traces }) => set(at(traces, 0), "result", { structLogs: [] }),
  ],
  "a withdrawal too large": [
    "block 100 withdrawals[0].amount",
    ({ header }) => set(header, "withdrawals", [{ address: A, amount: hex(2n ** 64n) }]),
  ],
  "a withdrawal to nobody": [
    "block 100 withdrawals[0].address",
    ({ header }) => set(header, "withdrawals", [{ amount: "0x1" }]),
  ],
  "withdrawals that are no list": ["block 100 withdrawals", ({ header }) => set(header, "withdrawals", {})],
};

describe("refused by name", () => {
  test.each(Object.entries(LIES))("%s", async (_, [field, change]) => {
    expect(await refusedFor(change)).toBe(field);
  });
});

describe("times", () => {
  async function read(order: readonly number[], change: (child: FakeBlock) => void): Promise<string> {
    const [parent, block] = blocks() as [FakeBlock, FakeBlock];
    change(block);
    const chain = new ChainNode(fakeChainNode([parent, block]).ask);
    try {
      for (const number of order) await chain.header(number);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.field;
      throw error;
    }
    return "taken";
  }
  const earlier = ({ header }: FakeBlock): void => set(header, "timestamp", hex(1_750_000_000));
  const same = ({ header }: FakeBlock): void => set(header, "timestamp", hex(1_750_000_000 + 12 * 99));

  test("do not go backwards, in whatever order the blocks are read", async () => {
    expect(await read([99, 100], earlier)).toBe("block 100 timestamp");
    expect(await read([100, 99], earlier)).toBe("block 100 timestamp");
    expect(await read([99, 100], same)).toBe("taken");
  });

  test("are not compared with a block that is not the parent", async () => {
    const other = (block: FakeBlock): void => {
      earlier(block);
      block.header.parentHash = word(9);
    };
    expect(await read([99, 100], other)).toBe("taken");
  });
});
