/** Names of functions, as call trees give them, and of the program that issues wei. */
import { selectorOf } from "../effects/selector.ts";
import type { Manifest } from "../run/manifest.ts";

/** Name of the program that issues wei. */
export const ISSUER = "ethereum";

/** A selector stands for itself, as a number; other functions go by name. */
export function entryName(entry: string): string | bigint {
  return entry.startsWith("0x") ? BigInt(entry) : entry;
}

/** Names a function in a manifest. Readers know selectors as four bytes, not as numbers. */
export function nameFunction({ functions }: Pick<Manifest, "functions">, of: string | bigint): void {
  const text = typeof of === "bigint" ? `0x${of.toString(16).padStart(8, "0")}` : of;
  functions[selectorOf(of).toString()] = text;
}
