/** The name of a request to leave, as the registry gives it. */
import { BITS } from "../layout.ts";

const PROGRAM_OFFSET = BigInt(BITS.address);
const KEY_OFFSET = PROGRAM_OFFSET + BigInt(BITS.program);
/** Bits of the key that are in the name. */
const KEY_BITS = 200;

/**
 * The name of a request: `address + 2^32 program + 2^56 (authority mod 2^200)`. One of each name is open at a time.
 *
 * @param location address of the cell
 * @param authority the key that signed the wish
 */
export function requestOf(location: number, program: number, authority: bigint): bigint {
  const key = BigInt.asUintN(KEY_BITS, authority);
  return BigInt(location) + (BigInt(program) << PROGRAM_OFFSET) + (key << KEY_OFFSET);
}
