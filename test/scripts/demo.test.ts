/** What the demonstration says of its blocks: read from the map, equal to the chain. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROFILES } from "../../prover/profiles.ts";
import { importBlocks } from "../../prover/recording/importBlocks.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { type DemoBlocks, type DemoContracts, deployDemo, runDemoBlocks } from "../../scripts/lib/demoContracts.ts";
import { findingsOf } from "../../scripts/lib/demoFindings.ts";
import { ChainNode } from "../../trace/import/node/chainNode.ts";
import { askManyAt } from "../../verifier/chain/askMany.ts";
import { type Chain, connect } from "../../verifier/chain/connect.ts";

const dir = mkdtempSync(join(tmpdir(), "demo-"));
let anvil: Anvil;
let chain: Chain;
let contracts: DemoContracts;
let blocks: DemoBlocks;
let node: ChainNode;
let people: Map<string, string>;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  contracts = await deployDemo(chain);
  blocks = await runDemoBlocks(chain, contracts);
  node = new ChainNode(askManyAt(anvil.url));
  const { alice, exchange, gold, silver } = contracts;
  people = new Map([
    [alice, "Alice"],
    [exchange, "Exchange"],
    [gold, "GOLD"],
    [silver, "SILVER"],
  ]);
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("two blocks fit into two batches: what was there before is in the genesis", async () => {
  const report = await importBlocks(join(dir, "run"), node, { from: blocks.first, to: blocks.last });
  expect(report).toMatchObject({ blocks: 2, transactions: 3, failed: 1, stoppedAt: null, notImported: {} });
  expect(report.broughtForward).toEqual({ programs: 4, holdings: 4, approvals: 0 });
  expect(report.approvals).toEqual({ given: 1, ended: 0, used: 1, without: 0, unconfirmed: 0 });
  expect(report.transitions).toBe(2 * (PROFILES[0]?.rows ?? 0));
});

test("approval, claim, balances and the rest of the approval are said, as they are on the chain", async () => {
  const found = await findingsOf(join(dir, "run"), node, people);
  expect(found.approvals).toEqual([
    "Alice approved Exchange: in transition 2 it was lent a capability to claim from Alice",
    "Exchange took 60 GOLD by that capability, in transition 8",
  ]);
  expect(found.balances).toEqual([
    expect.stringMatching(/^at the end Alice has 440 GOLD, 180 SILVER, 9999\.99\d+ ether$/),
    "at the end Exchange has 300 GOLD, 720 SILVER, 0.001 ether",
  ]);
  expect(found.recorded[0]).toBe("the approval's amount: Exchange may take 40 GOLD of Alice's yet, as allowance says");
  expect(found).toMatchObject({ compared: 6, block: blocks.last, claim: 8 });
});

test("a balance or an allowance that is not the chain's is an error", async () => {
  const poor = {
    balancesOf: async (asked: readonly unknown[]) => asked.map(() => 1n),
    weiOf: (who: readonly string[], block: number) => node.weiOf(who, block),
    allowances: async () => [41n],
  };
  await expect(findingsOf(join(dir, "run"), poor, people)).rejects.toThrow("440 in the map, 1 on the chain");
  const generous = { ...poor, balancesOf: node.balancesOf.bind(node) };
  await expect(findingsOf(join(dir, "run"), generous, people)).rejects.toThrow("40 in the map, 41 on the chain");
});

test("the last transaction fails because the token refuses, and for nothing else", async () => {
  const [transaction] = (await node.block(blocks.last)).transactions;
  const root = transaction?.answer.root as { error?: string; calls?: { to: string; error?: string }[] } | undefined;
  const { calls = [], error } = root ?? {};
  expect(error).toContain("revert");
  expect(calls.map(({ to, error }) => [to, error !== undefined])).toEqual([[contracts.gold, true]]);
});
