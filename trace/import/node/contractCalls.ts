/** Questions to token contracts, as calls: their data, and the meaning of the answers. */
import { InvalidInputError } from "../../errors.ts";
import { asAddress } from "../evmFields.ts";

/** Selectors of the functions that are asked. */
export const ASKED = {
  "balanceOf(address)": "0x70a08231",
  "balanceOf(address,uint256)": "0x00fdd58e",
  "ownerOf(uint256)": "0x6352211e",
  "allowance(address,address)": "0xdd62ed3e",
  "isApprovedForAll(address,address)": "0xe985e9c5",
  "getApproved(uint256)": "0x081812fc",
  "symbol()": "0x95d89b41",
  "name()": "0x06fdde03",
  "decimals()": "0x313ce567",
} as const;
export type AskedFunction = keyof typeof ASKED;

/** A call of a contract, as `eth_call` takes it. */
export interface ContractCall {
  to: string;
  data: string;
}

const WORD_DIGITS = 64;
const ADDRESS_DIGITS = 40;
const MOST_DECIMALS = 255n;

/**
 * The call of a function. Arguments are addresses as text and numbers as bigint.
 * @throws InvalidInputError if an address or a number is none
 */
export function callOf(token: string, name: AskedFunction, args: readonly (string | bigint)[] = []): ContractCall {
  const words = args.map((arg) => (typeof arg === "bigint" ? wordOf(arg) : addressWord(arg)));
  return { to: asAddress("token", token), data: ASKED[name] + words.join("") };
}

function wordOf(number: bigint): string {
  if (number < 0n || number >> 256n !== 0n) {
    throw new InvalidInputError("id", `${number} is no id of a token: it has 256 bits at most`);
  }
  return number.toString(16).padStart(WORD_DIGITS, "0");
}

const addressWord = (address: string): string => asAddress("who", address).slice(2).padStart(WORD_DIGITS, "0");

/** The number in an answer of exactly 32 bytes; null for any other answer. */
export function numberIn(answer: unknown): bigint | null {
  return typeof answer === "string" && /^0x[0-9a-f]{64}$/i.test(answer) ? BigInt(answer) : null;
}

/** The address in an answer of exactly 32 bytes, in lower case; null for any other answer. */
export function addressIn(answer: unknown): string | null {
  const number = numberIn(answer);
  return number === null || number >> 160n !== 0n ? null : `0x${number.toString(16).padStart(ADDRESS_DIGITS, "0")}`;
}

/** The truth value in an answer; null for anything but 0 and 1. */
export function truthIn(answer: unknown): boolean | null {
  const number = numberIn(answer);
  return number === 0n ? false : number === 1n ? true : null;
}

/** A number of decimals; null for any other answer, also for more than 255. */
export function decimalsIn(answer: unknown): number | null {
  const number = numberIn(answer);
  return number === null || number > MOST_DECIMALS ? null : Number(number);
}
