/** A chain with contracts of many kinds, imported block by block: every balance of the map is the chain's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importBlocks } from "../../../prover/recording/importBlocks.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";
import { Random } from "../../lib/random.ts";
import { act } from "../randomTransactions.ts";
import { startWorld, type World } from "../world.ts";
import { differences } from "./compare.ts";

let world: World;
const dir = mkdtempSync(join(tmpdir(), "blocks-"));
beforeAll(async () => {
  world = await startWorld();
  await act(world, new Random(7), 1000);
}, 120_000);
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("a thousand random transactions", { timeout: 600_000 }, async () => {
  const head = Number(await world.provider.getBlockNumber());
  const node = new ChainNode(askManyAt(world.rpc));
  const run = join(dir, "all");
  const report = await importBlocks(run, node, { from: 1, to: head });
  expect(report).toMatchObject({ blocks: head, stoppedAt: null, notCompared: 0 });
  expect(report.tokens.transfers).toBe(report.tokens.imported + report.tokens.refused);
  expect(await differences(world, run, head)).toEqual([]);
  expect(replayDirectory(run).map.programs()).toBe(report.programs);
});
