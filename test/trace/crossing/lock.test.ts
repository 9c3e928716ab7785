/** Locks: what opens them, what gives their goods back, and which programs are none. */
import { beforeEach, describe, expect, test } from "vitest";
import { buildLock } from "../../../trace/crossing/lock/build.ts";
import {
  closeLock,
  LOCK_SLOTS,
  lockFor,
  putIn,
  secretHash,
  takeBack,
  takeOut,
} from "../../../trace/crossing/lock/lock.ts";
import { openLock, secretIn } from "../../../trace/crossing/lock/open.ts";
import { fateOf, faultIn, isFull, isOpened } from "../../../trace/crossing/lock/standing.ts";
import type { Lock } from "../../../trace/crossing/lock/terms.ts";
import { Names } from "../../../trace/describe/names.ts";
import type { Effect } from "../../../trace/effects/effects.ts";
import { kindOf } from "../../../trace/layout.ts";
import { NOBODY } from "../../../trace/signing/nobody.ts";
import { unsignable } from "../../../trace/signing/signable.ts";
import { isAuthority } from "../../../trace/state/authority.ts";
import { MOORED_GENESIS } from "../../../trace/state/genesis.ts";
import type { ProgramHandle } from "../../../trace/tracer/programHandle.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { authority } from "../../lib/authorities.ts";
import { PROFILE } from "../../lib/profile.ts";

const NOW = 1_790_000_000;
const DEADLINE = NOW + 3_600;
const SECRET = 123_456_789n;

let tracer: Tracer;
let alice: ProgramHandle;
let bob: ProgramHandle;
let lock: Lock;

/** Makes a lock for 100 of Alice's Gold, which Bob is to have. */
function built(secret = SECRET): Lock {
  const cell = alice.cell(1);
  if (cell.type !== "resource") throw new Error("Alice has no Gold");
  const goods = [{ giver: alice.id, receiver: bob.id, id: cell.id, kind: cell.kind, quantity: cell.quantity }];
  const plan = { goods, deadline: DEADLINE, hash: secretHash(secret) };
  return buildLock(alice, { name: "Lock", authority: authority(9) }, plan, (terms) => lockFor(terms, secret));
}

beforeEach(() => {
  tracer = Tracer.from(MOORED_GENESIS, { clock: () => NOW, profiles: [PROFILE] });
  const chain = tracer.program(1);
  alice = chain.createProgram({ name: "Alice", authority: authority(1) });
  bob = chain.createProgram({ name: "Bob", authority: authority(2) });
  alice.issue({ kind: kindOf(alice.id, 1), quantity: 100n, slot: 1 });
  lock = built();
});

const fill = (): void => {
  alice.perform(putIn(lock, 0, 1));
};

describe("a lock", () => {
  test("stands empty, then full, and opens by its secret, which everybody sees then", () => {
    expect(faultIn(tracer.map, lock)).toBeUndefined();
    expect(isFull(tracer.map, lock)).toBe(false);
    fill();
    expect(isFull(tracer.map, lock)).toBe(true);
    expect(secretIn(tracer.transitions, lock)).toBeUndefined();
    const rows = openLock(tracer, lock, SECRET, DEADLINE - 1);
    expect(rows.map(({ effect }) => effect)).toEqual(["Trigger", "ClaimFromProgram", "Retire"]);
    expect(secretIn(rows, lock)).toBe(SECRET);
    expect([fateOf(tracer.map, lock, 0), isOpened(tracer.map, lock)]).toEqual(["open", true]);
    // Nobody can take it back any more, and the receiver may come when it likes.
    expect(() => alice.perform(takeBack(lock, 0, 2), DEADLINE)).toThrow("escrow");
    bob.perform(takeOut(lock, 0, 1), DEADLINE + 10_000_000);
    expect(bob.cell(1)).toMatchObject({ type: "resource", quantity: 100n, escrowFrom: 0 });
  });

  test("gives back from its deadline on, and does not open any more", () => {
    fill();
    expect(() => alice.perform(takeBack(lock, 0, 2), DEADLINE - 1)).toThrow("expiry-enforced");
    expect(() => openLock(tracer, lock, SECRET, DEADLINE)).toThrow("expiry-enforced");
    alice.perform(takeBack(lock, 0, 2), DEADLINE);
    expect(alice.cell(2)).toMatchObject({ type: "resource", quantity: 100n });
  });

  test("opens by no other secret, not empty, and to nobody's capability", () => {
    expect(() => openLock(tracer, lock, SECRET)).toThrow("no-double-spend");
    fill();
    expect(() => openLock(tracer, lock, SECRET + 1n)).toThrow("secret");
    expect(() => bob.perform(takeOut(lock, 0, 1))).toThrow("no-unscoped-access");
  });

  test("shows any secret, 0 too", () => {
    lock = built(0n);
    fill();
    expect(secretIn(openLock(tracer, lock, 0n), lock)).toBe(0n);
    // In a trace that leaves out what is 0.
    const shown = tracer.transitions.map((row) => ({ ...row, argument: {} }));
    expect(secretIn(shown, lock)).toBe(0n);
    expect(secretIn(shown, { ...lock, hash: secretHash(1n) })).toBeUndefined();
  });

  test("has the key that nobody has", () => {
    expect(isAuthority(NOBODY)).toBe(true);
    expect(tracer.program(lock.program).header().authority).toBe(NOBODY);
  });
});

test("what was agreed otherwise is seen", () => {
  fill();
  const [thing] = lock.goods;
  if (thing === undefined) throw new Error("no goods");
  const others: Lock[] = [
    { ...lock, program: alice.id },
    { ...lock, program: 1_000 },
    { ...lock, deadline: DEADLINE + 1 },
    { ...lock, digest: lock.digest + 1n },
    { ...lock, goods: [{ ...thing, giver: bob.id }] },
    { ...lock, goods: [{ ...thing, receiver: alice.id }] },
    { ...lock, goods: [{ ...thing, id: thing.id + 1n }] },
    { ...lock, goods: [{ ...thing, quantity: 99n }] },
    { ...lock, goods: [{ ...thing, kind: thing.kind + 1n }] },
    { ...lock, goods: [thing, thing] },
  ];
  for (const other of others) expect(faultIn(tracer.map, other)).toBeTypeOf("string");
  expect(faultIn(tracer.map, lock)).toBeUndefined();
});

describe("a lock whose maker cheats is seen", () => {
  /** The effects that close a lock, changed. */
  const closedWith = (change: (effects: Effect[], program: ProgramHandle) => Effect[]): Lock => {
    const { goods, deadline, hash } = lock;
    const program = alice.createProgram({ inbox: LOCK_SLOTS.goods, authority: authority(8) });
    const other = lockFor({ goods, deadline, hash, program: program.id }, SECRET);
    for (const effect of change(closeLock(other), program)) program.perform(effect);
    return other;
  };
  const cheats: Record<string, (effects: Effect[], program: ProgramHandle) => Effect[]> = {
    "it keeps the key": (effects) => effects.slice(0, -1),
    "it changes to another key": (effects) => [
      ...effects.slice(0, -1),
      { effect: "RotateAuthority", authority: authority(7) },
    ],
    "the watch has not fired": (effects) => effects.filter(({ effect }, i) => effect !== "Issue" || i === 0),
    "the watch has another trigger": (effects) =>
      effects.map((effect) => (effect.effect === "WatchResource" ? { ...effect, sealed: 7n } : effect)),
    "it lends the goods to somebody else, too": (effects, program) => [
      ...effects.slice(0, -1),
      {
        effect: "DelegateCapability",
        ...{ slot: 4, grantee: alice.id, rights: ["claim"], scope: program.place(LOCK_SLOTS.goods) },
        ...{ subject: 0n, expiry: 0 },
      },
      ...effects.slice(-1),
    ],
    "it watches the goods, which adds rows to the opening": (effects, program) => [
      ...effects.slice(0, -1),
      {
        effect: "WatchResource",
        ...{ slot: 5, target: program.place(LOCK_SLOTS.goods), condition: "change", kind: 0n, threshold: 0n },
        trigger: [],
      },
      ...effects.slice(-1),
    ],
    "the right to take the goods ends": (effects) =>
      effects.map((effect) => (effect.effect === "DelegateCapability" ? { ...effect, expiry: DEADLINE } : effect)),
  };

  test.each(Object.entries(cheats))("%s", (_, change) => {
    expect(
      faultIn(
        tracer.map,
        closedWith((effects) => effects),
      ),
    ).toBeUndefined();
    expect(faultIn(tracer.map, closedWith(change))).toBeTypeOf("string");
  });
});

test("only a program that gives up its key may be signed for with a trigger that nobody can read", () => {
  const names = new Names({ programs: {}, kinds: {}, functions: {}, slots: {} });
  const why = (program: number): string | null =>
    unsignable(MOORED_GENESIS, tracer.groups, program, tracer.triggers, names);
  expect(why(lock.program)).toBeNull();
  const target = alice.place(9);
  alice.perform({
    effect: "WatchResource",
    ...{ slot: 8, target, condition: "arrival", kind: 0n, threshold: 0n, trigger: [], sealed: 7n },
  });
  expect(why(alice.id)).toContain("nobody can read what would be signed");
  const both = { slot: 10, target, condition: "arrival", kind: 0n, threshold: 0n, sealed: 7n } as const;
  expect(() => alice.perform({ effect: "WatchResource", ...both, trigger: [{ effect: "Retire", slot: 1 }] })).toThrow(
    "sealed",
  );
});
