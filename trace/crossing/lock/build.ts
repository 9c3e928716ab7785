/** Makes a lock in a map: its program, and its door. The goods come later, from their givers. */
import { InvalidInputError } from "../../errors.ts";
import type { ProgramHandle } from "../../tracer/programHandle.ts";
import { closeLock, LOCK_SLOTS } from "./lock.ts";
import { faultInTerms, type Lock, type LockTerms } from "./terms.ts";

/** What is agreed about a lock before it has a program. */
export type LockPlan = Omit<LockTerms, "program">;

/**
 * Makes a lock. Its maker has the key of its program only until the door is closed, and nobody puts anything in before.
 *
 * @param maker any program of the map
 * @param authority the key that signs for the lock's program until it is closed
 * @param seal gives the lock with its digest: from whoever has the secret
 * @throws InvalidInputError "plan" if no lock can be made of it; RefusedError if a rule refuses one of its effects
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
  const fault = faultInTerms({ ...plan, program: maker.id });
  if (fault !== undefined) throw new InvalidInputError("plan", `is not one of a lock: ${fault}`);
  const program = maker.createProgram({
    inbox: LOCK_SLOTS.goods,
    ...(name !== undefined && { name }),
    ...(authority !== undefined && { authority }),
  });
  const lock = seal({ ...plan, program: program.id });
  for (const effect of closeLock(lock)) program.perform(effect);
  return lock;
}
