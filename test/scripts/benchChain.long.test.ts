/** The measured cost of following a chain: the simulated chain keeps its word, and the figures add up. */
import { expect, test } from "vitest";
import { profilesWith } from "../../prover/profiles.ts";
import { addressOf, Draws } from "../../scripts/bench/chain/draws.ts";
import { FOLLOWED } from "../../scripts/bench/chain/importing.ts";
import { MIX } from "../../scripts/bench/chain/mix.ts";
import { chainText } from "../../scripts/bench/chain/report.ts";
import { SimulatedNode } from "../../scripts/bench/chain/simulatedNode.ts";
import { keepUp, measureChain } from "../../scripts/bench/chain.ts";

const BLOCKS = 2;

test("an import of the simulated chain explains every balance, and its batches hold every transition", async () => {
  const options = { blocks: BLOCKS, levels: 3, prove: false, followed: FOLLOWED.slice(0, 2) };
  const { imports, keepingUp, proofs, ...rest } = await measureChain(options);
  expect(proofs).toEqual([]);
  expect(imports.map(({ followed }) => followed)).toEqual(["everything", "the most used token"]);
  for (const each of imports) {
    expect(each).toMatchObject({ blocks: BLOCKS, stopped: null, transfersRefused: 0, unexplained: 0 });
    expect(each.transactions + each.skipped).toBe(BLOCKS * MIX.transactionsPerBlock);
    expect(each.firstBlockEnd + each.perBlock.transitions * (BLOCKS - 1)).toBeCloseTo(each.transitions);
    expect(each.perBlock.broughtForward).toBeLessThan(each.perBlock.transitions);
    for (const fill of keepingUp.filter(({ followed }) => followed === each.followed)) {
      expect(fill.batches * fill.transitionsPerBatch).toBeCloseTo(each.transitions - each.firstBlockEnd);
      expect(fill.proofsPerBlock * (BLOCKS - 1)).toBeCloseTo(fill.batches);
      expect(fill).toMatchObject({ provingPerSecond: null, machines: null });
    }
  }
  expect(keepingUp).toHaveLength(options.followed.length * profilesWith(3).length);
  const text = chainText({ imports, keepingUp, proofs, ...rest });
  expect(text).toContain("a block of 200 transactions every 12 s");
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
});

test("machines follow from proofs a block, the processor time of a proof, and cores", () => {
  const perBlock = { transactions: 200, failed: 6, calls: 900, transfers: 200, newPrograms: 9, traceBytes: 1 };
  const block = { followed: "everything", perBlock: { ...perBlock, transitions: 3_600, broughtForward: 900 } };
  const fill = { profile: "batch-64", rows: 64, nodes: 60, batches: 10, nodesPerBatch: 50, endedByNodes: 0.5 };
  const proof = { profile: "batch-64", engine: "wasm", transitions: 60, witnessSeconds: 0.2, proofSeconds: 3.8 };
  const kept = keepUp(block, { ...fill, transitionsPerBatch: 60 }, [{ ...proof, processorSeconds: 7 }], 2);
  expect(kept).toMatchObject({ proofsPerBlock: 60, provingPerSecond: 20, processorPerSecond: 35, machines: 18 });
});

test("the same seed gives the same blocks, and the first of a group are drawn most often", async () => {
  const header = async (): Promise<unknown> =>
    new SimulatedNode(7).ask([{ method: "eth_getBlockByNumber", params: ["0x1", true] }]);
  expect(await header()).toEqual(await header());
  const draws = new Draws(1);
  const ranks = Array.from({ length: 2_000 }, () => draws.rank({ count: 1_000, exponent: 1 }));
  expect(Math.min(...ranks)).toBe(0);
  expect(Math.max(...ranks)).toBeLessThan(1_000);
  expect(ranks.filter((rank) => rank < 10).length).toBeGreaterThan(500);
  expect(addressOf("token", 1)).not.toBe(addressOf("user", 1));
});
