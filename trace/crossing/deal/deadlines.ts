/**
 * The order of the deadlines between two locks that one secret opens. Who learns later has the later deadline: what is
 * shown when the first lock is opened must reach the last one in time, whatever stops meanwhile.
 */

/** How long things take on one map and its chain, in seconds. */
export interface MapTimes {
  /** The oldest transition that its registry takes: the map's `maxLag`. */
  readonly lag: number;
  /** Until what was submitted is final, and everybody concerned has looked at it. */
  readonly final: number;
  /** The longest stop of the chain or of the operator that the deal survives, with the time to submit. */
  readonly stop: number;
}

/** Until when each step of a deal may be begun, in seconds since 1970. */
export interface Deadlines {
  /** Goods go into a lock before this. */
  readonly fillBefore: number;
  /** The first lock is opened before this, so that a stop cannot leave its opening half done. */
  readonly openBefore: number;
  /** The deadlines of the locks. */
  readonly first: number;
  readonly last: number;
}

/**
 * The earliest deadlines that are safe.
 * @param fillBefore when the goods are to be in both locks
 * @param first the map of the lock that is opened first
 * @param last the map of the other
 *
 * @example
 * const { first, last } = deadlinesFor(now + 7_200, silverMap, goldMap);
 */
export function deadlinesFor(fillBefore: number, first: MapTimes, last: MapTimes): Deadlines {
  // What was put in just in time must be final before the opener looks.
  const openBefore = fillBefore + Math.max(reach(first), reach(last));
  const firstDeadline = openBefore + first.stop;
  return { fillBefore, openBefore, first: firstDeadline, last: firstDeadline + gapAfter(first, last) };
}

/** Until something that is asked for now is final and seen, whatever stops. */
function reach({ final, stop }: MapTimes): number {
  return final + stop;
}

/**
 * How much later the last lock's deadline must be. An opening of the first one happens before its own deadline. It can
 * reach its chain `lag` later, and the chain can stop then, before anybody has looked. The two add up: an operator who
 * works with the opener chooses the moment. Then it is final and seen, and the last lock is to be opened.
 */
export function gapAfter(first: MapTimes, last: MapTimes): number {
  return first.lag + first.stop + first.final + last.stop;
}

/** Why these deadlines are not safe; undefined if they are. */
export function faultInOrder(
  { openBefore, first, last }: Omit<Deadlines, "fillBefore">,
  firstMap: MapTimes,
  lastMap: MapTimes,
): string | undefined {
  if (openBefore > first - firstMap.stop) return "a stop could leave the opening of the first lock half done";
  const gap = gapAfter(firstMap, lastMap);
  if (last - first < gap) return `the last deadline is ${last - first} s after the first one; it must be ${gap} s`;
  return undefined;
}
