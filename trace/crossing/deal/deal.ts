/**
 * Deals between maps that share no state: one secret opens all locks of a deal, each in its own map. A swap, a barrier
 * and the fill of an order are deals with other goods in their locks (docs/learn/two-chains.md).
 */
import type { Row } from "../../machine/transition.ts";
import type { View } from "../../state/timeMap.ts";
import { secretIn } from "../lock/open.ts";
import { fateOf, faultIn, isFull, isOpened } from "../lock/standing.ts";
import type { Lock } from "../lock/terms.ts";

/** A lock, and the name that the parties give its map. */
export interface PlacedLock {
  readonly on: string;
  readonly lock: Lock;
}

/** One or two locks in the order in which they are opened. They are filled in the other order, and have one hash. */
export interface Deal {
  readonly locks: readonly PlacedLock[];
  /** See Deadlines. */
  readonly fillBefore: number;
  readonly openBefore: number;
}

/** What somebody sees of a map: only what is final on its chain. */
export interface Sight {
  /** Time of the chain. */
  readonly now: number;
  readonly map: View;
  /** The final transitions, from the beginning or from before the deal. */
  readonly rows: Iterable<Row>;
}

/** The sights by the names of the maps. A map that cannot be seen now is left out. */
export type Sights = Readonly<Record<string, Sight | undefined>>;

/** A party of a deal. */
export interface Party {
  /** Its programs by the names of the maps. */
  readonly programs: Readonly<Record<string, number>>;
  /** The secret, if it is the one who opens the first lock. */
  readonly secret?: bigint;
}

/** What a party does next: with one of the goods, or with a whole lock. */
export type Move =
  | { readonly what: "put in" | "take out" | "take back"; readonly on: string; readonly lock: Lock; readonly i: number }
  | { readonly what: "open"; readonly on: string; readonly lock: Lock; readonly secret: bigint };

/** The secret of a deal, if an opening has shown it in any of the maps. */
export function secretShown({ locks }: Deal, sights: Sights): bigint | undefined {
  for (const { on, lock } of locks) {
    const secret = secretIn(sights[on]?.rows ?? [], lock);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/**
 * What a party does now, by what it sees itself. Asking twice is harmless: the map refuses what has happened already.
 * Nothing here depends on an observer, and nothing on the honesty of the other parties.
 *
 * Before the first use, the party has checked once: that each lock is sealed (`isSealed`), that the locks make a deal
 * with safe deadlines (`faultInDeal`), and that the goods and the receivers are those that were agreed on.
 */
export function movesOf(party: Party, deal: Deal, sights: Sights): Move[] {
  return [...fills(party, deal, sights), ...openings(party, deal, sights), ...endings(party, deal, sights)];
}

/** Goods go into the last lock first, and into each other one when the locks after it are full. */
function fills({ programs }: Party, { locks, fillBefore }: Deal, sights: Sights): Move[] {
  const agreed = locks.every(({ on, lock }) => {
    const sight = sights[on];
    // The secret of one lock would not open another one of another hash.
    if (sight === undefined || lock.hash !== locks[0]?.lock.hash) return false;
    return sight.now < fillBefore && faultIn(sight.map, lock) === undefined;
  });
  if (!agreed) return [];
  return locks.flatMap(({ on, lock }, at) => {
    const full = locks.slice(at + 1).every((later) => isFull((sights[later.on] as Sight).map, later.lock));
    if (!full) return [];
    return lock.goods.flatMap(({ giver }, i): Move[] => {
      const missing = fateOf((sights[on] as Sight).map, lock, i) === "gone";
      return giver === programs[on] && missing ? [{ what: "put in", on, lock, i }] : [];
    });
  });
}

function openings({ secret }: Party, deal: Deal, sights: Sights): Move[] {
  const shown = secretShown(deal, sights);
  if (shown !== undefined) {
    return deal.locks.flatMap(({ on, lock }): Move[] => {
      const sight = sights[on];
      if (sight === undefined || sight.now >= lock.deadline || !isFull(sight.map, lock)) return [];
      return [{ what: "open", on, lock, secret: shown }];
    });
  }
  const [first] = deal.locks;
  if (secret === undefined || first === undefined) return [];
  const ready = deal.locks.every(({ on, lock }) => {
    const sight = sights[on];
    return sight !== undefined && sight.now < deal.openBefore && isFull(sight.map, lock);
  });
  return ready ? [{ what: "open", on: first.on, lock: first.lock, secret }] : [];
}

function endings({ programs }: Party, { locks }: Deal, sights: Sights): Move[] {
  return locks.flatMap(({ on, lock }) => {
    const sight = sights[on];
    if (sight === undefined) return [];
    return lock.goods.flatMap(({ giver, receiver }, i): Move[] => {
      const fate = fateOf(sight.map, lock, i);
      if (fate === "open" && receiver === programs[on]) return [{ what: "take out", on, lock, i }];
      const over = sight.now >= lock.deadline;
      return fate === "locked" && over && giver === programs[on] ? [{ what: "take back", on, lock, i }] : [];
    });
  });
}

/** Whether nothing is left to do: every lock was opened and emptied, or its goods are back. */
export function isOver({ locks }: Deal, sights: Sights): boolean {
  return locks.every(({ on, lock }) => {
    const sight = sights[on];
    if (sight === undefined) return false;
    const empty = lock.goods.every((_, i) => fateOf(sight.map, lock, i) === "gone");
    return empty && (isOpened(sight.map, lock) || sight.now >= lock.deadline);
  });
}
