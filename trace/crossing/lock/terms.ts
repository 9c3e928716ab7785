/** What is agreed about a lock, and whether a lock can have it. */
import { BITS, FIELD } from "../../layout.ts";

/** One thing in a lock: whose it was, and who is to have it. */
export interface Goods {
  /** The program that has put it in. It may take it back from the deadline on. */
  readonly giver: number;
  /** The program that may take it once the lock is open. */
  readonly receiver: number;
  /** Id, kind and quantity of the resource. */
  readonly id: bigint;
  readonly kind: bigint;
  readonly quantity: bigint;
}

/** What is agreed about a lock before it is sealed. */
export interface LockTerms {
  /** The lock's own program. */
  readonly program: number;
  /** One to six things. A lock gives all of them or none. */
  readonly goods: readonly Goods[];
  /** In seconds since 1970: opened before it, or given back from it on. */
  readonly deadline: number;
  /** Hash of the secret that opens it: `secretHash`. */
  readonly hash: bigint;
}

/** A lock with its door. */
export interface Lock extends LockTerms {
  /** Digest of the effects that open it. Only who has the secret can make it: `sealLock`. */
  readonly digest: bigint;
}

/** Most things in one lock: opening it must fit a batch of eight rows. */
export const MOST_GOODS = 6;

/** Whether a number is the one way to write a word: the same word plus the field's order hashes alike. */
export const isWord = (value: bigint): boolean => value >= 0n && value < FIELD;

const fits = (value: number | bigint, bits: number): boolean =>
  (typeof value === "bigint" || Number.isSafeInteger(value)) && value >= 0 && BigInt(value) >> BigInt(bits) === 0n;

/**
 * Why no lock can have these terms; undefined if one can. Terms come from others, and what does not fit its field can
 * hash as something that does. A lock without a deadline could be emptied by its givers at any time, one of more than
 * six things could not be opened, and a secret behind a hash that is no word would not be found.
 */
export function faultInTerms({ program, goods, deadline, hash }: LockTerms): string | undefined {
  if (!fits(program, BITS.program) || program < 1) return `program ${program} is no number of a program`;
  if (goods.length < 1 || goods.length > MOST_GOODS)
    return `it has ${goods.length} goods, and a lock holds 1 to ${MOST_GOODS}; make several locks`;
  const odd = goods.findIndex(
    ({ giver, receiver, id, kind, quantity }) =>
      ![giver, receiver].every((each) => fits(each, BITS.program) && each > 0) ||
      !(fits(id, BITS.id) && fits(kind, BITS.kind) && fits(quantity, BITS.quantity)),
  );
  if (odd >= 0) return `a number of its goods[${odd}] is out of range`;
  if (!fits(deadline, BITS.time) || deadline < 1) return `its deadline ${deadline} is no time in seconds since 1970`;
  return isWord(hash) ? undefined : "its hash is not below the field's order";
}
