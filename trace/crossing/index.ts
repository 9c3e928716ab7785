/**
 * Between maps: locks that one secret opens in several maps, deals made of them, and observers of other maps.
 *
 *     import { deadlinesFor, faultIn, movesOf, sealLock, secretHash } from "time-bandits/crossing";
 *
 *     const moves = movesOf({ programs: { gold: 7, silver: 3 }, secret }, deal, sights);
 *
 * docs/learn/two-chains.md explains them.
 *
 * @module
 */
export { carryOut } from "./deal/carryOut.ts";
export { type Deadlines, deadlinesFor, faultInOrder, gapAfter, type MapTimes } from "./deal/deadlines.ts";
export {
  type Deal,
  isOver,
  type Move,
  movesOf,
  type Party,
  type PlacedLock,
  type Sight,
  type Sights,
  secretShown,
} from "./deal/deal.ts";
export { faultInDeal } from "./deal/faultInDeal.ts";
export { type Ending, endingsOf, isWhole } from "./deal/outcome.ts";
export { type Choice, type Offer, orderMoves } from "./deal/race.ts";
export { buildLock, type LockPlan } from "./lock/build.ts";
export {
  closeLock,
  isSealed,
  LOCK_SLOTS,
  lockFor,
  putIn,
  type Sealed,
  sealLock,
  secretHash,
  takeBack,
  takeOut,
} from "./lock/lock.ts";
export { openLock, secretIn } from "./lock/open.ts";
export { arrivedIn, type Fate, fateOf, faultIn, isFull, isOpened } from "./lock/standing.ts";
export { faultInTerms, type Goods, type Lock, type LockTerms, MOST_GOODS } from "./lock/terms.ts";
export { accepted, type Observable, type Reading, readingOf } from "./observer/reading.ts";
export {
  cellsOf,
  lendWatching,
  nextEffect,
  observedKind,
  type ShowingWindow,
  shownIn,
  type WindowCells,
} from "./observer/window.ts";
