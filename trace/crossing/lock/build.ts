/** Makes a lock in a map: its program, and its door. The goods come later, from their givers. */
import { InvalidInputError } from "../../errors.ts";
import type { ProgramHandle } from "../../tracer/programHandle.ts";
import { closeLock, LOCK_SLOTS, type Lock, type LockTerms, MOST_GOODS } from "./lock.ts";

/** What is agreed about a lock before it has a program. */
export type LockPlan = Omit<LockTerms, "program">;

/**
 * Makes a lock. Its maker has the key of its program only until the door is closed, and nobody puts anything in before.
 *
 * @param maker any program of the map
 * @param authority the key that signs for the lock's program until it is closed
 * @param seal gives the lock with its digest: from whoever has the secret
 * @throws RefusedError if a rule refuses one of its effects
 *
 * @example
 * const lock = buildLock(alice, { name: "Lock", authority }, plan, (terms) => sealLock(terms, secret).lock);
 */
export function buildLock(
  maker: ProgramHandle,
  { name, authority }: { readonly name?: string; readonly authority?: bigint },
  plan: LockPlan,
  seal: (terms: LockTerms) => Lock,
): Lock {
  const { length } = plan.goods;
  if (length < 1 || length > MOST_GOODS)
    throw new InvalidInputError("goods", `are ${length}, and a lock holds 1 to ${MOST_GOODS}; make several locks`);
  const program = maker.createProgram({
    inbox: LOCK_SLOTS.goods,
    ...(name !== undefined && { name }),
    ...(authority !== undefined && { authority }),
  });
  const lock = seal({ ...plan, program: program.id });
  for (const effect of closeLock(lock)) program.perform(effect);
  return lock;
}
