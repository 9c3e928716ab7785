/**
 * A node gives transaction, receipt, block and balances beside the call tree. An import compares them with the tree.
 */
import { describe, expect, test } from "vitest";
import { importEvmCalls } from "../../trace/import/evm.ts";
import {
  A,
  answers,
  B,
  BLOCK,
  C,
  D,
  FEE,
  HASH,
  held,
  hex,
  imported,
  type Json,
  MINER,
  OTHER,
  refusal,
  TIP,
  word,
} from "../lib/toldTransaction.ts";

describe("a node that agrees with itself", () => {
  test("all balances are compared, and the report names the fee", async () => {
    const { report, notes } = await imported(answers());
    expect(report).toMatchObject({ block: "100", timestamp: 0x68000000, notImported: {}, unknown: [] });
    expect(report.chain).toMatchObject({
      transaction: HASH,
      block: BLOCK,
      status: "0x1",
      fee: String(FEE),
      remarks: [],
    });
    expect(report.chain?.balances).toEqual({
      compared: 4,
      differ: [],
      excluded: [
        `The fee, ${FEE} wei, which ${A} paid.`,
        `${MINER}, which gets the fees of the block: its share, ${TIP} wei.`,
      ],
    });
    expect(notes).toContain("Changes of 4 balances were compared with the chain: all agree.");
  });

  test("if it gives no balances, the report says why they were not compared", async () => {
    const cases: [unknown, string][] = [
      [new Error("tracer not found"), "tracer not found"],
      [answers().tree, "the node's prestateTracer has no diffMode"],
      [null, "the node's prestateTracer has no diffMode"],
    ];
    for (const [balances, why] of cases) {
      const { report, notes } = await imported({ ...answers(), balances });
      expect(report.chain).toMatchObject({ balances: null, noBalances: why });
      expect(notes).toContain(`The balances were not compared: "${why}".`);
    }
  });

  test("a receipt from before Byzantium has no status, and a note says so", async () => {
    const given = answers();
    delete given.receipt?.status;
    const { report, notes } = await imported(given);
    expect(report.chain?.status).toBe(null);
    expect(notes.some((note) => note.includes("before Byzantium"))).toBe(true);
  });
});

describe("a transaction that failed by its receipt", () => {
  const failed = () => {
    const given = answers();
    given.receipt = { ...given.receipt, status: "0x0" };
    given.balances.post = { [A]: held(1_000_000 - FEE), [MINER]: held(TIP) };
    given.balances.pre = { [A]: held(1_000_000), [MINER]: held(0) };
    return given;
  };

  test("moved nothing, also if the call tree shows payments", async () => {
    const { report, notes } = await imported(failed());
    expect(report).toMatchObject({ transactionReverted: true, openingBalances: {}, programs: { 1: A } });
    expect(report.reverted.map(({ path }) => path)).toEqual(["", "calls[0]"]);
    expect(report.chain?.balances?.differ).toEqual([]);
    expect(notes).toContain(
      "The receipt says that the transaction failed (status 0x0), the call tree does not: nothing of it happened.",
    );
  });

  test("has no time if the node gives another block", async () => {
    const { block, ...rest } = failed();
    const { report, notes } = await imported({ ...rest, blockByNumber: { ...block, hash: OTHER } });
    expect(report).toMatchObject({ transactionReverted: true, timestamp: null });
    expect(notes.some((note) => note.includes(OTHER) && note.includes("time"))).toBe(true);
  });

  test("is refused if the status is not a status, or if only the tree says that it failed", async () => {
    const given = answers();
    expect(await refusal({ ...given, receipt: { ...given.receipt, status: "0x2" } })).toBe("receipt.status");
    expect(await refusal({ ...given, tree: { ...given.tree, error: "out of gas" } })).toBe("error");
  });
});

describe("a node that contradicts itself is refused by the field", () => {
  const cases: [string, "transaction" | "receipt" | "block" | "tree", Json, string][] = [
    ["the transaction of another hash", "transaction", { hash: OTHER }, "transaction.hash"],
    ["the receipt of another transaction", "receipt", { transactionHash: OTHER }, "receipt.transactionHash"],
    ["a receipt in another block", "receipt", { blockHash: OTHER }, "receipt.blockHash"],
    ["a receipt of another sender", "receipt", { from: C }, "receipt.from"],
    ["a receipt to another address", "receipt", { to: C }, "receipt.to"],
    ["another block", "block", { hash: OTHER }, "block.hash"],
    ["the tree of another sender", "tree", { from: C, calls: [] }, "from"],
    ["the tree to another address", "tree", { to: C, calls: [] }, "to"],
    ["the tree of another value", "tree", { value: hex(99) }, "value"],
    ["the tree of another input", "tree", { input: "0xaabbccdd" }, "input"],
    ["the tree of a creation", "tree", { type: "CREATE" }, "type"],
    ["a fee that is not a number", "receipt", { gasUsed: "lots" }, "receipt.gasUsed"],
  ];
  test.each(cases)("%s", async (_, part, change, field) => {
    const given = answers();
    expect(await refusal({ ...given, [part]: { ...given[part], ...change } })).toBe(field);
  });

  test("a node that does not know the transaction", async () => {
    const given = answers();
    expect(await refusal({ ...given, transaction: null })).toBe("tx");
    expect(await refusal({ ...given, transaction: { ...given.transaction, blockNumber: null } })).toBe("tx");
    expect(await refusal({ ...given, receipt: null })).toBe("tx");
    expect(await refusal({ ...given, block: undefined })).toBe("block.hash");
    expect(await refusal({ ...given, block: new Error("no"), blockByNumber: given.block })).toBe("taken");
    const words = { ...given, tree: new Error("missing trie node") };
    await expect(imported(words)).rejects.toThrow(/missing trie node/);
  });
});

test("a file that claims to hold a receipt is not believed", () => {
  const { tree, ...node } = answers();
  const { report, notes } = importEvmCalls({ result: tree, node });
  expect(report.chain).toBe(null);
  expect(notes).toContain(
    "The call tree came without a receipt: status and balances were not compared with the chain.",
  );
});

describe("what the receipt adds to the tree", () => {
  const log = (n: number): Json => ({ address: B, topics: [word(n)], data: "0x" });

  test("the receipt has logs that the tree lacks, and the address of the created contract", async () => {
    const given = answers();
    given.receipt = { ...given.receipt, logs: [log(1), log(2)] };
    const { report } = await imported(given);
    expect(report.notImported).toEqual({ "other log": 2 });
    const creation = answers();
    creation.transaction = { ...creation.transaction, to: null };
    creation.receipt = { ...creation.receipt, to: null, contractAddress: B };
    creation.tree = { ...creation.tree, type: "CREATE", to: undefined };
    expect(Object.values((await imported(creation)).report.programs)).toContain(B);
    creation.tree = { ...creation.tree, to: D, calls: [] };
    expect(await refusal(creation)).toBe("to");
  });

  test("logs that differ from the tree's are reported; their order is not compared", async () => {
    const given = answers();
    given.receipt = { ...given.receipt, logs: [log(1), log(2)] };
    given.tree = { ...given.tree, logs: [log(2), log(1)] };
    const unlike = (notes: readonly string[]): boolean => notes.some((note) => note.includes("not the same"));
    expect(unlike((await imported(given)).notes)).toBe(false);
    given.tree = { ...given.tree, logs: [log(2), log(3)] };
    expect(unlike((await imported(given)).notes)).toBe(true);
  });

  test("the block's header and the chain tell the rules for self-destructs", async () => {
    const ending = (): ReturnType<typeof answers> => {
      const given = answers();
      given.tree = { ...given.tree, calls: [{ type: "SELFDESTRUCT", from: B, to: B, value: hex(105), input: "0x" }] };
      return given;
    };
    const burns = async (header: Json, chainId: bigint) => {
      const given = ending();
      const { report } = await imported({ ...given, block: { ...given.block, ...header } }, chainId);
      return [report.burnt.length, report.unknown.length];
    };
    expect(await burns({}, 1n)).toEqual([1, 0]);
    expect(await burns({}, 31_337n)).toEqual([1, 0]);
    expect(await burns({ parentBeaconBlockRoot: word(0) }, 1n)).toEqual([0, 0]);
    expect(await burns({ blobGasUsed: "0x0" }, 99n)).toEqual([0, 0]);
    // On a chain with a header of its own only an early time tells.
    expect(await burns({ timestamp: "0x5f000000" }, 42_161n)).toEqual([1, 0]);
    expect((await burns({}, 42_161n))[1]).toBeGreaterThan(0);
  });
});
