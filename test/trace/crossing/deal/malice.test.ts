/** A swap with somebody who cheats, while a map stops: the other has their goods or the counter-goods. */
import { expect, test } from "vitest";
import { type Strategy, swapScene } from "../../../../examples/two-chains/scenes.ts";
import { gapAfter } from "../../../../trace/crossing/deal/deadlines.ts";
import type { Deal, Move, Sights } from "../../../../trace/crossing/deal/deal.ts";
import { faultInDeal } from "../../../../trace/crossing/deal/faultInDeal.ts";
import { endingsOf } from "../../../../trace/crossing/deal/outcome.ts";
import { lockFor, secretHash } from "../../../../trace/crossing/lock/lock.ts";
import type { Lock, LockTerms } from "../../../../trace/crossing/lock/terms.ts";
import { outcome, played, type SetUp, START, setUp, stopAt } from "../../../lib/dealScene.ts";
import { TICK, TIMES } from "../../../lib/twoMaps.ts";

const scene = setUp(swapScene);
const [deal] = scene.scene.deals as [Deal];
const [silver, gold] = deal.locks as [Deal["locks"][number], Deal["locks"][number]];
const ticksTo = (time: number): number => Math.floor((time - START) / TICK);

/** Alice opens the Silver at a moment of her choice, helps nobody, and takes the Gold back as soon as she can. */
function late(honest: Strategy, tick: number): Strategy {
  return (sights: Sights) => {
    const moves = honest(sights).filter(({ what, on }) => what !== "open" && !(on === "A" && what === "take out"));
    const open: Move = { what: "open", on: "B", lock: silver.lock, secret: 1n };
    return (sights.B?.now ?? 0) >= START + tick * TICK ? [...moves, open] : moves;
  };
}

/** Whether Bob has lost his Silver and got no Gold. */
function robbed({ scene }: SetUp, end: ReturnType<typeof played>): boolean {
  const [first, last] = endingsOf(scene.deals[0] as Deal, end);
  return first?.whose === "receiver" && last?.whose === "giver";
}

const cheated = (of: SetUp, tick: number, stop?: ReturnType<typeof stopAt>) => {
  const { Alice, Bob } = of.scene.people() as { Alice: Strategy; Bob: Strategy };
  return played(of, stop, [late(Alice, tick), Bob]);
};

test("an opening at the last moment leaves Bob the time that he needs, whatever stops", () => {
  for (let tick = 3; tick <= ticksTo(silver.lock.deadline) + 1; tick++) {
    expect([tick, robbed(scene, cheated(scene, tick))]).toEqual([tick, false]);
    for (const from of [0, 1, 2, 3, 4]) {
      for (const on of ["A", "B"]) {
        const end = cheated(scene, tick, stopAt(on, tick + from, 6, false));
        expect([tick, from, on, robbed(scene, end)]).toEqual([tick, from, on, false]);
      }
    }
  }
});

test("the gap between the deadlines is what is needed: a shorter one can be used to rob Bob", () => {
  const gap = gapAfter(TIMES, TIMES);
  expect(gold.lock.deadline - silver.lock.deadline).toBe(gap);
  const tick = ticksTo(silver.lock.deadline) - 1;
  // A chain that stops for longer than the deal survives is as good as a shorter gap.
  const long = cheated(scene, tick, stopAt("A", tick + 1, gap / TICK + 2, false));
  expect(robbed(scene, long)).toBe(true);
  const longer = cheated(scene, tick, stopAt("B", tick, 6, false));
  expect(robbed(scene, longer)).toBe(false);
});

test("an operator who holds the opening back as long as its map allows, and a stop then, cost Bob nothing", () => {
  // Map A is back so soon that its own part of the gap makes up for nothing.
  const times = { A: { ...TIMES, stop: TICK }, B: TIMES };
  const { lag, stop } = TIMES;
  const ends = [gapAfter(TIMES, times.A), Math.max(lag, stop) + TIMES.final + TICK].map((gap) => {
    const seal = (terms: LockTerms, secret: bigint): Lock => {
      const [first, isLast] = [silver.lock.deadline, terms.deadline !== silver.lock.deadline];
      return lockFor(isLast ? { ...terms, deadline: first + gap } : terms, secret);
    };
    const held = setUp(swapScene, { times, seal });
    const tick = ticksTo(silver.lock.deadline) - 1;
    // In a block at its greatest age, which nobody sees before the chain goes on.
    const arrived = tick + lag / TICK;
    return robbed(held, cheated(held, tick, { ...stopAt("B", arrived + 1, stop / TICK, false), held: lag }));
  });
  // With a gap for the longer of the two, as if only one of them could happen, he is robbed.
  expect(ends).toEqual([false, true]);
});

test("an opening that Bob sees and the chain loses costs Alice nothing, unless the stop is longer than agreed", () => {
  const { Alice, Bob } = scene.scene.people() as { Alice: Strategy; Bob: Strategy };
  /** When Alice asks for the opening: it waits at chain B for all to see. */
  const asked = 2;
  /** Bob opens the Gold by what he has seen there, and helps nobody. */
  const peeking: Strategy = (sights) => [
    ...Bob(sights).filter(({ what, on }) => what !== "open" || on === "A"),
    ...((sights.A?.now ?? 0) > START + asked * TICK
      ? [{ what: "open", on: "A", lock: gold.lock, secret: 1n } as const]
      : []),
  ];
  const ends = [6, 20].map((ticks) =>
    outcome(scene, played(scene, stopAt("B", asked + 1, ticks, true), [Alice, peeking])),
  );
  // Silver and Gold: both with Bob, if the chain is back too late (docs/learn/two-chains.md).
  expect(ends).toEqual(["RR", "GR"]);
});

test("Bob puts nothing in if the secret of the Silver would not open the Gold", () => {
  let locks = 0n;
  const seal = (terms: LockTerms, secret: bigint): Lock => {
    const own = secret + 1_000n * locks++;
    return lockFor({ ...terms, hash: secretHash(own) }, own);
  };
  const two = setUp(swapScene, { seal });
  const [agreed] = two.scene.deals as [Deal];
  expect(faultInDeal(agreed, { A: TIMES, B: TIMES })).toContain("two secrets");
  const end = played(two);
  expect(outcome(two, end)).toBe("GG");
  expect([...(end.B?.rows ?? [])]).toEqual([]);
});

test("Bob puts nothing in before Alice's Gold is locked, and nothing if a lock is not as agreed", () => {
  const { Bob } = scene.scene.people() as { Bob: Strategy };
  const alone = played(scene, undefined, [Bob]);
  expect(outcome(scene, alone)).toBe("GG");
  expect([...(alone.B?.rows ?? [])]).toEqual([]);
});

test("Alice does not open what could not be settled in time", () => {
  const tick = ticksTo(deal.openBefore) - 1;
  const { Alice, Bob } = scene.scene.people() as { Alice: Strategy; Bob: Strategy };
  // Bob fills his lock in time, and it becomes final only when it is too late to open it.
  const end = played(scene, stopAt("B", 2, tick, false), [Alice, Bob]);
  expect(outcome(scene, end)).toBe("GG");
});
