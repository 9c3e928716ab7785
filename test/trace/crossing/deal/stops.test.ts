/** Deals between two maps, one of which stops at any moment, for any time. Everybody else does what the library says. */
import { describe, expect, test } from "vitest";
import { barrierScene, raceScene, swapScene } from "../../../../examples/two-chains/scenes.ts";
import { isWhole } from "../../../../trace/crossing/deal/outcome.ts";
import { outcome, played, setUp, stopAt } from "../../../lib/dealScene.ts";

/** Ticks at which something happens, if nothing stops: all is over before the last of them. */
const TICKS = 9;
const SURVIVED = 6;
const FOR_GOOD = 10_000;

describe.each([
  ["swap", swapScene, /^(RR|GG)$/],
  ["barrier", barrierScene, /^(RRRR|GGGG)$/],
  ["race", raceScene, /^(RR GG|GG RR|GG GG)$/],
] as const)("%s", (_, build, whole) => {
  const scene = setUp(build);

  test("without a stop, it comes about", () => {
    expect(outcome(scene, played(scene))).toMatch(/^(RR|RRRR|RR GG)$/);
  });

  test.each([
    ["A", true],
    ["A", false],
    ["B", true],
    ["B", false],
  ] as const)("map %s stops at any moment and comes back, what was not final lost: %s", (on, lost) => {
    for (let tick = 0; tick < TICKS; tick++) {
      for (const ticks of [1, SURVIVED]) {
        const end = played(scene, stopAt(on, tick, ticks, lost));
        expect([tick, ticks, outcome(scene, end)]).toEqual([tick, ticks, expect.stringMatching(whole)]);
      }
    }
  });

  test.each(["A", "B"])("map %s stops at any moment for good: all have theirs, or the right to it", (on) => {
    for (let tick = 0; tick < TICKS; tick++) {
      const end = played(scene, stopAt(on, tick, FOR_GOOD, true));
      for (const deal of scene.scene.deals) expect([tick, isWhole(deal, end)]).toEqual([tick, true]);
      // Whoever has to do with the other map alone has everything in hand.
      const other = on === "A" ? "B" : "A";
      const there = outcome(scene, { [other]: end[other] } as typeof end);
      expect([tick, there]).toEqual([tick, expect.stringMatching(/^[RG ]*$/)]);
    }
  });

  test("a person who does nothing costs the others nothing", () => {
    for (const absent of Object.keys(scene.scene.people())) {
      const { [absent]: _absent, ...others } = scene.scene.people();
      const end = played(scene, undefined, Object.values(others));
      for (const deal of scene.scene.deals) expect([absent, isWhole(deal, end)]).toEqual([absent, true]);
    }
  });
});
