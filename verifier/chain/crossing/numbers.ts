/** Numbers from a node, each within the bounds that the contract keeps. A node that breaks them is not believed. */
import { getAddress } from "ethers";
import { BITS, FACT_LABEL } from "../../../trace/layout.ts";
import { oddAnswer } from "../ask.ts";

/** Quantities of a map are below. What the registry owes may be more. */
export const MOST_QUANTITY = 1n << BigInt(BITS.quantity);

/** A whole number of at most `bits` bits. @throws EnvironmentError naming what it is of */
export function wordOf(what: string, value: unknown, bits = 256): bigint {
  if (typeof value === "bigint" && value >= 0n && value >> BigInt(bits) === 0n) return value;
  throw oddAnswer(what);
}

/** The same as a number: up to 52 bits. */
export function numberOf(what: string, value: unknown, bits: number): number {
  return Number(wordOf(what, value, Math.min(bits, 52)));
}

/** The label of an asset. */
export function labelIn(what: string, value: unknown): number {
  const label = numberOf(what, value, BITS.label);
  if (label === 0 || label >= FACT_LABEL) throw oddAnswer(what);
  return label;
}

/** An account or a contract. */
export function addressIn(what: string, value: unknown): string {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(value)) throw oddAnswer(what);
  return getAddress(value.toLowerCase());
}
