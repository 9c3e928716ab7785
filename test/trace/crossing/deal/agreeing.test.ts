/** Deals that somebody proposes: which ones nobody should agree to, whatever the maps show. */
import { describe, expect, test } from "vitest";
import { barrierScene, raceScene, swapScene } from "../../../../examples/two-chains/scenes.ts";
import type { MapTimes } from "../../../../trace/crossing/deal/deadlines.ts";
import type { Deal, PlacedLock } from "../../../../trace/crossing/deal/deal.ts";
import { faultInDeal } from "../../../../trace/crossing/deal/faultInDeal.ts";
import { secretHash } from "../../../../trace/crossing/lock/lock.ts";
import { setUp } from "../../../lib/dealScene.ts";
import { TIMES } from "../../../lib/twoMaps.ts";

const BOTH = { A: TIMES, B: TIMES };
const [deal] = setUp(swapScene).scene.deals as [Deal];
const [first, last] = deal.locks as [PlacedLock, PlacedLock];

test.each([swapScene, barrierScene, raceScene])("those of the example have no fault: %o", (build) => {
  for (const each of setUp(build).scene.deals) expect(faultInDeal(each, BOTH)).toBeUndefined();
});

describe("a deal has a fault", () => {
  const changed = (which: PlacedLock, change: Partial<PlacedLock["lock"]>): PlacedLock => ({
    ...which,
    lock: { ...which.lock, ...change },
  });
  const later = (deadline: number): Deal => ({ ...deal, locks: [first, changed(last, { deadline })] });
  const bad: Record<string, [deal: Deal, fault: string, times?: Record<string, MapTimes>]> = {
    "without locks": [{ ...deal, locks: [] }, "0 locks"],
    "of three locks": [{ ...deal, locks: [first, last, last] }, "3 locks"],
    "whose locks open by two secrets": [
      { ...deal, locks: [first, changed(last, { hash: secretHash(2n) })] },
      "two secrets",
    ],
    "with a lock that none is": [{ ...deal, locks: [first, changed(last, { goods: [] })] }, "0 goods"],
    "with one lock twice": [{ ...deal, locks: [first, changed(first, { deadline: last.lock.deadline })] }, "same one"],
    "whose last deadline is a second too early": [later(last.lock.deadline - 1), "the last deadline is"],
    "whose deadlines are in the other order": [{ ...deal, locks: [last, first] }, "the last deadline is"],
    "that is opened too late for a stop": [{ ...deal, openBefore: deal.openBefore + 1 }, "half done"],
    "of one lock that is opened too late": [
      { ...deal, locks: [first], openBefore: first.lock.deadline - TIMES.stop + 1 },
      "half done",
    ],
    "that is opened before it is filled": [{ ...deal, fillBefore: deal.openBefore + 1 }, "before the locks"],
    "on a map of which nothing is known": [deal, "map A", { B: TIMES }],
    "on a map that stops for longer": [deal, "half done", { ...BOTH, B: { ...TIMES, stop: TIMES.stop + 1 } }],
    "on a map whose batches may be older": [
      deal,
      "the last deadline",
      { ...BOTH, B: { ...TIMES, lag: TIMES.lag + 1 } },
    ],
  };
  test.each(Object.entries(bad))("%s", (_, [of, fault, times = BOTH]) => {
    expect(faultInDeal(of, times)).toContain(fault);
  });

  test("but not with a later last deadline, or with one lock alone", () => {
    expect(faultInDeal(later(last.lock.deadline + 1), BOTH)).toBeUndefined();
    expect(faultInDeal({ ...deal, locks: [first] }, BOTH)).toBeUndefined();
  });
});
