/** What is said of the rows of a circuit beside a row that was looked at. */
import { isSame, type RowsBeside } from "../../prover/certificate/machine/sameRows.ts";

/** So much of a list is told. */
const FEW = 5;

/** @param pattern the row that was looked at, in words */
export function rowLines(circuit: string, pattern: string, { rows, notGiven, others }: RowsBeside): string[] {
  const same = rows.filter(isSame);
  const lines = [`${circuit}: ${same.length} of ${rows.length} rows are ${pattern} under other names`];
  for (const { row, without } of same)
    if (without.length > 0) lines.push(`  row ${row} has numbers or sums in place of ${without.length} of its signals`);
  for (const { row, constraints, signals, roles } of rows.filter((one) => !isSame(one))) {
    lines.push(...few(`row ${row} has no such constraint`, constraints));
    lines.push(...few(`row ${row} has two signals for one`, signals));
    lines.push(...few(`row ${row} has something else at`, roles));
  }
  return [...lines, ...few("not so", notGiven), ...few("a rule of rows that is none of the row's, about", others)];
}

const few = (what: string, list: readonly string[]): string[] => [
  ...list.slice(0, FEW).map((one) => `  ${what}: ${one}`),
  ...(list.length > FEW ? [`  ${what}: ${list.length - FEW} more`] : []),
];
