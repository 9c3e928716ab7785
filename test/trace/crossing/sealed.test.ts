/** What a seal's proof says, and of which lock: terms of others are refused, and so are terms that no lock can have. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildLock } from "../../../trace/crossing/lock/build.ts";
import {
  isSealed,
  LOCK_SLOTS,
  lockFor,
  openingRows,
  putIn,
  sealLock,
  secretHash,
} from "../../../trace/crossing/lock/lock.ts";
import { secretIn } from "../../../trace/crossing/lock/open.ts";
import { faultIn } from "../../../trace/crossing/lock/standing.ts";
import { faultInTerms, type Goods, type Lock, type LockTerms } from "../../../trace/crossing/lock/terms.ts";
import { FIELD } from "../../../trace/layout.ts";
import { DEADLINE, LockMap, SECRET } from "../../lib/lockMap.ts";

const GOODS: Goods = { giver: 2, receiver: 3, id: 4n, kind: 5n, quantity: 6n };
const TERMS: LockTerms = { program: 7, goods: [GOODS], deadline: DEADLINE, hash: secretHash(SECRET) };

describe("a proof", () => {
  const scene = new LockMap();
  const lock = scene.lock();
  const [thing] = lock.goods as [Goods];
  let proof: Uint8Array;
  beforeAll(() => {
    const sealed = sealLock(lock, SECRET);
    expect(sealed.lock).toEqual(lock);
    ({ proof } = sealed);
  });

  test("shows that the secret behind the hash opens the lock", () => {
    expect(isSealed(lock, proof)).toBe(true);
  });

  const others: Record<string, (lock: Lock) => Lock> = {
    "another secret": (of) => ({ ...of, hash: secretHash(SECRET + 1n) }),
    "another program": (of) => ({ ...of, program: of.program + 1 }),
    "another resource": (of) => ({ ...of, goods: [{ ...thing, id: thing.id + 1n }] }),
    "more of it": (of) => ({ ...of, goods: [{ ...thing, quantity: 101n }] }),
    "another digest": (of) => ({ ...of, digest: of.digest + 1n }),
    "other rows, which the secret opens": (of) => lockFor({ ...of, goods: [thing, thing] }, SECRET),
  };
  test.each(Object.entries(others))("is none of a lock with %s", (_, change) => {
    expect(isSealed(change(lock), proof)).toBe(false);
  });

  test("is the same for givers, receivers and deadline: the map's state says these, once the lock is full", () => {
    expect(isSealed({ ...lock, deadline: 1, goods: [{ ...thing, receiver: 9, giver: 8 }] }, proof)).toBe(true);
    const { tracer, alice, mallory } = scene;
    alice.perform(putIn(lock, 0, 1));
    expect(faultIn(tracer.map, lock)).toBeUndefined();
    for (const other of [
      { ...lock, deadline: DEADLINE + 1 },
      { ...lock, goods: [{ ...thing, receiver: mallory.id }] },
      { ...lock, goods: [{ ...thing, giver: mallory.id }] },
    ])
      expect(faultIn(tracer.map, other)).toContain("is not as agreed");
  });

  test("is made with the secret behind the hash, and with no number that hashes like it", () => {
    expect(() => sealLock(TERMS, SECRET + 1n)).toThrow("secret");
    expect(() => sealLock(TERMS, SECRET + FIELD)).toThrow("secret");
  });
});

test("a hash that is written otherwise opens, and its secret is not found: such a lock is refused", () => {
  const scene = new LockMap();
  const { tracer, alice } = scene;
  const lock = scene.lock({ hash: secretHash(SECRET) + FIELD });
  alice.perform(putIn(lock, 0, 1));
  tracer.know(new Map([[lock.digest, openingRows(lock, SECRET)]]));
  const rows = tracer.applyTrigger({ program: lock.program, slot: LOCK_SLOTS.watch });
  expect(secretIn(rows, lock)).toBeUndefined();
  expect(secretIn(rows, { ...lock, hash: lock.hash - FIELD })).toBe(SECRET);
  expect(faultIn(tracer.map, lock)).toContain("hash");
  expect(isSealed(lock, new Uint8Array())).toBe(false);
  expect(() => sealLock(lock, SECRET)).toThrow("hash");
});

describe("terms", () => {
  const largest = { ...GOODS, giver: 2 ** 24 - 1, id: 2n ** 64n - 1n, kind: 2n ** 56n - 1n, quantity: 2n ** 128n - 1n };
  const good: LockTerms[] = [
    TERMS,
    { ...TERMS, goods: Array.from({ length: 6 }, () => largest) },
    { ...TERMS, program: 2 ** 24 - 1, deadline: 1 },
    { ...TERMS, hash: FIELD - 1n, deadline: 2 ** 40 - 1 },
    { ...TERMS, hash: 0n },
  ];
  const goods = (change: Partial<Goods>): LockTerms => ({ ...TERMS, goods: [GOODS, { ...GOODS, ...change }] });
  const bad: [what: string, LockTerms][] = [
    ["program", { ...TERMS, program: 0 }],
    ["program", { ...TERMS, program: 7.5 }],
    ["program", { ...TERMS, program: 2 ** 24 }],
    ["0 goods", { ...TERMS, goods: [] }],
    ["7 goods", { ...TERMS, goods: Array.from({ length: 7 }, () => GOODS) }],
    // A giver may take back at once what has no deadline.
    ["deadline", { ...TERMS, deadline: 0 }],
    ["deadline", { ...TERMS, deadline: Number.NaN }],
    ["deadline", { ...TERMS, deadline: 2 ** 40 }],
    ["hash", { ...TERMS, hash: FIELD }],
    ["hash", { ...TERMS, hash: -1n }],
    ["goods[1]", goods({ giver: 0 })],
    ["goods[1]", goods({ receiver: 2 ** 24 })],
    ["goods[1]", goods({ id: 2n ** 64n })],
    ["goods[1]", goods({ kind: -1n })],
    ["goods[1]", goods({ quantity: 2n ** 128n })],
  ];

  test.each(good)("of a lock: %#", (terms) => {
    expect(faultInTerms(terms)).toBeUndefined();
  });

  test.each(bad)("of no lock: %s (%#)", (what, terms) => {
    expect(faultInTerms(terms)).toContain(what);
    const lock = { ...terms, digest: 1n };
    expect(isSealed(lock, new Uint8Array())).toBe(false);
    const { tracer, mallory } = new LockMap();
    expect(faultIn(tracer.map, lock)).toContain(what);
    expect(() => sealLock(terms, SECRET)).toThrow(what);
    if (what !== "program") {
      expect(() => buildLock(mallory, {}, terms, () => lock)).toThrow(what);
      expect(tracer.map.programs()).toBe(4);
    }
  });
});
