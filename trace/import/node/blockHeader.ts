/** Reads a block's header as a node gives it. Every error names the block and the field. */
import { InvalidInputError } from "../../errors.ts";
import { asAddress, asHash, asNumber, asTime, describe, type Fields, isAbsent, isObject } from "../evmFields.ts";

/** What identifies a block, and its place in the chain. */
export interface BlockHeader {
  number: number;
  hash: string;
  parentHash: string;
  /** In seconds since 1970. */
  time: number;
}

/** A payment of the beacon chain to an address, beside all transactions. */
export interface Withdrawal {
  address: string;
  wei: bigint;
}

const WEI_PER_GWEI = 10n ** 9n;
const EVM_AMOUNT_BITS = 64n;

/** The name of a block's field in messages: `block 5 receipts[2].blockHash`. */
export function ofBlock(number: number, field: string): string {
  return `block ${number} ${field}`;
}

/** The error for a node that contradicts itself on a block. */
export function contradiction(number: number, field: string, what: string): InvalidInputError {
  return new InvalidInputError(
    ofBlock(number, field),
    `${what}; the node contradicts itself: ask again, or another node`,
  );
}

/**
 * Reads a header. A pending block has no hash, and is refused.
 * @param asked the number that was asked for; null if the block was named otherwise
 * @throws InvalidInputError naming the block and the field
 */
export function readHeader(json: unknown, asked: number | null): BlockHeader & { fields: Fields } {
  const name = (field: string): string => (asked === null ? `block ${field}` : ofBlock(asked, field));
  if (!isObject(json)) throw new InvalidInputError(name("header"), `is ${describe(json)}, not an object`);
  for (const field of ["number", "hash"] as const) {
    if (isAbsent(json[field])) {
      throw new InvalidInputError(name(field), "is missing: the block is pending; ask for one that is on the chain");
    }
  }
  const number = asIndex(name("number"), json.number);
  if (asked !== null && number !== asked) {
    throw contradiction(asked, "number", `is ${number}, but block ${asked} was asked for`);
  }
  const hash = asHash(name("hash"), json.hash);
  const parentHash = asHash(name("parentHash"), json.parentHash);
  if (hash === parentHash) throw contradiction(number, "parentHash", "is the block's own hash");
  return { number, hash, parentHash, time: asTime(name("timestamp"), json.timestamp), fields: json };
}

/** The recipient of the fees. */
export function coinbaseOf(number: number, { miner }: Fields): string {
  return asAddress(ofBlock(number, "miner"), miner);
}

/** Reads the withdrawals, whose amounts are in gwei. A block without a list has none. */
export function readWithdrawals(number: number, { withdrawals }: Fields): Withdrawal[] {
  if (isAbsent(withdrawals)) return [];
  const field = ofBlock(number, "withdrawals");
  if (!Array.isArray(withdrawals)) throw new InvalidInputError(field, `is ${describe(withdrawals)}, not a list`);
  return withdrawals.map((one: unknown, i) => {
    const at = `${field}[${i}]`;
    if (!isObject(one)) throw new InvalidInputError(at, `is ${describe(one)}, not a withdrawal`);
    const gwei = asNumber(`${at}.amount`, one.amount);
    if (gwei >> EVM_AMOUNT_BITS !== 0n) throw new InvalidInputError(`${at}.amount`, "is more than 64 bits of gwei");
    return { address: asAddress(`${at}.address`, one.address), wei: gwei * WEI_PER_GWEI };
  });
}

/** A count or a position: a whole number that JavaScript holds exactly. */
export function asIndex(field: string, value: unknown): number {
  const number = Number(asNumber(field, value));
  if (Number.isSafeInteger(number)) return number;
  throw new InvalidInputError(field, `${describe(value)} is more than 2^53 - 1`);
}
