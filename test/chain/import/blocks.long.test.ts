/** A chain with contracts of many kinds, imported block by block: every balance of the map is the chain's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importBlocks } from "../../../prover/recording/importBlocks.ts";
import { askManyAt } from "../../../scripts/lib/askMany.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { Random } from "../../lib/random.ts";
import { act } from "../randomTransactions.ts";
import { startWorld, type World } from "../world.ts";
import { differences } from "./compare.ts";

let world: World;
const dir = mkdtempSync(join(tmpdir(), "blocks-"));
beforeAll(async () => {
  world = await startWorld();
  console.log("started"); await act(world, new Random(7), 1000); console.log("acted");
}, 120_000);
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("a thousand random transactions", { timeout: 600_000 }, async () => {
  const head = Number(await world.provider.getBlockNumber());
  const inner = askManyAt(world.rpc); const node = new ChainNode(async (r) => { console.log(Date.now() % 100000, r.length, r[0]?.method, JSON.stringify(r[0]?.params).slice(0, 80)); const a = await inner(r); console.log(JSON.stringify(a).slice(0, 150)); return a; });
  const run = join(dir, "all");
  const report = await importBlocks(run, node, { from: 1, to: head });
  expect(report).toMatchObject({ blocks: head, stoppedAt: null, notCompared: 0 });
  expect(report.tokens.transfers).toBe(report.tokens.imported + report.tokens.refused);
  expect(await differences(world, run, head)).toEqual([]);
  expect(replayDirectory(run).map.programs()).toBe(report.programs);
});
