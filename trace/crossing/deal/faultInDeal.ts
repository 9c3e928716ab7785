/** Whether locks and times that somebody proposes make a deal that keeps everybody whole. */
import { faultInTerms } from "../lock/terms.ts";
import { faultInOrder, type MapTimes } from "./deadlines.ts";
import type { Deal } from "./deal.ts";

/**
 * Why a deal must not be agreed to; undefined if nothing speaks against it. It needs no map. The proof of each lock
 * (`isSealed`), and whether goods and receivers are those that one wants, are to be looked at besides.
 *
 * @param times of the maps, by the names that the deal gives them
 *
 * @example
 * const fault = faultInDeal(deal, { A: goldMap, B: silverMap });
 * if (fault !== undefined) throw new Error(`do not agree to it: ${fault}`);
 */
export function faultInDeal(
  { locks, fillBefore, openBefore }: Deal,
  times: Readonly<Record<string, MapTimes>>,
): string | undefined {
  const [first, last] = locks;
  if (first === undefined || locks.length > 2) return `it has ${locks.length} locks, and a deal has one or two`;
  for (const { on, lock } of locks) {
    const fault = faultInTerms(lock);
    if (fault !== undefined) return `the lock on map ${on}: ${fault}`;
    if (times[on] === undefined) return `nothing is known of the times of map ${on}`;
  }
  if (fillBefore > openBefore) return "the first lock is to be opened before the locks are to be full";
  const firstTimes = times[first.on] as MapTimes;
  if (last === undefined) {
    const late = openBefore > first.lock.deadline - firstTimes.stop;
    return late ? "a stop could leave the opening half done" : undefined;
  }
  if (first.lock.hash !== last.lock.hash)
    return "its locks open by two secrets: the first one's does not open the last";
  if (first.on === last.on && first.lock.program === last.lock.program) return "both locks are the same one";
  const deadlines = { openBefore, first: first.lock.deadline, last: last.lock.deadline };
  return faultInOrder(deadlines, firstTimes, times[last.on] as MapTimes);
}
