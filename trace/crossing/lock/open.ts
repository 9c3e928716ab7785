/** Opening a lock, and finding the secret that an opening has shown. */
import { InvalidInputError } from "../../errors.ts";
import { address } from "../../layout.ts";
import type { Row, Transition } from "../../machine/transition.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import { LOCK_SLOTS, openingRows, secretHash } from "./lock.ts";
import type { Lock } from "./terms.ts";

/**
 * Opens a lock. Anybody may who has the secret; no key is needed. Everybody who sees the transition has the secret
 * then.
 * @throws RefusedError if its deadline has passed, or it does not stand; nothing was shown then but to the operator
 * @throws InvalidInputError "secret" if it is not the one behind the lock's hash
 */
export function openLock(tracer: Tracer, lock: Lock, secret: bigint, at?: number): Transition[] {
  if (secretHash(secret) !== lock.hash)
    throw new InvalidInputError("secret", "is not the one that opens this lock; take it from the opening of another");
  tracer.know(new Map([[lock.digest, openingRows(lock, secret)]]));
  return tracer.applyTrigger({ program: lock.program, slot: LOCK_SLOTS.watch }, at);
}

/**
 * The secret that these transitions show: that of one of the locks, if one was opened. Transitions of any map will do,
 * as its opening is the same everywhere.
 */
export function secretIn(rows: Iterable<Row>, lock: Lock): bigint | undefined {
  const seal = address(lock.program, LOCK_SLOTS.seal);
  for (const { effect, source, argument } of rows) {
    if (effect !== "Retire" || source !== seal) continue;
    // A member of an argument that is absent is 0.
    const { recipient = 0n } = argument;
    if (secretHash(recipient) === lock.hash) return recipient;
  }
  return undefined;
}
