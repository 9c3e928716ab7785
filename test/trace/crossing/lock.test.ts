/** Locks: what opens them, what gives their goods back, and which programs are none. */
import { beforeEach, describe, expect, test } from "vitest";
import { buildLock } from "../../../trace/crossing/lock/build.ts";
import { verifyKnowledge } from "../../../trace/crossing/lock/knowledge/proof.ts";
import {
  isSealed,
  type Lock,
  type LockTerms,
  lockFor,
  putIn,
  sealLock,
  secretHash,
  takeBack,
  takeOut,
} from "../../../trace/crossing/lock/lock.ts";
import { openLock, secretIn } from "../../../trace/crossing/lock/open.ts";
import { fateOf, faultIn, isFull, isOpened } from "../../../trace/crossing/lock/standing.ts";
import { kindOf } from "../../../trace/layout.ts";
import { NOBODY } from "../../../trace/signing/nobody.ts";
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
function built(seal: (terms: LockTerms) => Lock = (terms) => lockFor(terms, SECRET)): Lock {
  const cell = alice.cell(1);
  if (cell.type !== "resource") throw new Error("Alice has no Gold");
  const goods = [{ giver: alice.id, receiver: bob.id, id: cell.id, kind: cell.kind, quantity: cell.quantity }];
  const plan = { goods, deadline: DEADLINE, hash: secretHash(SECRET) };
  return buildLock(alice, { name: "Lock", authority: authority(9) }, plan, seal);
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

test("a proof shows that the secret behind the hash opens the lock, and nothing else", () => {
  let proof = new Uint8Array();
  const sealed = built((terms) => {
    const made = sealLock(terms, SECRET);
    proof = made.proof as Uint8Array<ArrayBuffer>;
    return made.lock;
  });
  expect(isSealed(sealed, proof)).toBe(true);
  // A digest of other rows: they would take the goods and show nothing.
  const other = lockFor({ ...sealed, goods: [...sealed.goods, ...sealed.goods] }, SECRET);
  expect(isSealed({ ...sealed, digest: other.digest }, proof)).toBe(false);
  expect(isSealed({ ...sealed, hash: secretHash(SECRET + 1n) }, proof)).toBe(false);
  const changed = Uint8Array.from(proof);
  changed[100] = (changed[100] ?? 0) ^ 1;
  expect(isSealed(sealed, changed)).toBe(false);
  expect(isSealed(sealed, proof.slice(1))).toBe(false);
  expect(verifyKnowledge([], proof)).toBe(false);
});
