/** Keys of functions, and amounts in parts that a resource can hold. */
import { selectorOf } from "../../effects/selector.ts";
import { MOST_WEI } from "../evmFlow.ts";

const selectors = new Map<string, bigint>();

/** A function of an address: its selector, and whether it takes wei. */
export function entryKey(name: string | bigint, payable: boolean): string {
  if (typeof name === "bigint") return `${name} ${payable ? 1 : 0}`;
  const selector = selectors.get(name) ?? selectorOf(name);
  selectors.set(name, selector);
  return `${selector} ${payable ? 1 : 0}`;
}

/** Splits an amount into parts that each fit into a resource. */
export function partsOf(amount: bigint): bigint[] {
  const parts = Array.from({ length: Number(amount / MOST_WEI) }, () => MOST_WEI);
  return amount % MOST_WEI === 0n ? parts : [...parts, amount % MOST_WEI];
}
