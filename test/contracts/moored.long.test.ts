/** What publishing costs: eight full batches of a moored map in one call, with rows of a real run. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { profileOf } from "../../prover/profiles.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { advance, deployRegistry } from "../../verifier/chain/registry.ts";
import { hardhatChain } from "../lib/chains.ts";
import { batchesFor } from "../lib/mooredBatches.ts";
import { mooredSoak } from "../lib/mooredSoak.ts";

const PROFILE = profileOf("batch-256");
let chain: Awaited<ReturnType<typeof hardhatChain>>;
beforeAll(async () => {
  chain = await hardhatChain();
});
afterAll(() => chain[Symbol.asyncDispose]());

test("a published transition costs 2,000 gas at most, eight batches of batch-256 in a call", async () => {
  const registry = await deployRegistry(chain);
  const tracer = await runScenario(mooredSoak(100), { profiles: [PROFILE] });
  const cost = async (moored: boolean): Promise<{ gas: number; rows: number; bytes: number }> => {
    const { map, batches } = await batchesFor(registry, tracer, PROFILE, moored, 9);
    // The first batch of a map writes its head's words for the first time.
    await advance(registry, map.mapId, batches.slice(0, 1));
    const eight = batches.slice(1);
    const { gasUsed, events } = await advance(registry, map.mapId, eight);
    const rows = events.reduce((sum, { span }) => sum + span.count, 0);
    return { gas: Number(gasUsed), rows, bytes: eight.reduce((sum, each) => sum + (each.rows?.length ?? 0), 0) };
  };
  const [published, plain] = [await cost(true), await cost(false)];
  const each = published.gas / published.rows;
  console.log(
    `moored: ${published.gas} gas for ${published.rows} transitions, ${each.toFixed(0)} each, ` +
      `${(published.bytes / published.rows).toFixed(1)} bytes; not moored: ${plain.gas} gas`,
  );
  expect(published.rows).toBeGreaterThan(1_900);
  expect(each).toBeLessThan(2_000);
});
