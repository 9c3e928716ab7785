/** What a node says of a transaction beside its call tree, and what an import makes of it where the two do not agree. */
import { describe, expect, test } from "vitest";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { type Ask, askForCalls } from "../../trace/import/evm-node.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [A, B, C, D, MINER] = [at(0xa), at(0xb), at(0xc), at(0xd), at(0xfee)] as const;
const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;
const [HASH, BLOCK, OTHER] = [word(1), word(2), word(3)] as const;
const hex = (n: number): string => `0x${n.toString(16)}`;
const FEE = 21_000 * 10;
const TIP = 21_000 * 3;

type Json = Record<string, unknown>;
type Answers = Record<string, unknown>;

/** A sends 100 to B, which sends 40 to C. */
function answers(): Record<string, Json> & { balances: { pre: Json; post: Json } } {
  const common = { blockHash: BLOCK, blockNumber: "0x64", from: A, to: B };
  const inner = { type: "CALL", from: B, to: C, value: hex(40), input: "0x" };
  return {
    transaction: { ...common, hash: HASH, value: hex(100), input: "0x" },
    receipt: {
      ...common,
      ...{ transactionHash: HASH, status: "0x1", logs: [], gasUsed: hex(21_000), effectiveGasPrice: hex(10) },
    },
    block: { hash: BLOCK, number: "0x64", timestamp: "0x68000000", miner: MINER, baseFeePerGas: hex(7) },
    tree: { type: "CALL", from: A, to: B, value: hex(100), input: "0x", calls: [inner] },
    balances: {
      pre: { [A]: held(1_000_000), [B]: held(5), [C]: held(0), [MINER]: held(0) },
      post: { [A]: held(1_000_000 - 100 - FEE), [B]: held(65), [C]: held(40), [MINER]: held(TIP) },
    },
  };
}
const held = (n: number): Json => ({ balance: hex(n) });

/** A node that gives these answers; an `Error` is its refusal. */
function nodeOf(given: Answers): Ask {
  return async (method, params) => {
    const tracer = (params[1] as { tracer?: string } | undefined)?.tracer;
    const name: Record<string, string> = {
      eth_getTransactionByHash: "transaction",
      eth_getTransactionReceipt: "receipt",
      eth_getBlockByHash: "block",
      eth_getBlockByNumber: "blockByNumber",
      debug_traceTransaction: tracer === "callTracer" ? "tree" : "balances",
    };
    const answer = given[name[method] ?? ""];
    if (answer instanceof Error) throw new EnvironmentError("rpc", answer.message);
    return answer ?? null;
  };
}

async function imported(given: Answers, chainId = 1n) {
  return importEvmCalls(await askForCalls(nodeOf(given), HASH, chainId));
}

async function refusal(given: Answers): Promise<string> {
  try {
    await imported(given);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.field;
    throw error;
  }
  return "taken";
}

describe("a node that agrees with itself", () => {
  test("is compared, and what the fee is is named", async () => {
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

  test("and one that gives no balances is said not to", async () => {
    const cases: [unknown, string][] = [
      [new Error("tracer not found"), "tracer not found"],
      [answers().tree, "the node's prestateTracer has no diffMode"],
      [null, "the node's prestateTracer has no diffMode"],
    ];
    for (const [balances, why] of cases) {
      const { report, notes } = await imported({ ...answers(), balances });
      expect(report.chain).toMatchObject({ balances: null, noBalances: why });
      expect(notes).toContain(`The balances were not compared: ${why}.`);
    }
  });

  test("a receipt from before Byzantium has no status, and it is said", async () => {
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

  test("moved nothing, whatever the call tree says", async () => {
    const { report, notes } = await imported(failed());
    expect(report).toMatchObject({ transactionReverted: true, openingBalances: {}, programs: { 1: A } });
    expect(report.reverted.map(({ path }) => path)).toEqual(["", "calls[0]"]);
    expect(report.chain?.balances?.differ).toEqual([]);
    expect(notes).toContain(
      "The receipt says that the transaction failed (status 0x0), the call tree does not: nothing of it happened.",
    );
  });

  test("in whatever block; then its time is not known", async () => {
    const { block, ...rest } = failed();
    const { report, notes } = await imported({ ...rest, blockByNumber: { ...block, hash: OTHER } });
    expect(report).toMatchObject({ transactionReverted: true, timestamp: null });
    expect(notes.some((note) => note.includes(OTHER) && note.includes("time"))).toBe(true);
  });

  test("with a status that is none is refused, as is one that failed by the tree alone", async () => {
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
    ["a fee that is none", "receipt", { gasUsed: "lots" }, "receipt.gasUsed"],
  ];
  test.each(cases)("%s", async (_, part, change, field) => {
    const given = answers();
    expect(await refusal({ ...given, [part]: { ...given[part], ...change } })).toBe(field);
  });

  test("and one that does not know the transaction", async () => {
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

describe("balances that are not the chain's are said", () => {
  const differing = async (change: (given: ReturnType<typeof answers>) => void) => {
    const given = answers();
    change(given);
    const { report, notes } = await imported(given);
    return { differ: report.chain?.balances?.differ ?? [], notes };
  };

  test("of both sides of a transfer that was another", async () => {
    const { differ, notes } = await differing(({ tree }) => {
      (tree as { calls: Json[] }).calls[0] = { type: "CALL", from: B, to: C, value: hex(41), input: "0x" };
    });
    expect(differ.map(({ address, imported, chain }) => [address, imported, chain])).toEqual([
      [B, "59", "60"],
      [C, "41", "40"],
    ]);
    expect(
      notes.some((note) => note.startsWith(`Differs from the chain: ${B} changes by 59 wei here and by 60 there`)),
    ).toBe(true);
    expect(notes).toContain("Changes of 4 balances were compared with the chain: 2 differ.");
  });

  test("of one that no frame names", async () => {
    const { differ } = await differing(({ balances }) => {
      balances.post[D] = held(7);
    });
    expect(differ).toMatchObject([
      { address: D, imported: "0", chain: "7", why: expect.stringContaining("no wei in any frame") },
    ]);
  });

  test("of the sender, where it lost more than the fee, and of the coinbase, where it gained another share", async () => {
    const { differ } = await differing(({ balances }) => {
      balances.post[A] = held(1_000_000 - 100 - FEE - 1);
      balances.post[MINER] = held(TIP + 1);
    });
    expect(differ.map(({ address }) => address)).toEqual([A, MINER]);
  });

  test("of a contract that is gone with what it has here", async () => {
    const { differ } = await differing(({ balances }) => {
      delete balances.post[C];
    });
    expect(differ).toMatchObject([
      { address: C, imported: "40", chain: "0", why: expect.stringContaining("no account") },
    ]);
  });

  test("of one that spends what it did not have yet", async () => {
    const { differ } = await differing(({ transaction, tree, balances }) => {
      Object.assign(transaction ?? {}, { value: "0x0" });
      const back = { type: "CALL", from: C, to: B, value: hex(50), input: "0x" };
      const inner = { type: "CALL", from: B, to: C, value: hex(40), input: "0x", calls: [back] };
      Object.assign(tree ?? {}, { value: "0x0", calls: [inner] });
      balances.pre = { ...balances.pre, [C]: held(10) };
      balances.post = { ...balances.post, [A]: held(1_000_000 - FEE), [B]: held(15), [C]: held(0) };
    });
    expect(differ).toEqual([{ address: B, imported: "10", chain: "10", why: expect.stringContaining("need 40 wei") }]);
  });

  test("a fee that the receipt does not tell is left out by name", async () => {
    const given = answers();
    delete given.receipt?.effectiveGasPrice;
    const { report } = await imported(given);
    expect(report.chain?.fee).toBe(null);
    expect(report.chain?.balances?.differ).toEqual([]);
    expect(report.chain?.balances?.excluded.map((text) => text.slice(0, 42))).toEqual([A, MINER]);
  });

  test("fees of blobs and of the chain below count, and Arbitrum's own transfers", async () => {
    const rest = await differing(({ receipt, balances }) => {
      Object.assign(receipt ?? {}, { blobGasUsed: "0x2", blobGasPrice: "0x3", l1Fee: "0x4" });
      balances.post[A] = held(1_000_000 - 100 - FEE - 10);
    });
    expect(rest.differ).toEqual([]);
    const arbitrum = await differing(({ tree, balances }) => {
      Object.assign(tree ?? {}, { afterEVMTransfers: [{ purpose: "feeCollection", from: null, to: D, value: "0x9" }] });
      balances.post[D] = held(9);
    });
    expect(arbitrum.differ).toEqual([]);
  });
});

test("where a frame can be taken in two ways, the balances decide", async () => {
  const inner = { type: "CALL", from: B, to: C, value: hex(40), input: "0x" };
  const end = { type: "SELFDESTRUCT", from: B, to: C, value: hex(40), input: "0x" };
  const given = answers();
  given.transaction = { ...given.transaction, value: hex(80) };
  given.tree = { ...given.tree, value: hex(80), calls: [inner, end] };
  given.block = { ...given.block, parentBeaconBlockRoot: word(0) };
  const sender = held(1_000_000 - 80 - FEE);
  const outcome = async (b: number, c: number) => {
    given.balances.post = { ...given.balances.post, [A]: sender, [B]: held(b), [C]: held(c) };
    const { report } = await imported(given);
    return [report.chain?.balances?.differ.length, report.unknown.length, report.openingBalances[B] ?? "0"];
  };
  expect(await outcome(45, 40)).toEqual([0, 0, "0"]);
  given.balances.pre[B] = held(0);
  expect(await outcome(0, 80)).toEqual([0, 0, "0"]);
  expect((await imported({ ...given, balances: null })).report.unknown).toHaveLength(1);
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

  test("logs that the tree does not show, and the address of what was made", async () => {
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

  test("logs that are not the tree's are said to be others; their order is not compared", async () => {
    const given = answers();
    given.receipt = { ...given.receipt, logs: [log(1), log(2)] };
    given.tree = { ...given.tree, logs: [log(2), log(1)] };
    const unlike = (notes: readonly string[]): boolean => notes.some((note) => note.includes("not the same"));
    expect(unlike((await imported(given)).notes)).toBe(false);
    given.tree = { ...given.tree, logs: [log(2), log(3)] };
    expect(unlike((await imported(given)).notes)).toBe(true);
  });

  test("the rules for self-destructs, by the block's header and the chain", async () => {
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
    // A chain with a header of its own: only the time tells, if it is early enough.
    expect(await burns({ timestamp: "0x5f000000" }, 42_161n)).toEqual([1, 0]);
    expect((await burns({}, 42_161n))[1]).toBeGreaterThan(0);
  });
});
