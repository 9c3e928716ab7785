/**
 * What a program signs to leave its map (docs/reference/protocol.md, section 9): the message, and the packing of its
 * place. Kept apart from signing, whose curve library takes seconds to load.
 */
import { InvalidInputError } from "../errors.ts";
import { BITS, FIELD, TAG } from "../layout.ts";
import { hash } from "../poseidon/index.ts";

/** From where, to whom and until when. */
export interface ExitPlace {
  /** Address of the cell with the resource. */
  address: number;
  /** The account that is to be paid: 160 bits. */
  recipient: bigint;
  /** Seconds since 1970: the last time at which the wish may be used. */
  validUntil: number;
}

/** What a program's key signs. */
export interface ExitStatement extends ExitPlace {
  /** Domain of the map, a word: a signature is good for one map. */
  domain: bigint;
  /** Who leaves. */
  program: number;
  /** The cell's second word: quantity, id and deadline of the resource. */
  w1: bigint;
}

/** Bits of an account's address. */
export const RECIPIENT_BITS = 160;
const RECIPIENT_OFFSET = BigInt(BITS.address);
const UNTIL_OFFSET = RECIPIENT_OFFSET + BigInt(RECIPIENT_BITS);
/** Bits of a packed place. */
export const PLACE_BITS = BITS.address + RECIPIENT_BITS + BITS.time;

/**
 * `address + 2^32 recipient + 2^192 validUntil`.
 * @throws InvalidInputError naming the field that does not fit
 */
export function packPlace({ address, recipient, validUntil }: ExitPlace): bigint {
  if (!isNatural(address, BITS.address)) {
    throw new InvalidInputError("address", `${address} is no address of a cell: give a number of ${BITS.address} bits`);
  }
  if (recipient < 0n || recipient >> BigInt(RECIPIENT_BITS) !== 0n) {
    throw new InvalidInputError("recipient", `is no account: give a number of ${RECIPIENT_BITS} bits`);
  }
  if (!isNatural(validUntil, BITS.time)) {
    throw new InvalidInputError("validUntil", `${validUntil} is not a time: give seconds since 1970`);
  }
  return BigInt(address) + (recipient << RECIPIENT_OFFSET) + (BigInt(validUntil) << UNTIL_OFFSET);
}

/** Inverse of {@link packPlace}. @throws InvalidInputError if the word has more bits than a place */
export function unpackPlace(place: bigint): ExitPlace {
  if (place < 0n || place >> BigInt(PLACE_BITS) !== 0n) {
    throw new InvalidInputError("place", `is no place: give a number of ${PLACE_BITS} bits`);
  }
  return {
    address: Number(BigInt.asUintN(BITS.address, place)),
    recipient: BigInt.asUintN(RECIPIENT_BITS, place >> RECIPIENT_OFFSET),
    validUntil: Number(place >> UNTIL_OFFSET),
  };
}

/**
 * The message that is signed: Poseidon(EXIT; domain, place, program, w1).
 * @throws InvalidInputError if a field of the statement is out of range
 */
export function exitHash(statement: ExitStatement): bigint {
  const { domain, program, w1 } = statement;
  if (!isWord(domain)) throw new InvalidInputError("domain", `${domain} is not a word: give a number of the field`);
  if (!isNatural(program, BITS.program)) {
    throw new InvalidInputError("program", `${program} is not a program: give a number of ${BITS.program} bits`);
  }
  if (!isWord(w1)) throw new InvalidInputError("w1", `${w1} is not a word: give a number of the field`);
  return hash(TAG.exit, [domain, packPlace(statement), BigInt(program), w1]);
}

function isWord(value: bigint): boolean {
  return value >= 0n && value < FIELD;
}

function isNatural(value: number, bits: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits;
}
