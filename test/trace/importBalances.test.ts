/** Balances before and after a transaction, compared with what was imported. */
import { describe, expect, test } from "vitest";
import { A, answers, B, C, D, FEE, held, hex, imported, type Json, MINER, TIP, word } from "../lib/toldTransaction.ts";

describe("the report names a balance that differs from the chain's", () => {
  const differing = async (change: (given: ReturnType<typeof answers>) => void) => {
    const given = answers();
    change(given);
    const { report, notes } = await imported(given);
    return { differ: report.chain?.balances?.differ ?? [], notes };
  };

  test("of both sides of a transfer with another amount", async () => {
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

  test("of an account that is in no frame", async () => {
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

  test("of a contract that has no account on the chain", async () => {
    const { differ } = await differing(({ balances }) => {
      delete balances.post[C];
    });
    expect(differ).toMatchObject([
      { address: C, imported: "40", chain: "0", why: expect.stringContaining("no account") },
    ]);
  });

  test("of a contract that spends wei before it has them", async () => {
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

  test("the report names a fee that the receipt lacks, and leaves it out", async () => {
    const given = answers();
    delete given.receipt?.effectiveGasPrice;
    const { report } = await imported(given);
    expect(report.chain?.fee).toBe(null);
    expect(report.chain?.balances?.differ).toEqual([]);
    expect(report.chain?.balances?.excluded.map((text) => text.slice(0, 42))).toEqual([A, MINER]);
  });

  test("fees of blobs, fees of the chain below, and Arbitrum's own transfers count", async () => {
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

test("the balances decide between two readings of a frame", async () => {
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
