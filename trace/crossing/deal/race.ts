/**
 * A race with refund: one order stands in several maps, and the first fill wins. Each map has a deal of its own, with
 * its own secret. Its lock holds the payment and the goods that are paid for, so it gives both or neither. Whoever
 * placed the order opens one lock. The others run out, and everybody there takes back what is theirs.
 */

import { isFull } from "../lock/standing.ts";
import type { Deal, Move, Party, Sights } from "./deal.ts";
import { movesOf } from "./deal.ts";

/** An order in one map: the deal, and the secret of who placed it. */
export interface Offer {
  readonly deal: Deal;
  readonly secret: bigint;
}

/** The offer that was decided for. Keep it where a crash does not lose it, before anything is opened. */
export interface Choice {
  chosen?: number | undefined;
}

/**
 * What the one who placed the order does now. It decides once, for the first lock that it sees full, and never for
 * another one: an opening that was asked for may still arrive.
 */
export function orderMoves(
  programs: Party["programs"],
  offers: readonly Offer[],
  sights: Sights,
  choice: Choice,
): Move[] {
  choice.chosen ??= firstFull(offers, sights);
  return offers.flatMap(({ deal, secret }, i) => {
    const moves = movesOf(i === choice.chosen ? { programs, secret } : { programs }, deal, sights);
    const lost = choice.chosen !== undefined && choice.chosen !== i;
    return lost ? moves.filter(({ what }) => what !== "put in") : moves;
  });
}

/** The first offer that is filled in time; undefined if there is none yet. */
function firstFull(offers: readonly Offer[], sights: Sights): number | undefined {
  const found = offers.findIndex(({ deal }) =>
    deal.locks.every(({ on, lock }) => {
      const sight = sights[on];
      return sight !== undefined && sight.now < deal.openBefore && isFull(sight.map, lock);
    }),
  );
  return found < 0 ? undefined : found;
}
