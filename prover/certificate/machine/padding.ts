/**
 * A row that pads a batch. The machine has no such row: so it must change nothing, and stand only where the machine
 * might have ended. It opens no cell, takes no time, asks for no signature, and carries on from no group, no open call,
 * no open line and no Check that is owed.
 */
import { OP } from "../../../trace/layout.ts";
import { constantOf, plus, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Names } from "../names.ts";
import type { Propagator } from "../propagate.ts";
import type { Row } from "../rows/row.ts";
import { factsOf, type StateFact, unknownOf } from "./between.ts";
import { bitsOf, everyCase } from "./compare.ts";
import type { Carried } from "./progress.ts";
import { rowWords } from "./rowWords.ts";

/** @returns what is not shown of it */
export function notPadding(own: Propagator, names: Names, row: Row, levels: number): string[] {
  // Which operation is named does not matter: only what all rows have is read.
  const words = rowWords("Issue", row, names, levels);
  const { open, handed, after } = words;
  const found: string[] = [];
  own.inCase(bitsOf(row, OP.Padding), row.scope, () => {
    const base = everyCase(own, names, row, words);
    if (!base.close()) {
      found.push("no row is padding");
      return;
    }
    const zero = (what: string, sum: Sum): void => {
      if (base.normal(sum).size > 0) found.push(what);
    };
    for (const [column, sum] of Object.entries(open)) zero(`it opens no ${column}`, sum);
    zero("it takes no time", plus(after.time, handed.time, -1n));
    zero("it asks for no signature", new Map([[row.named.get("tuples.signed") as number, 1n]]));
    // The next row takes as given what holds of the state after any row.
    const isSo = ({ when }: StateFact): boolean => when === null || constantOf(base.normal(when[0])) === when[1];
    for (const [what] of unknownOf(base, factsOf(after).filter(isSo))) found.push(`after it, ${what}`);
    for (const [when, state] of [
      ["before", handed],
      ["after", after],
    ] as const) {
      for (const [what, sum] of nothingOf(state)) zero(`${what} ${when} it`, sum);
    }
  });
  return found;
}

/** What is 0 where a group may end. */
const nothingOf = ({ group, call, line, owed }: Carried): (readonly [string, Sum])[] => [
  ["no group goes on", group.continues],
  ["no call is open", call.calling],
  ["no argument is left", call.left],
  ["no line is open", line.lineage],
  ...owed.map((bit, i) => [`Check ${i} is not owed`, bit] as const),
];
