/** A long run of a moored map, for measurements. Nothing comes in or leaves, so no registry has to know of anything. */
import { CHAIN, kindOf } from "../../trace/layout.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { authority } from "./authorities.ts";

const PROGRAMS = 4;
const START = 1_767_225_600;

/**
 * Four programs with keys deal in their own coins: an issue, a split, an escrow, a claim and two that are retired, six
 * rows a round for each of them.
 * @param start seconds since 1970 of the first row; each is a second later
 */
export function mooredSoak(rounds: number, start = START): Scenario {
  return {
    name: "moored-soak",
    description: "four programs that deal in their own coins",
    genesis: () => MOORED_GENESIS,
    run(tracer) {
      let now = start;
      const chain = tracer.program(CHAIN);
      const traders = Array.from({ length: PROGRAMS }, (_, i) =>
        chain.createProgram({ inbox: 16, authority: authority(2 + i) }, now++),
      );
      for (let round = 0; round < rounds; round++) {
        for (const [i, from] of traders.entries()) {
          const to = traders[(i + 1 + (round % (PROGRAMS - 1))) % PROGRAMS] as typeof from;
          const coin = from.issue({ kind: kindOf(from.id, 1), quantity: 100n, slot: 1 }, now++);
          const part = from.split({ from: coin.slot, to: 2, part: 40n }, now++);
          const given = from.escrowToProgram({ from: part.slot, to: { program: to.id, slot: 16 } }, now++);
          to.retire({ slot: to.claimFromProgram({ from: given, to: 3 }, now++).slot }, now++);
          from.retire({ slot: coin.slot }, now++);
        }
      }
    },
  };
}
