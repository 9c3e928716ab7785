/** Locks with a back door that their maker has left in them: what it could take by it, and that it is seen. */
import { beforeEach, describe, expect, test } from "vitest";
import { LOCK_SLOTS, openingRows, putIn, takeOut } from "../../../trace/crossing/lock/lock.ts";
import { openLock } from "../../../trace/crossing/lock/open.ts";
import { faultIn, isFull } from "../../../trace/crossing/lock/standing.ts";
import type { Lock } from "../../../trace/crossing/lock/terms.ts";
import type { Effect, Place } from "../../../trace/effects/effects.ts";
import { address, kindOf } from "../../../trace/layout.ts";
import { triggerDigest } from "../../../trace/machine/group.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { ahead, DEADLINE, LockMap, SECRET } from "../../lib/lockMap.ts";

let scene: LockMap;
beforeEach(() => {
  scene = new LockMap();
});

/** A right to something in the lock, for Mallory. */
const right = (rights: ("claim" | "watch")[], slot: number, scope: number): Effect => ({
  ...{ effect: "DelegateCapability", slot, grantee: scene.mallory.id, rights, subject: 0n, expiry: 0 },
  ...{ scope: { program: scene.mallory.id + 1, slot: scope } },
});
const fill = (lock: Lock): void => {
  for (const [i, { id }] of lock.goods.entries()) {
    const held = scene.alice.memory().find(({ cell }) => cell.type === "resource" && cell.id === id);
    scene.alice.perform(putIn(lock, i, held?.slot ?? 0));
  }
};
/** Mallory takes the Gold out of a slot of the lock by a right that lies in another one. */
const claimed = ({ program }: Lock, slot: number, right: number): void => {
  const [from, by] = [slot, right].map((slot) => ({ program, slot })) as [Place, Place];
  scene.mallory.perform({ effect: "ClaimFromProgram", from, to: 7, by });
  expect(scene.mallory.cell(7)).toMatchObject({ type: "resource", quantity: 100n, escrowFrom: 0 });
};

describe("a back door in the first or the last slot behind the goods", () => {
  const places = [LOCK_SLOTS.goods + 1, 255];

  test.each(places)("slot %d: a right to the goods takes them as soon as the lock is open", (slot) => {
    const lock = scene.lock({}, (effects) => ahead(effects, right(["claim"], slot, LOCK_SLOTS.goods)));
    expect(faultIn(scene.tracer.map, lock)).toContain(`slot ${slot} `);
    fill(lock);
    openLock(scene.tracer, lock, SECRET);
    claimed(lock, LOCK_SLOTS.goods, slot);
  });

  test("a right to watch the goods keeps a large lock from opening", () => {
    const goods = Array.from({ length: 6 }, () => scene.gold());
    const lock = scene.lock({ goods }, (effects) => ahead(effects, right(["watch"], 255, LOCK_SLOTS.goods)));
    expect(faultIn(scene.tracer.map, lock)).toContain("slot 255 ");
    fill(lock);
    const [target, by] = [LOCK_SLOTS.goods, 255].map((slot) => ({ program: lock.program, slot })) as [Place, Place];
    const watch = { effect: "WatchResource", slot: 20, target, by, trigger: [] } as const;
    scene.mallory.perform({ ...watch, condition: "change", kind: 0n, threshold: 0n });
    expect(() => openLock(scene.tracer, lock, SECRET)).toThrow("rows");
  });

  test.each(places)("slot %d: a second door gives the goods away, and shows nothing", (slot) => {
    const gold = scene.gold();
    let rows: Row[] = [];
    const lock = scene.lock({ goods: [gold] }, (effects, { id: program }) => {
      const { id: resource, kind, quantity } = gold;
      const [source, destination] = [address(program, LOCK_SLOTS.goods), address(program, 100)];
      rows = [rowOf("ClaimFromProgram", program, { peer: program, source, destination, resource, kind, quantity })];
      const target = { program, slot: 101 };
      return ahead(
        effects,
        right(["claim"], 102, 100),
        {
          ...{ effect: "WatchResource", slot, target, condition: "arrival", kind: 0n, threshold: 0n },
          ...{ trigger: [], sealed: triggerDigest(rows) },
        },
        { effect: "Issue", kind: kindOf(program, 5), quantity: 1n, slot: 101 },
      );
    });
    expect(faultIn(scene.tracer.map, lock)).toContain("is not as agreed");
    fill(lock);
    scene.tracer.know(new Map([[triggerDigest(rows), rows]]));
    scene.tracer.applyTrigger({ program: lock.program, slot });
    claimed(lock, 100, 102);
  });

  test.each(places)("slot %d: an entry point is seen", (slot) => {
    const entry: Effect = {
      effect: "DeclareEntry",
      slot,
      name: "help",
      nargs: 0,
      accepts: 0n,
      minimum: 0n,
      guarded: false,
    };
    expect(
      faultIn(
        scene.tracer.map,
        scene.lock({}, (effects) => ahead(effects, entry)),
      ),
    ).toContain(`slot ${slot} `);
  });
});

test("what strangers bring into a lock's inbox behind the goods changes nothing", () => {
  const lock = scene.lock();
  const { tracer, mallory, bob } = scene;
  fill(lock);
  mallory.issue({ kind: kindOf(mallory.id, 1), quantity: 5n, slot: 30 });
  mallory.perform({
    ...{ effect: "EscrowToProgram", from: 30, to: { program: lock.program, slot: LOCK_SLOTS.goods + 1 } },
    deadline: DEADLINE,
  });
  expect(isFull(tracer.map, lock)).toBe(true);
  openLock(tracer, lock, SECRET);
  bob.perform(takeOut(lock, 0, 1));
  expect(bob.cell(1)).toMatchObject({ quantity: 100n });
});

test("a stranger's thing in an empty slot for goods is a fault: nobody puts in more, and nothing is lost", () => {
  const goods = [scene.gold(), scene.gold()];
  const lock = scene.lock({ goods });
  const { tracer, mallory } = scene;
  mallory.issue({ kind: kindOf(mallory.id, 1), quantity: 5n, slot: 30 });
  expect(faultIn(tracer.map, lock)).toBeUndefined();
  mallory.perform({
    ...{ effect: "EscrowToProgram", from: 30, to: { program: lock.program, slot: LOCK_SLOTS.goods + 1 } },
    deadline: DEADLINE,
  });
  expect(faultIn(tracer.map, lock)).toContain(`slot ${LOCK_SLOTS.goods + 1} `);
});

test("a lock of seven things, which no batch of eight could open, is refused before it is looked at", () => {
  const goods = Array.from({ length: 7 }, () => scene.gold());
  const { tracer } = scene;
  // The seventh right takes the bell's slot. The bell lies elsewhere, and is gone when the door is closed.
  const lock = scene.lock({ goods }, (effects, { id: program }) => {
    const bell = { program, slot: 60 };
    const shifted = effects.map((effect): Effect => {
      if (effect.effect === "WatchResource") return { ...effect, target: bell };
      return effect.effect === "Issue" && effect.slot === LOCK_SLOTS.bell ? { ...effect, slot: bell.slot } : effect;
    });
    return ahead(shifted, { effect: "Retire", slot: bell.slot });
  });
  fill(lock);
  tracer.know(new Map([[lock.digest, openingRows(lock, SECRET)]]));
  expect(() => tracer.applyTrigger({ program: lock.program, slot: LOCK_SLOTS.watch })).toThrow("profile");
  expect(faultIn(tracer.map, lock)).toContain("7 goods");
  const six = scene.lock({ goods: Array.from({ length: 6 }, () => scene.gold()) });
  fill(six);
  expect(isFull(tracer.map, six)).toBe(true);
  expect(openLock(tracer, six, SECRET)).toHaveLength(8);
});

test("in a map that publishes nothing a lock has a fault", () => {
  const { tracer, lock } = { tracer: scene.tracer, lock: scene.lock() };
  expect(faultIn(tracer.map, lock)).toBeUndefined();
  const { levels, watches } = tracer.map;
  const cells = [...tracer.map.addresses()].map((at) => [at, tracer.map.words(at)] as const);
  expect(faultIn(new TimeMap(levels, cells, watches, true), lock)).toBeUndefined();
  expect(faultIn(new TimeMap(levels, cells, watches, false), lock)).toContain("not moored");
});
