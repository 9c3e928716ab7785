/**
 * Locks: a program that nobody has the key of keeps goods until a secret is shown, or until a deadline has passed. The
 * same secret can open locks in several maps, and opening one shows it to everybody. So maps that share no state can
 * still exchange (docs/learn/two-chains.md).
 *
 * A lock is made of effects that there are: its goods are escrows, and its door is a fired watch whose trigger nobody
 * knows but who has the secret. The trigger accepts the goods and destroys a seal, with the secret as its argument.
 */
import type { Effect } from "../../effects/effects.ts";
import { InvalidInputError } from "../../errors.ts";
import { address, idOf, kindOf, RIGHT, TAG } from "../../layout.ts";
import { triggerDigest } from "../../machine/group.ts";
import { rowOf } from "../../machine/rowShape.ts";
import { packRow, type Row } from "../../machine/transition.ts";
import { hash } from "../../poseidon/index.ts";
import { NOBODY } from "../../signing/nobody.ts";
import { type HashClaim, proveKnowledge, verifyKnowledge } from "./knowledge/proof.ts";
import { faultInTerms, isWord, type Lock, type LockTerms } from "./terms.ts";

/** Slots of the lock's program: the seal, the watch, the rights to take the goods, the bell, and the goods. */
export const LOCK_SLOTS = { seal: 1, watch: 2, rights: 3, bell: 9, goods: 10 } as const;
/** Labels of the kinds that the lock's program issues. */
const LABEL = { seal: 1, bell: 2 } as const;

/**
 * The hash by which a secret is known before it is shown. Take a fresh secret for each deal, of 128 random bits or
 * more: one opening shows it for every lock that it opens, and a short one can be found by trying.
 */
export function secretHash(secret: bigint): bigint {
  return hash(TAG.lock, [secret]);
}

/** The seal: a resource of the lock's own, made by its first effect. */
export function sealIn({ program }: LockTerms): { resource: bigint; kind: bigint; quantity: bigint } {
  return { resource: idOf(program, 0), kind: kindOf(program, LABEL.seal), quantity: 1n };
}

const goodsSlot = (i: number): number => LOCK_SLOTS.goods + i;
const rightSlot = (i: number): number => LOCK_SLOTS.rights + i;

/** The rows that open a lock: it accepts all goods, and destroys its seal, which shows the secret. */
export function openingRows(terms: LockTerms, secret: bigint): Row[] {
  const { program, goods } = terms;
  const accepted = goods.map(({ id, kind, quantity }, i) =>
    rowOf("ClaimFromProgram", program, {
      ...{ peer: program, source: address(program, goodsSlot(i)), resource: id, kind, quantity },
    }),
  );
  const shown = rowOf("Retire", program, {
    source: address(program, LOCK_SLOTS.seal),
    ...sealIn(terms),
    argument: { recipient: secret },
  });
  return [...accepted, shown];
}

/** What the proof of a seal claims: the secret's hash, and that the digest is of the rows above with this secret. */
function claimsOf(terms: LockTerms, digest: bigint): HashClaim[] {
  const rows = openingRows(terms, 0n);
  const [p1, p2] = packRow(rows.at(-1) as Row);
  return [
    { capacity: TAG.lock, known: [], digest: terms.hash },
    { capacity: triggerDigest(rows.slice(0, -1)), known: [0n, p1, p2], digest },
  ];
}

/** A sealed lock, and the proof that it opens by the secret behind its hash and by nothing else. */
export interface Sealed {
  readonly lock: Lock;
  readonly proof: Uint8Array;
}

/** The lock that this secret opens. Without a proof, nobody else can tell that it does: see {@link sealLock}. */
export function lockFor(terms: LockTerms, secret: bigint): Lock {
  return { ...terms, digest: triggerDigest(openingRows(terms, secret)) };
}

/**
 * Seals a lock. The others get the digest and the proof, and learn nothing of the secret by them.
 * @throws InvalidInputError "terms" if no lock can have them; "secret" if it is not the one behind their hash
 *
 * @example
 * const { lock, proof } = sealLock({ program: 7, goods, deadline, hash: secretHash(secret) }, secret);
 */
export function sealLock(terms: LockTerms, secret: bigint): Sealed {
  const fault = faultInTerms(terms);
  if (fault !== undefined) throw new InvalidInputError("terms", `are not those of a lock: ${fault}`);
  if (!isWord(secret) || secretHash(secret) !== terms.hash)
    throw new InvalidInputError("secret", "is not the one behind the lock's hash; take the one that was hashed");
  const lock = lockFor(terms, secret);
  return { lock, proof: proveKnowledge(claimsOf(terms, lock.digest), secret) };
}

/**
 * Whether a lock opens by the secret behind its hash, and so shows that secret, and by nothing else. Everybody may
 * check the proof, and pass it on. It says nothing of the map, the givers, the receivers and the deadline: `faultIn`
 * compares these with the map. And nothing of other locks: `faultInDeal` compares the hashes of two.
 */
export function isSealed(lock: Lock, proof: Uint8Array): boolean {
  return faultInTerms(lock) === undefined && verifyKnowledge(claimsOf(lock, lock.digest), proof);
}

/** The effect by which a giver puts its thing in. The lock's program must exist, and have set up nothing yet. */
export function putIn({ program, deadline }: LockTerms, i: number, from: number): Effect {
  return { effect: "EscrowToProgram", from, to: { program, slot: goodsSlot(i) }, deadline };
}

/**
 * What the lock's program does once the goods are in it, each effect by itself. It makes the seal, lends the rights to
 * take the goods, sets the watch, makes the bell, which fires the watch, and changes to the key that nobody has.
 */
export function closeLock(lock: Lock): Effect[] {
  const { program, goods, digest } = lock;
  const { seal, watch, bell } = LOCK_SLOTS;
  return [
    { effect: "Issue", kind: kindOf(program, LABEL.seal), quantity: 1n, slot: seal },
    ...goods.map(
      ({ receiver, id }, i): Effect => ({
        effect: "DelegateCapability",
        ...{ slot: rightSlot(i), grantee: receiver, rights: ["claim"], subject: id, expiry: 0 },
        scope: { program, slot: goodsSlot(i) },
      }),
    ),
    {
      effect: "WatchResource",
      ...{ slot: watch, target: { program, slot: bell }, condition: "arrival", kind: 0n, threshold: 0n },
      ...{ trigger: [], sealed: digest },
    },
    { effect: "Issue", kind: kindOf(program, LABEL.bell), quantity: 1n, slot: bell },
    { effect: "RotateAuthority", authority: NOBODY },
  ];
}

/** The effect by which a receiver takes a thing out of an open lock. */
export function takeOut({ program }: LockTerms, i: number, to: number): Effect {
  const from = { program, slot: goodsSlot(i) };
  return { effect: "ClaimFromProgram", from, to, by: { program, slot: rightSlot(i) } };
}

/** The effect by which a giver takes its thing back, from the deadline on. */
export function takeBack({ program }: LockTerms, i: number, to: number): Effect {
  return { effect: "RevokeResource", from: { program, slot: goodsSlot(i) }, to };
}

/** Where a thing lies in its lock, and where the right to take it. */
export function placesIn({ program }: LockTerms, i: number): { goods: number; right: number } {
  return { goods: address(program, goodsSlot(i)), right: address(program, rightSlot(i)) };
}

/** The right to take a thing, as the lock lends it. */
export const TAKING: number = RIGHT.claim;
