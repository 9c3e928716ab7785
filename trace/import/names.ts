/** Names of functions, as call trees give them. */

/** A selector stands for itself, as a number; other functions go by name. */
export function entryName(entry: string): string | bigint {
  return entry.startsWith("0x") ? BigInt(entry) : entry;
}
