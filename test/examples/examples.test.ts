/** The examples keep their promises in every interleaving, and fit into proofs. */
import { describe, expect, test } from "vitest";
import swap, { swap as swapOnce, outcomes as swapped } from "../../examples/escrowed-swap.ts";
import market, { outcomes as done } from "../../examples/job-market.ts";
import book, { outcomes as traded } from "../../examples/order-book.ts";
import chain, { outcomes as shipped } from "../../examples/supply-chain.ts";
import treasury, { outcomes as drawn } from "../../examples/treasury.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { runMain } from "../lib/concurrentRun.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";

const SEEDS = [1, 2, 3];

/** Runs a scenario with several seeds, each checked. */
async function each(scenario: Scenario, check: (tracer: Tracer) => void): Promise<void> {
  for (const seed of SEEDS) check(await runScenario(scenario, { seed, profiles: USUAL_PROFILES }));
}
describe("examples", () => {
  test("escrowed swap: both parties get their goods, or neither", async () => {
    await each(swap, ({ manifest, groups }) => {
      expect(swapped).toEqual([
        ["40 Silver", "100 Gold"],
        ["100 Gold back", "stayed away"],
      ]);
      expect(manifest.runtime?.contracts).toHaveLength(1);
      const claims = groups.filter((group) => group.some(({ effect }) => effect === "ClaimFromProgram"));
      expect(claims.map((group) => group.map(({ effect }) => effect))).toEqual([
        ["ClaimFromProgram", "ClaimFromProgram"],
      ]);
    });
  });

  test("escrowed swap: a party that deposits less than agreed gets nothing", async () => {
    const { manifest } = await runMain(async () => {
      expect(await swapOnce("the third", 4n)).toEqual(["100 Gold", "4 Silver"]);
    });
    expect(manifest.runtime?.contracts.map(({ held }) => held)).toEqual([false]);
  });

  test("order book: every trade is one group of two calls, and nothing is lost", async () => {
    await each(book, ({ transitions, manifest }) => {
      expect(traded).toEqual({ Ann: [0n, 100n], Ben: [15n, 60n], Cy: [15n, 840n] });
      const groups = Map.groupBy(
        transitions.filter(
          ({ effect, actor }) => effect === "Pass" && manifest.programs[actor.toString()] === "OrderBook",
        ),
        ({ group }) => group,
      );
      const trades = [...groups.values()].filter((passes) => new Set(passes.map(({ peer }) => peer)).size === 2);
      expect(trades).toHaveLength(2);
    });
  });

  test("supply chain: the lent watch fires, and ends with the right that it rests on", async () => {
    await each(chain, ({ notes }) => {
      expect(shipped).toEqual(["12 Crates shipped", "12 Crates accepted", "refused by capability-attenuates"]);
      expect(notes.map(({ event }) => event)).toEqual(["fired", "applied"]);
    });
  });

  test("job market: the worker that does a job gets its bounty; a failed worker returns it", async () => {
    await each(market, ({ manifest }) => {
      expect(done).toEqual(["sweep done by apprentice", "repair done by master", "siege not done"]);
      expect(manifest.runtime?.failures).toHaveLength(3);
    });
  });

  test("treasury: the withdrawals and the rest add up to the fund", async () => {
    await each(treasury, () => {
      expect(drawn).toMatchObject({ Roads: 65n, Schools: 60n, left: 75n });
      expect(drawn.Palace).toMatch(/the amount is within the limit/);
    });
  });
});
