/** Exchanges: two programs give to each other in one group. */
import { describe, expect, test } from "vitest";
import { CancelledError, Exchange, issue, type Owned, spawn } from "../../trace/runtime/index.ts";
import { runMain } from "../lib/concurrentRun.ts";

/** Ann has Gold and Bob has Silver. The wishes of both can be given. */
function swap(wanted: { ann?: bigint; bob?: bigint } = {}, seconds?: number) {
  return async (): Promise<void> => {
    const exchange = new Exchange("bridge");
    const options = (quantity: bigint | undefined, kind: bigint) => ({
      ...(quantity === undefined ? {} : { wants: { kind, quantity } }),
      ...(seconds === undefined ? {} : { seconds }),
    });
    const gold = await issue("Gold", 100n);
    const silver = await issue("Silver", 40n);
    const kinds = { gold: gold.kindNumber, silver: silver.kindNumber };
    const trade = (name: string, quantity: bigint | undefined, kind: bigint, mine: Owned) =>
      spawn(
        name,
        async (own: Owned) => {
          try {
            const theirs = await exchange.trade(own, options(quantity, kind));
            return `${theirs.quantity} ${theirs.kind}`;
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error;
            return `${own.here ? "still has" : "lost"} ${own.quantity} ${own.kind}: ${error.message}`;
          }
        },
        mine,
      );
    const ann = trade("Ann", wanted.ann, kinds.silver, gold);
    if (seconds !== undefined) {
      outcome.push(await ann.join());
      return;
    }
    const bob = trade("Bob", wanted.bob, kinds.gold, silver);
    outcome.push(await ann.join(), await bob.join());
  };
}
let outcome: string[] = [];

describe("an exchange", () => {
  test("is one group of two programs' calls", async () => {
    outcome = [];
    const { transitions } = await runMain(swap({ ann: 40n, bob: 100n }));
    expect(outcome).toEqual(["40 Silver", "100 Gold"]);
    const passes = transitions.filter(({ effect, actor }) => effect === "Pass" && actor !== 1).slice(0, 2);
    expect(new Set(passes.map(({ actor }) => actor)).size).toBe(2);
    expect(new Set(passes.map(({ group }) => group)).size).toBe(1);
  });

  test("does not happen if one wants something else, and both keep their resources", async () => {
    outcome = [];
    await runMain(swap({ ann: 41n }));
    expect(outcome[0]).toMatch(/^still has 100 Gold: .*Ann wants 41 Silver and was offered 40 Silver/);
    expect(outcome[1]).toMatch(/^still has 40 Silver/);
  });

  test("ends at the timeout if no partner comes", async () => {
    outcome = [];
    await runMain(swap({}, 60));
    expect(outcome[0]).toMatch(/^still has 100 Gold: .*no other side came within 60 seconds/);
  });
});
