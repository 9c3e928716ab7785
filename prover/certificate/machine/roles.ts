/** What a comparison of a row with the machine reads in it, by what each sum is for. */
import { OPS } from "../../../trace/layout.ts";
import type { Sum } from "../../../verifier/constraints/sums.ts";
import { EFFECTS } from "../equations/paths.ts";
import type { Names } from "../names.ts";
import type { Row } from "../rows/row.ts";
import { rowWords } from "./rowWords.ts";

/** @param levels of programs in the map */
export function rolesOf(row: Pick<Row, "number" | "named">, names: Names, levels: number): ReadonlyMap<string, Sum> {
  const roles = new Map<string, Sum>();
  const gather = (role: string, value: unknown): void => {
    if (isSum(value)) roles.set(role, value);
    else if (value instanceof Map) for (const [name, one] of value) gather(`${role}.${name}`, one);
    else if (Array.isArray(value)) for (const [i, one] of value.entries()) gather(`${role}[${i}]`, one);
    else if (typeof value === "object" && value !== null)
      for (const [name, one] of Object.entries(value)) gather(`${role}.${name}`, one);
  };
  for (const effect of EFFECTS) {
    // Of a packed word, what the machine packs into it is the same in all rows.
    const { packed, taken, inUse: _, ...words } = rowWords(effect, row, names, levels);
    gather("row", { ...words, packed: packed.map(([, sum]) => sum), taken: taken.map(({ name: _, ...sums }) => sums) });
  }
  for (const name of [
    "op.actor",
    "op.peer",
    "signed",
    "tuples.signed",
    ...Array.from({ length: OPS }, (_, op) => `op.is[${op}]`),
  ]) {
    const signal = row.named.get(name);
    roles.set(name, signal === undefined ? new Map() : new Map([[signal, 1n]]));
  }
  return roles;
}

/** Sums are by number, and everything else is by name. */
const isSum = (value: unknown): value is Sum =>
  value instanceof Map && [...value.keys()].every((key) => typeof key === "number");
