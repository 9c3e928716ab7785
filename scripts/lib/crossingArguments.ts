/** Arguments of the verbs at the border of moored maps. */
import { InvalidArgumentError } from "commander";
import { wholeNumber } from "./numberArgument.ts";

const LONGEST = 78;

/** A whole number of any size, in decimal digits. */
function bigArgument(text: string, least: bigint, wanted: string): bigint {
  const value = /^(?:0|[1-9][0-9]*)$/.test(text) && text.length <= LONGEST ? BigInt(text) : -1n;
  if (value >= least) return value;
  throw new InvalidArgumentError(wanted);
}

/** A quantity in the smallest unit: wei, or what the token counts. */
export function quantityArgument(text: string): bigint {
  return bigArgument(text, 1n, "It is a whole number above 0, in the smallest unit (wei, or what the token counts).");
}

/** A fee in wei. */
export function weiArgument(text: string): bigint {
  return bigArgument(text, 0n, "It is a whole number of wei.");
}

/** The name of a request, or the number of a deposit. */
export function numberNameArgument(text: string): bigint {
  return bigArgument(text, 1n, "It is a decimal number, as map prints it.");
}

/** A key that signs for a program, as `keys show` prints it. */
export function authorityArgument(text: string): bigint {
  return bigArgument(text, 1n, "It is the decimal number of a key, as keys show prints it.");
}

/** The number of a slot, or 0 for any. */
export function slotArgument(text: string): number {
  return wholeNumber(text, [0, 255], "It is a slot from 1 to 255, or 0 for any.");
}

/** The number of a feed, from 0. */
export function feedArgument(text: string): number {
  return wholeNumber(text, [0, 2 ** 31 - 1], "It is the number of a feed, from 0, as map prints it.");
}

/** A cell: `PROGRAM:SLOT`, or the address 256 * program + slot. */
export function cellArgument(text: string): number {
  const wanted = "It is PROGRAM:SLOT, or an address: 256 times the program, plus the slot.";
  const [program = "", slot] = text.split(":");
  if (slot === undefined) return wholeNumber(program, [257, 2 ** 32 - 1], wanted);
  return 256 * wholeNumber(program, [1, 2 ** 24 - 1], wanted) + wholeNumber(slot, [1, 255], wanted);
}
