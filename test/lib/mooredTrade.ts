/** A run of a moored map in which nothing crosses the border, for tests of what it publishes. */
import { CHAIN, kindOf } from "../../trace/layout.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { authority } from "./authorities.ts";

/** The programs, by number; the n-th has the n-th test key. */
export const TRADERS = [2, 3] as const;
const DEALS = 6;

/**
 * Alice issues, and gives to Bob, several times: three batches of the smallest profile.
 * @param start seconds since 1970 of the first row; each deal is a second later
 */
export function mooredTrade(start: number): Scenario {
  return {
    name: "trade",
    description: "Alice gives Bob what she issues",
    genesis: () => MOORED_GENESIS,
    run(tracer) {
      const chain = tracer.program(CHAIN);
      const [alice, bob] = ["Alice", "Bob"].map((name, i) =>
        chain.createProgram({ name, inbox: 16, authority: authority(TRADERS[0] + i) }, start),
      ) as [typeof chain, typeof chain];
      for (let deal = 1; deal <= DEALS; deal++) {
        const gold = alice.issue({ kind: kindOf(alice.id, 1), quantity: BigInt(deal) }, start + deal);
        const given = alice.escrowToProgram({ from: gold.slot, to: bob.id }, start + deal);
        bob.claimFromProgram({ from: given, to: "in place" }, start + deal);
      }
    },
  };
}
